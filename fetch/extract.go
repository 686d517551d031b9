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
	if err := unpack(ctx, tar.NewReader(unzipped), root, most); err != nil {
		return errors.WithMessagef(err, "extract %s", archive)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return errors.Wrap(err, "extract")
	}
	return errors.Wrap(os.Rename(tmp, dir), "extract")
}

func unpack(ctx context.Context, in *tar.Reader, root *os.Root, most Limits) error {
	entries, total := 0, int64(0)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if entries++; entries > most.Files {
			return errors.Errorf("more than %d entries", most.Files)
		}
		name := path.Clean(strings.TrimPrefix(h.Name, "./"))
		if name == "." {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return errors.Errorf("entry %q leads out of the folder", h.Name)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			if err := root.MkdirAll(name, 0o755); err != nil {
				return errors.WithMessagef(err, "entry %q", h.Name)
			}
		case tar.TypeReg:
			if h.Size > most.Bytes-total {
				return errors.Errorf("entry %q: unpacks to more than %s", h.Name, size.Text(float64(most.Bytes)))
			}
			total += h.Size
			if err := writeEntry(root, name, in, h.Size); err != nil {
				return errors.WithMessagef(err, "entry %q", h.Name)
			}
		default:
			return errors.Errorf("entry %q is neither a file nor a folder", h.Name)
		}
	}
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
