package runs

import (
	"bytes"
	"html/template"
)

// HTML is the comparison as a part of a page, or of a notebook: curves, results,
// settings that differ.
func (c Comparison) HTML() string {
	text := ""
	if figure, err := c.Figure(); err == nil { // none without an epoch
		text = `<div class="scroll" role="region" tabindex="0" aria-label="scrollable">` + string(inline(figure)) + "</div>\n"
	}
	text += "<h2>Results</h2>\n" + `<div class="scroll" role="region" tabindex="0" aria-label="scrollable">` + c.results().HTML() + "</div>\n"
	if len(c.Differ) > 0 && len(c.Runs) > 1 {
		text += "<h2>Settings that differ</h2>\n" + `<div class="scroll" role="region" tabindex="0" aria-label="scrollable">` + c.differences().HTML() + "</div>\n"
	}
	return text
}

// Page is the comparison as a page that needs nothing but itself.
func (c Comparison) Page() ([]byte, error) {
	var b bytes.Buffer
	if err := comparePage.Execute(&b, template.HTML(c.HTML())); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

var comparePage = template.Must(template.New("compare").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runs side by side</title>
<style>
` + style + `</style>
</head>
<body>
<h1>Runs side by side</h1>
{{.}}</body>
</html>
`))
