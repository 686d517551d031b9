// Package hangul has the Korean font of all pictures.
package hangul

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"sync"

	"github.com/pkg/errors"
	"golang.org/x/image/font/opentype"
)

// The two fonts are Noto Sans KR 2.004 (fonts/OFL.txt), cut down to the 2,350 syllables of
// KS X 1001, the letters they are made of and some signs, without hints, packed by gzip.
var (
	//go:embed fonts/NotoSansKR-Regular.ttf.gz
	regular []byte
	//go:embed fonts/NotoSansKR-Bold.ttf.gz
	bold []byte
)

// Fonts are the regular and the bold one, read when they are first asked for.
func Fonts() ([2]*opentype.Font, error) { return fonts() }

var fonts = sync.OnceValues(func() (fonts [2]*opentype.Font, err error) {
	for i, packed := range [][]byte{regular, bold} {
		var b []byte
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err == nil {
			b, err = io.ReadAll(z)
		}
		if err == nil {
			fonts[i], err = opentype.Parse(b)
		}
		if err != nil {
			return fonts, errors.Wrap(err, "the Korean font")
		}
	}
	return fonts, nil
})
