// Package plots draws what a student of networks wants to see: curves, functions with their
// derivatives, the history of a training run, the search for a learning rate, images with
// predictions, confusion matrices, reliability, histograms, and how far gradients reach.
//
//	fig, err := plots.Function("ELU", -4, 4, elu, nil)
//	err = fig.Save("elu.svg")
//
// Everything takes plain slices and functions and returns a *Figure. A Figure that ends a cell of
// a notebook shows itself; Save writes it as .svg, .png or .pdf.
//
// Colours are those of Okabe and Ito (Color universal design, 2008), which people with any form
// of colour blindness tell apart, and lines of one colour differ in their dashes.
package plots

import (
	"bytes"
	"fmt"
	"html"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// pixelsPerInch is the resolution of PNG pictures: twice a screen's, for dense displays.
const pixelsPerInch = 144

// Figure is a picture: a title, a legend and one or more panels side by side.
type Figure struct {
	title         string
	legend        []key
	panels        []panel
	width, height vg.Length
	language      language
	words         map[string]string // Korean for texts of this figure
}

// panel is anything that fills a rectangle.
type panel interface {
	draw(c draw.Canvas)
}

// longestSide of a figure: a PDF's page has no more, and what is larger than a wall was not meant.
const longestSide = 200 * vg.Inch

// check refuses a figure that none of this package's functions made, and one that no page holds.
func (f *Figure) check() error {
	switch {
	case f == nil || len(f.panels) == 0:
		return errors.New("plots: the figure is empty; Curve, History, Images and others make one")
	case !(f.width > 0 && f.height > 0):
		return errors.Errorf("plots: figure %q is %g x %g points, want some of each", f.title, f.width, f.height)
	case f.width > longestSide || f.height > longestSide:
		return errors.Errorf("plots: figure %q is %.0f x %.0f inches, want at most %.0f on a side: draw less, or in another number of columns",
			f.title, f.width/vg.Inch, f.height/vg.Inch, longestSide/vg.Inch)
	}
	return nil
}

// render draws the figure. The drawing library panics when something is amiss; a program that
// only wants a picture of its results must not die of that.
func (f *Figure) render(c vg.CanvasSizer, l language, heading text.Style) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if cause, ok := r.(error); ok {
				err = errors.WithMessagef(cause, "plots: drawing %q", f.title)
				return
			}
			err = errors.Errorf("plots: drawing %q: %v", f.title, r)
		}
	}()
	w, h := c.Size()
	f.layout(draw.NewCanvas(lettered{c, l, f.words}, w, h), heading)
	return nil
}

// SVG returns the figure as a scalable picture. Notebooks call it to show a figure: it is dark where
// JupyterLab is. Files that Save writes are on white, for viewers that know no style sheets.
func (f *Figure) SVG() string {
	s, err := f.svg(f.spoken())
	if err != nil {
		return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40"><text x="8" y="24">%s</text></svg>`,
			html.EscapeString(err.Error()))
	}
	return adaptive(s)
}

func (f *Figure) svg(l language) (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	c := vgsvg.New(f.width, f.height)
	if err := f.render(c, l, boldWords(headingSize)); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", errors.Wrap(err, "plots: writing SVG")
	}
	// Fonts are not embedded, so name what else will do; the library takes its PNGs for JPEGs; and
	// pictures fill their rectangle, as they do in pixels.
	svg := strings.NewReplacer(
		"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR','Noto Sans CJK KR',sans-serif;",
		"data:image/jpg;", "data:image/png;",
		"<image x=", `<image preserveAspectRatio="none" x=`,
	).Replace(b.String())
	return marked.ReplaceAllString(svg, `<text lang="${2}" ${1}>`), nil
}

// PNG returns the figure as pixels, 144 to the inch. A letter that the fonts of this package lack,
// such as a Chinese one, is an error.
func (f *Figure) PNG() ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	c := vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(pixelsPerInch))
	if err := f.render(c, f.spoken(), boldWords(headingSize)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(&b)
	return b.Bytes(), errors.Wrap(err, "plots: writing PNG")
}

// PDF returns the figure as a document of one page, fonts included. Letters beyond ASCII are shapes
// in it, that can't be searched; one that the fonts of this package lack is an error.
func (f *Figure) PDF() ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	c := vgpdf.New(f.width, f.height)
	c.EmbedFonts(true)
	// The library cannot find its own bold fonts in a PDF.
	if err := f.render(c, f.spoken(), words(headingSize+1)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	return b.Bytes(), errors.Wrap(err, "plots: writing PDF")
}

// Save writes the figure to a file: .svg, .png or .pdf by the ending of its name. The file is
// complete or not there: a failure leaves an older one as it was.
func (f *Figure) Save(path string) (err error) {
	var b []byte
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".svg":
		var s string
		s, err = f.svg(f.spoken())
		b = []byte(s)
	case ".png":
		b, err = f.PNG()
	case ".pdf":
		b, err = f.PDF()
	default:
		return errors.Errorf("%s: cannot write a figure as %q, want .svg, .png or .pdf", path, ext)
	}
	if err != nil {
		return err
	}
	return atomicfile.Write(path, b)
}
