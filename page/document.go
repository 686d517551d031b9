package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"github.com/stheno-ml/stheno/plots"
)

var (
	//go:embed style.css
	style string
	//go:embed page.js
	script string
	// uPlot 1.6.32, MIT licence: uplot/LICENSE.
	//
	//go:embed uplot/uPlot.iife.min.js
	uplotScript string
	//go:embed uplot/uPlot.min.css
	uplotStyle string
	//go:embed uplot/LICENSE
	uplotLicence string
)

// Style is the style sheet of pages, colours included, for pages that are not files: a live one.
// Their switches are two radio groups with the ids lang-en, lang-ko, theme-auto, theme-light and
// theme-dark; elements with lang="en" and lang="ko" are shown in turn.
func Style() string { return plots.Style() + style }

// document puts the page's body between what all pages have.
func (p Page) document(sections []Section, body *writer) []byte {
	scripts := []string{script}
	styles := Style()
	if body.charts > 0 {
		// The licence goes wherever the program goes.
		scripts = []string{"/*\n" + strings.ReplaceAll(uplotLicence, "*/", "* /") + "*/\n" + uplotScript, script}
		styles += uplotStyle
	}
	var allowed strings.Builder
	for _, s := range scripts {
		sum := sha256.Sum256([]byte(s))
		fmt.Fprintf(&allowed, " 'sha256-%s'", base64.StdEncoding.EncodeToString(sum[:]))
	}
	w := &writer{}
	w.printf(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; script-src%s; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<style>
%s</style>
</head>
<body data-title-en="%s" data-title-ko="%s">
<a class="skip" href="#content">%s</a>
<header id="top" class="bar"><nav aria-label="Sections"><ul>
`, allowed.String(), html.EscapeString(unmarked(p.Title.In("en"))), styles, html.EscapeString(unmarked(p.Title.In("en"))), html.EscapeString(unmarked(p.Title.In("ko"))),
		T("To the content", "본문으로").html())
	if len(sections) > 1 {
		for _, s := range sections {
			w.printf(`<li><a href="#%s">%s</a></li>`+"\n", s.ID, s.Title.html())
		}
	}
	w.raw(`</ul></nav>` + Switches() + `</header>` + "\n")
	w.printf("<main id=\"content\" tabindex=\"-1\">\n<h1>%s</h1>\n", p.Title.html())
	if !p.Lead.IsZero() {
		w.printf("<p class=\"lead\">%s</p>\n", p.Lead.html())
	}
	w.raw(body.String())
	w.raw("</main>\n")
	if !p.Footer.IsZero() {
		w.printf("<footer><p>%s</p></footer>\n", p.Footer.html())
	}
	for _, s := range scripts {
		w.raw("<script>" + s + "</script>\n")
	}
	w.raw("</body>\n</html>\n")
	return []byte(w.String())
}

// Switches are the controls that choose the language and the colours, as HTML. Style makes them
// work, without a script.
func Switches() string {
	return `<div class="switches">` +
		`<fieldset><legend class="unseen">Language · 언어</legend>` +
		`<input type="radio" name="lang" id="lang-en" value="en" checked><label for="lang-en" data-set-lang="en" title="English">EN<span class="unseen">English</span></label>` +
		`<input type="radio" name="lang" id="lang-ko" value="ko"><label for="lang-ko" data-set-lang="ko" title="한국어"><span aria-hidden="true">한</span><span class="unseen">한국어</span></label></fieldset>` +
		`<fieldset><legend class="unseen">Colours · 색</legend>` +
		`<input type="radio" name="theme" id="theme-auto" value="auto" checked><label for="theme-auto" title="as the system · 시스템"><span aria-hidden="true">◐</span><span class="unseen">as the system · 시스템</span></label>` +
		`<input type="radio" name="theme" id="theme-light" value="light"><label for="theme-light" title="light · 밝게"><span aria-hidden="true">○</span><span class="unseen">light · 밝게</span></label>` +
		`<input type="radio" name="theme" id="theme-dark" value="dark"><label for="theme-dark" title="dark · 어둡게"><span aria-hidden="true">●</span><span class="unseen">dark · 어둡게</span></label></fieldset></div>`
}
