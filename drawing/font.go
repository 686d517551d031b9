package drawing

import (
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"github.com/stheno-ml/stheno/internal/hangul"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// family is what SVG asks for. Arial, Helvetica's usual stand-ins and Liberation
// Sans have the same widths, so that text measured here fits there.
const family = "Arial, 'Liberation Sans', Helvetica, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif"

// faces are read once: regular and bold.
var faces = sync.OnceValues(func() ([2]*sfnt.Font, error) {
	var f [2]*sfnt.Font
	for i, ttf := range [][]byte{liberationsansregular.TTF, liberationsansbold.TTF} {
		var err error
		if f[i], err = sfnt.Parse(ttf); err != nil {
			return f, err
		}
	}
	return f, nil
})

func face(bold bool) (*sfnt.Font, error) {
	f, err := faces()
	if bold {
		return f[1], err
	}
	return f[0], err
}

// perEm is the number of font units that widths are measured in for each em.
const perEm = 2048

// glyph finds a sign: in the Latin font, else in the Korean one. The index is 0
// where neither has it.
func glyph(b *sfnt.Buffer, r rune, bold bool) (*sfnt.Font, sfnt.GlyphIndex, error) {
	f, err := face(bold)
	if err != nil {
		return nil, 0, err
	}
	if i, err := f.GlyphIndex(b, r); err != nil || i != 0 {
		return f, i, err
	}
	korean, err := hangul.Fonts()
	if err != nil {
		return nil, 0, err
	}
	if f = korean[0]; bold {
		f = korean[1]
	}
	i, err := f.GlyphIndex(b, r)
	return f, i, err
}

// textWidth is the width of one line at that size, by the fonts' own advances. A
// sign that they lack counts as a full square.
func textWidth(s string, size float64, bold bool) float64 {
	var b sfnt.Buffer
	sum := 0.0
	for _, r := range s {
		f, i, err := glyph(&b, r, bold)
		if err != nil || i == 0 {
			sum += perEm
			continue
		}
		a, err := f.GlyphAdvance(&b, i, fixed.I(perEm), font.HintingNone)
		if err != nil {
			sum += perEm
			continue
		}
		sum += float64(a) / 64
	}
	return sum * size / perEm
}

// Of an em, how far capitals rise above the line that letters stand on. Half of
// it below a box's middle the line of centred text lies.
const capHeight = 0.716
