package hangul

import (
	"testing"

	"golang.org/x/image/font/sfnt"
)

func TestFontsHaveSyllables(t *testing.T) {
	fonts, err := Fonts()
	if err != nil {
		t.Fatal(err)
	}
	var b sfnt.Buffer
	for i, f := range fonts {
		for _, r := range "합성곱 기울기 소실" {
			if g, err := f.GlyphIndex(&b, r); err != nil || g == 0 && r != ' ' {
				t.Errorf("font %d has no %q: %v", i, r, err)
			}
		}
	}
}
