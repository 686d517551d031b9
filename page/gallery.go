package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"

	"github.com/pkg/errors"
)

// Gallery is a grid of pictures that flows with the page's width. Small ones are enlarged pixel by
// pixel.
type Gallery struct {
	Tiles   []Tile
	Small   bool // many to a row, such as a layer's filters
	Caption Text
	Alt     Text // required where tiles have no captions of their own: what all of them show
}

// Tile is a picture of a Gallery, or several that belong together, side by side.
type Tile struct {
	PNGs    [][]byte
	Caption Text
	Marked  bool // framed in the colour of what is wrong
}

func (g Gallery) write(w *writer) error {
	if len(g.Tiles) == 0 {
		return errors.New("gallery without tiles")
	}
	captions := false
	for _, t := range g.Tiles {
		captions = captions || !t.Caption.IsZero()
	}
	if !captions && g.Alt.IsZero() {
		return errors.New("gallery without captions and without Alt: say what it shows")
	}
	class := "gallery"
	if g.Small {
		class += " small"
	}
	w.raw(`<figure class="gallerybox">`)
	role := ""
	if !captions {
		w.pictures++
		id := "alt-" + itoa(w.pictures)
		w.printf(`<div class="unseen" id="%s">%s</div>`, id, g.Alt.plain())
		role = ` role="img" aria-labelledby="` + id + `"`
	}
	w.printf(`<div class="%s"%s>`, class, role)
	for i, t := range g.Tiles {
		mark := ""
		if t.Marked {
			mark = " marked"
		}
		w.printf(`<div class="tile%s"><div class="of%d">`, mark, len(t.PNGs))
		if len(t.PNGs) == 0 {
			return errors.Errorf("gallery: tile %d has no picture", i)
		}
		for _, b := range t.PNGs {
			size, err := png.DecodeConfig(bytes.NewReader(b))
			if err != nil {
				return errors.Wrapf(err, "gallery: tile %d", i)
			}
			smooth := ""
			if max(size.Width, size.Height) > 160 {
				smooth = ` class="smooth"`
			}
			w.raw(fmt.Sprintf(`<img alt=""%s width="%d" height="%d" src="data:image/png;base64,%s">`, smooth, size.Width, size.Height, base64.StdEncoding.EncodeToString(b)))
		}
		w.raw("</div>")
		if !t.Caption.IsZero() {
			w.printf(`<p>%s</p>`, t.Caption.html())
		}
		w.raw("</div>\n")
	}
	w.raw("</div>")
	if !g.Caption.IsZero() {
		w.printf("<figcaption>%s</figcaption>", g.Caption.html())
	}
	w.raw("</figure>\n")
	return nil
}

// Bars are shares of a whole, below each other, the longest filling the width.
type Bars struct {
	Head    Text // what the bars are of
	Measure Text // what is measured, with its unit
	Bars    []Bar
	Caption Text
}

// Bar is one of Bars.
type Bar struct {
	Name  Text
	Share float64 // its length: 0 to 1, of the longest or of a whole
	Value string  // written behind it
}

func (b Bars) write(w *writer) error {
	if len(b.Bars) == 0 || b.Head.IsZero() || b.Measure.IsZero() {
		return errors.New("bars: want a head, a measure and at least one bar")
	}
	w.raw(`<table class="bars">`)
	if !b.Caption.IsZero() {
		w.printf("<caption>%s</caption>", b.Caption.html())
	}
	w.printf(`<thead><tr><th scope="col">%s</th><th scope="col" colspan="2">%s</th></tr></thead><tbody>`, b.Head.html(), b.Measure.html())
	for i, bar := range b.Bars {
		if !(bar.Share >= 0 && bar.Share <= 1) {
			return errors.Errorf("bars: bar %d, %q, is %g long, want 0 to 1", i, bar.Name.EN, bar.Share)
		}
		w.printf(`<tr><th scope="row">%s</th><td class="number">%s</td><td class="track"><div style="width:%.1f%%"></div></td></tr>`+"\n",
			bar.Name.html(), Text{EN: bar.Value}.html(), 100*bar.Share)
	}
	w.raw("</tbody></table>\n")
	return nil
}
