package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"regexp"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/plots"
)

// Figure is a figure of package plots, in the page's colours.
type Figure struct {
	Figure  *plots.Figure // required
	KO      *plots.Figure // the same with Korean words; nil: Figure in both languages
	Caption Text
	Alt     Text // required: what the figure shows, for who does not see it
}

func (f Figure) write(w *writer) error {
	if f.Alt.IsZero() {
		f.Alt = f.Caption
	}
	if f.Alt.IsZero() {
		return errors.New("figure without Alt: say what it shows")
	}
	svg, err := f.Figure.Inline()
	if err != nil {
		return err
	}
	korean := ""
	if f.KO != nil {
		if korean, err = f.KO.Inline(); err != nil {
			return err
		}
	}
	w.figure("plot", w.inBoth(svg, korean), f.Caption, f.Alt)
	return nil
}

// Picture is any other picture: SVG, such as a drawing of a network, or a PNG.
//
// An SVG may use the page's colours, with its own behind a comma for other viewers:
// var(--plot-ink,#222222), var(--plot-paper,#ffffff), var(--plot-faint,#e2e2e2) and what else
// plots.Style has.
type Picture struct {
	SVG     string // one of both
	KO      string // the SVG with Korean words; empty: SVG in both languages
	PNG     []byte
	Caption Text
	Alt     Text // required
	Full    bool // in its own size, scrolling, however wide; else at most as wide as the page
	Pixels  bool // a PNG whose pixels are to be seen: enlarged without smoothing
}

func (p Picture) write(w *writer) error {
	if p.Alt.IsZero() {
		p.Alt = p.Caption
	}
	if p.Alt.IsZero() {
		return errors.New("picture without Alt: say what it shows")
	}
	class := "picture"
	if p.Full {
		class = "picture full"
	}
	switch {
	case p.SVG != "" && p.PNG != nil:
		return errors.New("picture with both SVG and PNG, want one")
	case p.SVG != "":
		english, err := element(p.SVG)
		if err != nil {
			return err
		}
		korean := ""
		if p.KO != "" {
			if korean, err = element(p.KO); err != nil {
				return err
			}
		}
		w.figure(class, w.inBoth(english, korean), p.Caption, p.Alt)
		return nil
	case p.KO != "":
		return errors.New("picture with Korean SVG and no other")
	}
	size, err := png.DecodeConfig(bytes.NewReader(p.PNG))
	if err != nil {
		return errors.Wrap(err, "picture: PNG")
	}
	if p.Pixels {
		class += " pixels"
	}
	w.figure(class, fmt.Sprintf(`<img alt="" width="%d" height="%d" src="data:image/png;base64,%s">`, size.Width, size.Height, base64.StdEncoding.EncodeToString(p.PNG)), p.Caption, p.Alt)
	return nil
}

// element is an SVG from its first tag on.
func element(svg string) (string, error) {
	at := strings.Index(svg, "<svg")
	if at < 0 {
		return "", errors.Errorf("picture: SVG begins with %.30q, want <svg", svg)
	}
	return svg[at:], nil
}

// inBoth is an SVG for both languages, or one for each.
func (w *writer) inBoth(english, korean string) string {
	if korean == "" {
		return w.scoped(english)
	}
	return `<div lang="en">` + w.scoped(english) + `</div><div lang="ko">` + w.scoped(korean) + `</div>`
}

// figure writes a picture that screen readers take for one image with a description.
func (w *writer) figure(class, picture string, caption, alt Text) {
	w.pictures++
	id := "alt-" + itoa(w.pictures)
	scroll := ""
	if strings.Contains(class, "full") {
		scroll = ` tabindex="0"`
	}
	w.printf(`<figure class="%s"><div class="canvas" role="img" aria-labelledby="%s"%s>%s</div><div class="unseen" id="%s">%s</div>`, class, id, scroll, picture, id, alt.plain())
	if !caption.IsZero() {
		w.printf("<figcaption>%s</figcaption>", caption.html())
	}
	w.raw("</figure>\n")
}

var (
	identity  = regexp.MustCompile(`(\sid=["'])([^"']+)`)
	reference = regexp.MustCompile(`(url\(["']?#|href=["']#)([^"')]+)`)
)

// scoped gives the anchors within an SVG a name of their own on the page: two drawings that both
// call their arrow "a" must not take each other's.
func (w *writer) scoped(svg string) string {
	if !identity.MatchString(svg) {
		return svg
	}
	w.scopes++
	prefix := fmt.Sprintf("s%d-", w.scopes)
	svg = identity.ReplaceAllString(svg, "${1}"+prefix+"${2}")
	return reference.ReplaceAllString(svg, "${1}"+prefix+"${2}")
}
