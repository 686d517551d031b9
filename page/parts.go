package page

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// writer collects the page's body and what it needs.
type writer struct {
	strings.Builder
	pictures int // figures, pictures and charts so far: their anchors
	charts   int
	scopes   int // SVGs so far that have anchors
	depth    int // of parts within parts
}

func (w *writer) raw(s string)                      { w.WriteString(s) }
func (w *writer) printf(format string, args ...any) { fmt.Fprintf(&w.Builder, format, args...) }

func itoa(n int) string { return strconv.Itoa(n) }

// deepest is how deep Details and Side may be in each other: more is a part that holds itself.
const deepest = 16

func (w *writer) part(p Part) error {
	if p == nil {
		return errors.New("nil, want a part")
	}
	if w.depth++; w.depth > deepest {
		return errors.Errorf("parts within parts, more than %d deep", deepest)
	}
	defer func() { w.depth-- }()
	return p.write(w)
}

// Paragraph is a paragraph of text.
type Paragraph Text

// P is a Paragraph.
func P(en, ko string) Paragraph { return Paragraph{EN: en, KO: ko} }

func (p Paragraph) write(w *writer) error {
	w.printf("<p>%s</p>\n", Text(p).html())
	return nil
}

// List is a list with dots.
type List []Text

func (l List) write(w *writer) error {
	w.raw("<ul>\n")
	for _, t := range l {
		w.printf("<li>%s</li>\n", t.html())
	}
	w.raw("</ul>\n")
	return nil
}

// Command is what a reader types into a terminal, with a button that copies it. It may have
// several lines.
type Command string

func (c Command) write(w *writer) error {
	w.printf(`<div class="command"><pre tabindex="0"><code>%s</code></pre><button type="button" class="copy" hidden>%s</button></div>`+"\n",
		html.EscapeString(strings.TrimRight(string(c), "\n")), T("Copy", "복사").html())
	return nil
}

// Fact is a value with a name.
type Fact struct {
	Name  Text
	Value string // as it is; an accuracy, a date, a checksum
	Said  Text   // instead of Value, where the language matters
}

// Facts are short values, side by side while there is room.
type Facts []Fact

func (f Facts) write(w *writer) error {
	w.raw(`<dl class="facts">` + "\n")
	for _, fact := range f {
		value := html.EscapeString(fact.Value)
		if !fact.Said.IsZero() {
			value = fact.Said.html()
		}
		long := ""
		if len(fact.Value) > 30 {
			long = ` class="long"`
		}
		w.printf("<div%s><dt>%s</dt><dd>%s</dd></div>\n", long, fact.Name.html(), value)
	}
	w.raw("</dl>\n")
	return nil
}

// Details are parts that a reader unfolds. On paper they are unfolded.
type Details struct {
	Summary Text
	Parts   []Part
}

func (d Details) write(w *writer) error {
	if d.Summary.IsZero() {
		return errors.New("details without a summary")
	}
	w.printf("<details><summary>%s</summary>\n", d.Summary.html())
	for i, p := range d.Parts {
		if err := w.part(p); err != nil {
			return errors.WithMessagef(err, "details %q: part %d", d.Summary.EN, i)
		}
	}
	w.raw("</details>\n")
	return nil
}

// Side puts parts side by side on a screen that is wide enough, else below each other.
type Side []Part

func (s Side) write(w *writer) error {
	w.raw(`<div class="side">` + "\n")
	for i, p := range s {
		w.raw("<div>")
		if err := w.part(p); err != nil {
			return errors.WithMessagef(err, "side by side: part %d", i)
		}
		w.raw("</div>\n")
	}
	w.raw("</div>\n")
	return nil
}

// Group is parts below each other, as one part of Side.
type Group []Part

func (g Group) write(w *writer) error {
	for i, p := range g {
		if err := w.part(p); err != nil {
			return errors.WithMessagef(err, "group: part %d", i)
		}
	}
	return nil
}
