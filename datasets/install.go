package datasets

import (
	"context"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/fetch"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/filelock"
	"github.com/stheno-ml/stheno/internal/size"
)

// FetchConfig says where a published set goes and how it is downloaded.
type FetchConfig struct {
	Dir    string       // the set gets a folder of its name in here; default CacheFolder
	Client fetch.Client // default: its zero value
}

// Fetch downloads and installs a published set (see PublishedSets) and returns
// the folder that holds it then, for Lookup and the set's own reader. See
// Catalog.Fetch.
func Fetch(ctx context.Context, name string, cfg FetchConfig) (dir string, err error) {
	return PublishedSets().Fetch(ctx, name, cfg)
}

// Fetch downloads the files of a set from its mirrors, checks them, unpacks
// archives and gives the whole its name, cfg.Dir/NAME, at once: there is never
// half a set under that name. A set that is there already is left as it is,
// without any connection. What a broken download left is used by the next Fetch.
// Two processes may ask for one set: the second returns filelock.ErrLocked.
func (c Catalog) Fetch(ctx context.Context, name string, cfg FetchConfig) (dir string, err error) {
	p, err := c.Find(name)
	if err != nil {
		return "", err
	}
	root, err := rootOf(cfg.Dir)
	if err != nil {
		return "", err
	}
	dir = filepath.Join(root, p.Name)
	if done, err := p.installed(dir); done || err != nil {
		return dir, err
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return "", errors.Wrap(err, p.Title)
	}
	lock, err := filelock.Try(filepath.Join(root, "."+p.Name+".lock"))
	if err != nil {
		return "", errors.WithMessagef(err, "fetching %s", p.Title)
	}
	defer lock.Release()
	// Whoever had the lock may have installed it in the meantime.
	if done, err := p.installed(dir); done || err != nil {
		return dir, err
	}
	if err := p.install(ctx, dir, cfg.Client); err != nil {
		return "", errors.WithMessage(err, p.Title)
	}
	return dir, nil
}

// rootOf is the folder of the sets: the one named, or the cache.
func rootOf(dir string) (string, error) {
	if dir != "" {
		return dir, nil
	}
	return CacheFolder()
}

// installed reports whether the folder is what Fetch would make. One that holds
// the published files and was put there by hand counts, too; another is not to
// be touched.
func (p Published) installed(dir string) (bool, error) {
	_, err := os.Stat(dir)
	switch {
	case os.IsNotExist(err):
		return false, nil
	case err != nil:
		return false, errors.Wrap(err, p.Title)
	}
	if _, err := os.Stat(filepath.Join(dir, sumsFile)); err == nil {
		return true, nil
	}
	if p.packed() {
		return false, errors.Errorf("%s: %s is there already, but not from here: remove it, or use it as the folder of the set", p.Title, dir)
	}
	for i := range p.Files {
		f := p.file(i)
		if err := fetch.Verify(filepath.Join(dir, f.Name), f); err != nil {
			return false, errors.WithMessagef(err, "%s: %s is there already, but not from here: remove it", p.Title, dir)
		}
	}
	return true, nil
}

// install downloads into a folder beside dir, which stays when it fails, and
// renames its content.
func (p Published) install(ctx context.Context, dir string, client fetch.Client) error {
	root := filepath.Dir(dir)
	staging := filepath.Join(root, "."+p.Name+".fetch")
	set := filepath.Join(staging, "set")
	into := set
	if p.packed() {
		into = staging
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return errors.WithStack(err)
	}
	if err := p.room(into, root); err != nil {
		return err
	}
	for i := range p.Files {
		if err := client.Get(ctx, into, p.file(i)); err != nil {
			return err
		}
	}
	if p.packed() {
		// What an earlier run unpacked may be half of it.
		if err := os.RemoveAll(set); err != nil {
			return errors.WithStack(err)
		}
		if err := fetch.Extract(ctx, filepath.Join(staging, p.Files[0].Name), set, p.Unpacks); err != nil {
			return err
		}
	}
	if err := writeSums(ctx, set); err != nil {
		return err
	}
	if err := os.Rename(set, dir); err != nil {
		return errors.WithStack(err)
	}
	if err := atomicfile.OS.SyncFolder(root); err != nil {
		return errors.WithStack(err)
	}
	return errors.WithStack(os.RemoveAll(staging))
}

// room refuses a set that the disk can't hold: what is still to be downloaded, and
// what an archive unpacks to, which is no less than the archive.
func (p Published) room(into, root string) error {
	need := int64(0)
	for i := range p.Files {
		f := p.file(i)
		there := int64(0)
		for _, name := range []string{f.Name, "." + f.Name + ".part"} {
			if info, err := os.Stat(filepath.Join(into, name)); err == nil {
				there = max(there, min(info.Size(), f.Size))
			}
		}
		need += f.Size - there
	}
	if p.packed() {
		need += p.Files[0].Bytes
	}
	return size.FitDisk("the set", root, need)
}

// Installed returns the folder that Fetch installs a set in, dir/NAME or in the
// cache when dir is empty, and whether there is such a folder.
func (c Catalog) Installed(name, dir string) (folder string, there bool, err error) {
	p, err := c.Find(name)
	if err != nil {
		return "", false, err
	}
	root, err := rootOf(dir)
	if err != nil {
		return "", false, err
	}
	folder = filepath.Join(root, p.Name)
	return folder, isFolder(folder), nil
}
