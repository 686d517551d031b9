package plots

import (
	"math"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/hangul"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	pfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// typesetter measures and draws text that may mix Latin and Korean: the drawing library takes one
// font for a text, and puts a box for what that lacks.
type typesetter struct{ text.Plain }

var handler text.Handler = typesetter{text.Plain{Fonts: pfont.DefaultCache}}

// run is a part of a text in one font.
type run struct {
	face pfont.Face
	text string
}

// runs cuts a line into parts by font. missing is a letter that no font has, or 0.
func (t typesetter) runs(line string, fnt pfont.Font) (out []run, missing rune) {
	latin := t.Fonts.Lookup(fnt, fnt.Size)
	if isASCII(line) {
		return []run{{latin, line}}, 0
	}
	korean := latin
	if fonts, err := hangul.Fonts(); err == nil {
		korean.Face = fonts[0]
		korean.Font.Typeface, korean.Font.Variant = "Noto", "KR"
		if fnt.Weight == font.WeightBold {
			korean.Face = fonts[1]
		}
	}
	var b sfnt.Buffer
	has := func(f pfont.Face, r rune) bool {
		i, err := f.Face.GlyphIndex(&b, r)
		return err == nil && i != 0
	}
	for _, r := range line {
		face := latin
		switch {
		case has(latin, r):
		case has(korean, r):
			face = korean
		case missing == 0:
			missing = r
		}
		if n := len(out); n > 0 && out[n-1].face.Face == face.Face {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, run{face, string(r)})
	}
	return out, missing
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// Box is the width of a line, and its height above and below the base line. That of Latin letters
// is taken for all: Korean ones fit between.
func (t typesetter) Box(line string, fnt pfont.Font) (width, height, depth vg.Length) {
	e := t.Extents(fnt)
	return t.width(line, fnt), e.Ascent, e.Descent
}

func (t typesetter) width(line string, fnt pfont.Font) (w vg.Length) {
	parts, _ := t.runs(line, fnt)
	for _, p := range parts {
		w += p.face.Width(p.text)
	}
	return w
}

// Draw draws a text of one or more lines. It panics with an error at a letter that is in no font,
// where the picture has to have it: render returns that.
func (t typesetter) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	l := letteredOf(c)
	for _, v := range l.versions(strings.TrimRight(txt, "\n")) {
		t.drawOne(l.Canvas, v, sty, pt)
	}
}

// letteredOf finds the canvas below those that the drawing library cuts out of each other.
func letteredOf(c vg.Canvas) lettered {
	for {
		switch d := c.(type) {
		case lettered:
			return d
		case *draw.Canvas:
			c = d.Canvas
		case draw.Canvas:
			c = d.Canvas
		default:
			return lettered{Canvas: c}
		}
	}
}

func (t typesetter) drawOne(c vg.Canvas, v version, sty text.Style, pt vg.Point) {
	if v.text == "" {
		return
	}
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(sty.Rotation)
	}
	sin, cos := math.Sincos(sty.Rotation)
	pt.X, pt.Y = pt.Y*vg.Length(sin)+pt.X*vg.Length(cos), pt.Y*vg.Length(cos)-pt.X*vg.Length(sin)
	lines := t.Lines(v.text)
	pt.Y += sty.Height(v.text)*vg.Length(sty.YAlign) - t.Extents(sty.Font).Ascent
	for i, line := range lines {
		at := pt.Add(vg.Point{X: vg.Length(sty.XAlign) * t.width(line, sty.Font), Y: vg.Length(len(lines)-i) * sty.Font.Size})
		t.line(c, v.mark, line, sty.Font, at)
	}
}

// line draws a line from its left end.
func (t typesetter) line(c vg.Canvas, mark, line string, fnt pfont.Font, at vg.Point) {
	parts, missing := t.runs(line, fnt)
	if _, ok := c.(*vgsvg.Canvas); ok {
		// An SVG names fonts, and whoever shows it finds the letters; in one piece it can be read
		// aloud and searched.
		c.FillString(t.Fonts.Lookup(fnt, fnt.Size), at, mark+line)
		return
	}
	if missing != 0 {
		panic(errors.Errorf("no font has %q (U+%04X) of %q: Latin, Greek, Cyrillic and Korean letters are there; an SVG takes any", missing, missing, line))
	}
	_, pdf := c.(*vgpdf.Canvas)
	for _, p := range parts {
		if pdf && !isASCII(p.text) {
			// The PDF writer knows 256 letters only.
			c.Fill(outline(p, at))
		} else {
			c.FillString(p.face, at, p.text)
		}
		at.X += p.face.Width(p.text)
	}
}

// outline is a text as a path.
func outline(r run, at vg.Point) vg.Path {
	var (
		path  vg.Path
		b     sfnt.Buffer
		units = r.face.Face.UnitsPerEm()
		scale = r.face.Font.Size / vg.Length(units)
		ppem  = fixed.I(int(units))
	)
	for _, letter := range r.text {
		i, err := r.face.Face.GlyphIndex(&b, letter)
		if err != nil {
			panic(errors.Wrapf(err, "letter %q", letter))
		}
		segments, err := r.face.Face.LoadGlyph(&b, i, ppem, nil)
		if err != nil {
			panic(errors.Wrapf(err, "letter %q", letter))
		}
		// Coordinates are 64ths, downwards.
		point := func(p fixed.Point26_6) vg.Point {
			return vg.Point{X: at.X + vg.Length(p.X)/64*scale, Y: at.Y - vg.Length(p.Y)/64*scale}
		}
		for k, s := range segments {
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				if k > 0 {
					path.Close()
				}
				path.Move(point(s.Args[0]))
			case sfnt.SegmentOpLineTo:
				path.Line(point(s.Args[0]))
			case sfnt.SegmentOpQuadTo:
				path.QuadTo(point(s.Args[0]), point(s.Args[1]))
			case sfnt.SegmentOpCubeTo:
				path.CubeTo(point(s.Args[0]), point(s.Args[1]), point(s.Args[2]))
			}
		}
		if len(segments) > 0 {
			path.Close()
		}
		at.X += r.face.Width(string(letter))
	}
	return path
}
