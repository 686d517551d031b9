// Package page writes pages of figures, tables and text: one HTML file that needs nothing but
// itself, works from a disk without a network, and is read on a phone as on a wide screen.
//
//	p := page.Page{Title: page.T("Vanishing gradients", "기울기 소실")}
//	p.Sections = []page.Section{{ID: "depth", Title: page.T("By depth", "깊이에 따라"), Parts: []page.Part{
//		page.P("The *first* layer's gradient, `layer1.0`.", "*첫* 층의 기울기, `layer1.0`."),
//		page.Figure{Figure: figure, Alt: page.T("Gradients fall from 1 to 1e-17.", "기울기가 1에서 1e-17로 줄어든다.")},
//	}}}
//	err := p.Write("vanishing.html")
//
// A page has a switch between English and Korean and one between light and dark; it begins with
// what the reader's browser asks for. Both work without scripts; ?lang=ko in the address chooses
// too. Every part works with a keyboard and a screen reader, and prints in the light colours.
//
// Nothing is fetched: a content security policy in the page forbids it. Only the scripts of this
// package run, curves that can be zoomed being drawn by uPlot (Leon Sorokin, MIT licence).
package page

import (
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
)

// Text is one text in both languages. Without Korean the English is shown in both.
//
// In paragraphs, captions, cells and facts a text may have `code`, *emphasis* and
// [links](https://example.org). A backslash before one of these signs takes its meaning away.
type Text struct {
	EN string `json:"en"`
	KO string `json:"ko,omitempty"`
}

// T is a Text: T("loss", "손실").
func T(en, ko string) Text { return Text{EN: en, KO: ko} }

// IsZero tells whether there is no text.
func (t Text) IsZero() bool { return t.EN == "" && t.KO == "" }

// In is the text in a language, "en" or "ko".
func (t Text) In(language string) string {
	if language == "ko" && t.KO != "" {
		return t.KO
	}
	return t.EN
}

// Page is what a file tells.
type Page struct {
	Title    Text // required
	Lead     Text // a sentence or two below the title: what was found
	Sections []Section
	Footer   Text
}

// Section is a part of a page that the navigation leads to.
type Section struct {
	ID    string // anchor: letters, digits, - and _, unlike those of other sections; "": section-1, ...
	Title Text   // required
	Parts []Part
}

// Part is a piece of a section: Paragraph, Figure, Picture, Table, Chart, Facts, Command, Details,
// Gallery, Bars, List, Side or Group.
type Part interface {
	write(w *writer) error
}

// HTML is the page as a file. Errors name the section, the part and what is wrong.
func (p Page) HTML() ([]byte, error) {
	if p.Title.IsZero() {
		return nil, errors.New("page: no title")
	}
	sections, err := p.named()
	if err != nil {
		return nil, err
	}
	w := &writer{}
	for _, s := range sections {
		w.printf(`<section id="%s" aria-labelledby="%s-title">`+"\n"+`<h2 id="%s-title">%s</h2>`+"\n", s.ID, s.ID, s.ID, s.Title.html())
		for i, part := range s.Parts {
			if err := w.part(part); err != nil {
				return nil, errors.WithMessagef(err, "page %q: section %q: part %d", p.Title.EN, s.ID, i)
			}
		}
		w.raw("</section>\n")
	}
	return p.document(sections, w), nil
}

// Write writes the page to a file, whole or not at all.
func (p Page) Write(path string) error {
	b, err := p.HTML()
	if err != nil {
		return err
	}
	return atomicfile.Write(path, b)
}

// named are the sections with their anchors, all different.
func (p Page) named() ([]Section, error) {
	taken := map[string]bool{}
	out := make([]Section, len(p.Sections))
	for i, s := range p.Sections {
		if s.ID == "" {
			s.ID = "section-" + itoa(i+1)
		}
		if !isAnchor(s.ID) {
			return nil, errors.Errorf("page %q: section %d has the anchor %q, want a letter, then letters, digits, - and _", p.Title.EN, i, s.ID)
		}
		if taken[s.ID] || s.ID == "top" {
			return nil, errors.Errorf("page %q: section %d has the anchor %q, which another has", p.Title.EN, i, s.ID)
		}
		if s.Title.IsZero() {
			return nil, errors.Errorf("page %q: section %q has no title", p.Title.EN, s.ID)
		}
		taken[s.ID] = true
		out[i] = s
	}
	return out, nil
}

func isAnchor(id string) bool {
	letter := func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
	plain := func(r rune) bool { return letter(r) || '0' <= r && r <= '9' || r == '-' || r == '_' }
	return id != "" && letter(rune(id[0])) && !strings.ContainsFunc(id, func(r rune) bool { return !plain(r) })
}
