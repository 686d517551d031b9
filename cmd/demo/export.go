package main

import (
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/internal/lookup"
	"github.com/stheno-ml/stheno/pictures"
)

// pictureFormats are those that 'demo data export' writes.
var pictureFormats = map[string]func(io.Writer, image.Image) error{
	"png":  func(w io.Writer, img image.Image) error { return png.Encode(w, img) },
	"jpeg": func(w io.Writer, img image.Image) error { return jpeg.Encode(w, img, &jpeg.Options{Quality: 95}) },
	"gif":  func(w io.Writer, img image.Image) error { return gif.Encode(w, img, nil) },
}

func newDataExport() *cobra.Command {
	var dir, half, format string
	var limit, size int
	c := &cobra.Command{
		Use:   "export NAME DIR",
		Short: "Write a dataset's images as picture files",
		Long: `Export writes images of a dataset into DIR as files, a sub-folder for each class: to
look at them, to have something for 'demo predict', or as an example of a folder
that 'demo train --data folder' takes. A file that is there already is an error.`,
		Example: `  demo data export embedded_mnist digits --half test --limit 100
  demo data export cifar10 photos --format jpeg --size 64 --data-dir DIR`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			formats := []string{"png", "jpeg", "gif"}
			i := lookup.Find(format, formats)
			if i < 0 {
				return errors.WithMessage(lookup.Unknown("format", format, formats), "--format")
			}
			if limit < 0 || size < 0 || size > 4096 {
				return errors.Errorf("--limit is %d and --size %d, want at least 0, and a size of at most 4096", limit, size)
			}
			train, test, err := datasets.Lookup(args[0], dir)
			if err != nil {
				return err
			}
			set := train
			switch half {
			case "train":
			case "test":
				set = test
			default:
				return errors.Errorf("--half is %q, want train or test", half)
			}
			if limit > 0 && limit < set.Len() {
				set = set.Take(limit)
			}
			e := export{set: set, dir: args[1], half: half, format: formats[i], size: size}
			for i := range set.Len() {
				if err := c.Context().Err(); err != nil {
					return err
				}
				if err := e.write(i); err != nil {
					return err
				}
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "wrote %s to %s\n", count(set.Len(), "picture"), args[1])
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&half, "half", "train", "train or test")
	f.IntVar(&limit, "limit", 0, "write the first so many images only; 0 writes all")
	f.StringVar(&format, "format", "png", "png, jpeg or gif")
	f.IntVar(&size, "size", 0, "scale to so many pixels a side; 0 leaves the size")
	f.StringVar(&dir, "data-dir", "", "folder with the dataset's published files (default where 'demo data fetch' puts them)")
	return c
}

type export struct {
	set               *datasets.Dataset
	dir, half, format string
	size              int
}

// write writes image i to DIR/CLASS/HALF-INDEX.FORMAT.
func (e export) write(i int) error {
	img, err := e.set.Image(i)
	if err != nil {
		return err
	}
	if e.size > 0 {
		if img, err = pictures.Resize(img, e.size, e.size); err != nil {
			return err
		}
	}
	class := strings.NewReplacer("/", "-", `\`, "-", " ", "_").Replace(e.set.Classes()[e.set.Labels()[i]])
	if err := os.MkdirAll(filepath.Join(e.dir, class), 0o777); err != nil {
		return errors.Wrap(err, "export")
	}
	path := filepath.Join(e.dir, class, fmt.Sprintf("%s-%05d.%s", e.half, i, e.format))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return errors.Wrap(err, "export")
	}
	err = pictureFormats[e.format](f, img)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return errors.Wrap(err, path)
}
