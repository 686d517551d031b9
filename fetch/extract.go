package fetch

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/size"
)

// Limits bound what an archive may unpack to.
type Limits struct {
	Files int   // files and folders
	Bytes int64 // of all files together
}

// Extract unpacks a gzipped tar archive and gives the result the name dir, all of
// it or nothing: it unpacks beside dir and renames. dir must not exist.
//
// Only files and folders are unpacked. A path that leads out of the folder, a
// link, a device, more than the limits: an error that names the entry, and nothing
// is left.
func Extract(ctx context.Context, archive, dir string, most Limits) (err error) {
	if _, err := os.Lstat(dir); err == nil {
		return errors.Errorf("extract %s: %s is there already", archive, dir)
	}
	in, err := os.Open(archive)
	if err != nil {
		return errors.Wrap(err, "extract")
	}
	defer in.Close()
	unzipped, err := gzip.NewReader(in)
	if err != nil {
		return errors.Wrapf(err, "extract %s", archive)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".*.tmp")
	if err != nil {
		return errors.Wrap(err, "extract")
	}
	defer func() {
		if err != nil {
			os.RemoveAll(tmp)
		}
	}()
	root, err := os.OpenRoot(tmp)
	if err != nil {
		return errors.Wrap(err, "extract")
	}
	defer root.Close()
	folders, err := unpack(ctx, tar.NewReader(unzipped), root, most)
	if err != nil {
		return errors.WithMessagef(err, "extract %s", archive)
	}
	for folder := range folders { // the files are on the disk, their names not yet
		if err := atomicfile.OS.SyncFolder(filepath.Join(tmp, filepath.FromSlash(folder))); err != nil {
			return errors.Wrap(err, "extract")
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return errors.Wrap(err, "extract")
	}
	return errors.Wrap(os.Rename(tmp, dir), "extract")
}

// unpack returns the folders that it made.
func unpack(ctx context.Context, in *tar.Reader, root *os.Root, most Limits) (folders map[string]bool, err error) {
	entries, total := 0, int64(0)
	folders = map[string]bool{".": true}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := in.Next()
		if err == io.EOF {
			return folders, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name := path.Clean(strings.TrimPrefix(h.Name, "./"))
		if name == "." {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, errors.Errorf("entry %q leads out of the folder", shorten(h.Name))
		}
		// Folders that are named by what lies in them alone are made as well: one
		// long name would be thousands.
		for dir := path.Dir(name); !folders[dir] && entries <= most.Files; dir = path.Dir(dir) {
			folders[dir] = true
			entries++
		}
		if h.Typeflag == tar.TypeDir {
			if folders[name] {
				continue
			}
			folders[name] = true
		}
		if entries++; entries > most.Files {
			return nil, errors.Errorf("more than %d files and folders", most.Files)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			if err := root.MkdirAll(name, 0o755); err != nil {
				return nil, errors.WithMessagef(err, "entry %q", shorten(h.Name))
			}
		case tar.TypeReg:
			if h.Size > most.Bytes-total {
				return nil, errors.Errorf("entry %q: unpacks to more than %s", shorten(h.Name), size.Text(float64(most.Bytes)))
			}
			total += h.Size
			if err := writeEntry(root, name, in, h.Size); err != nil {
				return nil, errors.WithMessagef(err, "entry %q", shorten(h.Name))
			}
		default:
			return nil, errors.Errorf("entry %q is neither a file nor a folder", shorten(h.Name))
		}
	}
}

// shorten keeps an error readable whatever an entry is called.
func shorten(name string) string {
	if len(name) > 200 {
		return name[:200] + "..."
	}
	return name
}

func writeEntry(root *os.Root, name string, in io.Reader, n int64) error {
	if dir := path.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.CopyN(out, in, n)
	if err == nil {
		err = out.Sync()
	}
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}
