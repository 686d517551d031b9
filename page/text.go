package page

import (
	"html"
	"regexp"
	"strings"
)

// html is the text in both languages, of which the page shows one.
func (t Text) html() string { return t.each(markup) }

// plain is the same without markup, for what screen readers read.
func (t Text) plain() string {
	return t.each(func(s string) string { return html.EscapeString(unmarked(s)) })
}

func (t Text) each(f func(string) string) string {
	en, ko := t.In("en"), t.In("ko")
	if en == "" {
		en = ko
	}
	if en == ko {
		return f(en)
	}
	return `<span lang="en">` + f(en) + `</span><span lang="ko">` + f(ko) + `</span>`
}

// signs are what markup is made of.
const signs = "`*[]()\\"

// Literal is a text without markup, as a Text writes it: for names and paths that may have its
// signs.
func Literal(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(signs, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// link is [words](address). Addresses of other kinds than these could run something.
var link = regexp.MustCompile(`^\[([^\[\]]+)\]\(((?:https?://|#|\./|[a-z0-9_])[^\s()]*)\)`)

// schemed is an address such as javascript:...
var schemed = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)

// markup turns `code`, *emphasis* and [links](https://example.org) into HTML.
func markup(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		at := strings.IndexAny(s, signs)
		if at < 0 {
			break
		}
		b.WriteString(html.EscapeString(s[:at]))
		s = s[at:]
		inner, rest, ok := "", "", false
		switch s[0] {
		case '\\':
			if len(s) > 1 && strings.IndexByte(signs, s[1]) >= 0 {
				b.WriteString(html.EscapeString(s[1:2]))
				s = s[2:]
				continue
			}
		case '`':
			if inner, rest, ok = strings.Cut(s[1:], "`"); ok && inner != "" {
				b.WriteString("<code>" + html.EscapeString(inner) + "</code>")
				s = rest
				continue
			}
		case '*':
			// As in Markdown: the sign touches its words, so that 2 * 3 * 4 stays.
			inner, rest, ok = strings.Cut(s[1:], "*")
			if ok && inner != "" && strings.TrimSpace(inner) == inner {
				b.WriteString("<em>" + markup(inner) + "</em>")
				s = rest
				continue
			}
		case '[':
			if m := link.FindStringSubmatch(s); m != nil && (strings.HasPrefix(m[2], "http") || !schemed.MatchString(m[2])) {
				b.WriteString(`<a href="` + html.EscapeString(m[2]) + `">` + markup(m[1]) + `</a>`)
				s = s[len(m[0]):]
				continue
			}
		}
		b.WriteString(html.EscapeString(s[:1]))
		s = s[1:]
	}
	b.WriteString(html.EscapeString(s))
	return b.String()
}

var tags = regexp.MustCompile(`<[^>]*>`)

// unmarked is a text as it is read aloud.
func unmarked(s string) string { return html.UnescapeString(tags.ReplaceAllString(markup(s), "")) }
