// Package pictures reads pictures from files as networks take them: JPEG, PNG,
// GIF and WebP, turned upright as the camera noted, with channels and size as
// wanted.
package pictures

import (
	"bytes"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	_ "golang.org/x/image/webp"
)

// Limits of what is read, so that a small file cannot take all memory.
const (
	MaxFileBytes = 256 << 20 // of a file
	MaxPixels    = 100 << 20 // of a picture, width times height
)

// extensions are in lower case and in alphabetical order.
var extensions = []string{".gif", ".jpeg", ".jpg", ".png", ".webp"}

// Extensions lists the endings of the files that Open reads, in lower case.
func Extensions() []string { return slices.Clone(extensions) }

// Known reports whether a file's name has one of the Extensions, in any case.
func Known(path string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(path)))
}

// Open reads the picture in a file. What it is follows from its content, not from
// its name. Of an animation it is the first frame.
func Open(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Wrap(err, "picture")
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return nil, errors.Wrapf(err, "picture %s", path)
	}
	img, err := Decode(content)
	return img, errors.WithMessagef(err, "picture %s", path)
}

// Decode reads the picture in the bytes of a file (see Open). It refuses files
// over MaxFileBytes, pictures over MaxPixels and those that announce more pixels
// than their bytes can hold before it takes memory for them.
func Decode(content []byte) (img image.Image, err error) {
	defer func() { // a decoder's mistake must not end the process
		if r := recover(); r != nil {
			img, err = nil, errors.Errorf("cannot be decoded: %v", r)
		}
	}()
	if len(content) > MaxFileBytes {
		return nil, errors.Errorf("more than %s", size.Text(MaxFileBytes))
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		if errors.Is(err, image.ErrFormat) {
			return nil, errors.Errorf("neither JPEG nor PNG, GIF or WebP (%d bytes)", len(content))
		}
		return nil, errors.Wrap(err, "cannot be decoded")
	}
	n, err := size.Product(cfg.Width, cfg.Height)
	if err != nil || n > MaxPixels {
		return nil, errors.Errorf("%s of %dx%d pixels, at most %d are read", format, cfg.Width, cfg.Height, MaxPixels)
	}
	if n == 0 {
		return nil, errors.Errorf("%s of %dx%d pixels", format, cfg.Width, cfg.Height)
	}
	if err := plausible(format, cfg.Width, cfg.Height, content); err != nil {
		return nil, err
	}
	img, _, err = image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, errors.Wrapf(err, "%s", format)
	}
	if format == "jpeg" {
		img = upright(img, orientation(content))
	}
	return img, nil
}
