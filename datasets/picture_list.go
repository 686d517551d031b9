package datasets

import (
	"image"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/pictures"
)

// named is a file with the name of its class.
type named struct{ path, class string }

// walk lists the pictures in the sub-folders of dir, in the order of their paths.
// Links to folders and files are followed, as people set large folders up; one that
// leads to a folder it lies in is an error.
func walk(dir string) ([]named, error) {
	w := walker{}
	if err := w.folder(dir, "", nil); err != nil {
		return nil, errors.Wrap(err, "pictures")
	}
	if len(w.found) == 0 {
		return nil, errors.Errorf("%s: no pictures (%s) in sub-folders: want one sub-folder a class", dir, strings.Join(pictures.Extensions(), ", "))
	}
	return w.found, nil
}

type walker struct{ found []named }

// folder lists one folder's pictures, which are of the class that its path begins
// with; above are the folders that it lies in.
func (w *walker) folder(dir, class string, above []os.FileInfo) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	for _, a := range above {
		if os.SameFile(a, info) {
			return errors.Errorf("%s is a link to a folder that it lies in", dir)
		}
	}
	above = append(above, info)
	entries, err := os.ReadDir(dir) // in the order of their names
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		path, isDir := filepath.Join(dir, name), e.IsDir()
		if e.Type()&os.ModeSymlink != 0 {
			to, err := os.Stat(path)
			isDir = err == nil && to.IsDir()
		}
		switch {
		case isDir:
			in := class
			if len(above) == 1 {
				in = name
			}
			if err := w.folder(path, in, above); err != nil {
				return err
			}
		case len(above) > 1 && pictures.Known(name):
			w.found = append(w.found, named{path, class})
		}
	}
	return nil
}

// openPicture is pictures.Open for regular files: one that is a pipe or a device
// would be waited for. Tests count its calls.
var openPicture = openRegular

func openRegular(path string) (image.Image, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.Wrap(err, "picture")
	}
	if !info.Mode().IsRegular() {
		return nil, errors.Errorf("picture %s: is no file but %v", path, info.Mode().Type())
	}
	return pictures.Open(path)
}
