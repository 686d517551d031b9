package plots

import (
	"fmt"
	"image/color"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// swatch is a colour of the theme by its name: on white paper and on a dark screen.
type swatch struct {
	name        string
	light, dark color.RGBA
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

// swatches are the colours that figures are drawn in. A figure on a page names them, and the page
// says what they are.
var swatches = []swatch{
	{"paper", rgb(0xffffff), rgb(0x15181d)},
	{"ink", rgb(0x222222), rgb(0xe8eaed)},
	{"frame", rgb(0x888888), rgb(0x7d858f)},
	{"faint", rgb(0xe2e2e2), rgb(0x2e343c)},
	{"blue", rgb(0x0072b2), rgb(0x4ba6e8)},
	{"vermillion", rgb(0xd55e00), rgb(0xff8a4c)},
	{"green", rgb(0x009e73), rgb(0x2fc9a0)},
	{"purple", rgb(0xcc79a7), rgb(0xe8a0c8)},
	{"orange", rgb(0xe69f00), rgb(0xf5bd45)},
	{"sky", rgb(0x56b4e9), rgb(0xa9daf8)},
}

// pageColours are those of a page around its figures.
var pageColours = []swatch{
	{"link", rgb(0x005a8e), rgb(0x7cc0f5)},
	{"soft", rgb(0x55595f), rgb(0xa9b0b9)},
	{"shade", rgb(0xf3f4f6), rgb(0x20252c)},
	{"wrong", rgb(0xa84300), rgb(0xff9b66)},
	{"edge", rgb(0xb9bdc3), rgb(0x4a525c)},
}

// lines are the palette's names, in its order.
var lines = []string{"blue", "vermillion", "green", "purple", "orange", "sky", "ink"}

// colourOf is a colour of the theme on white paper.
func colourOf(name string) color.RGBA {
	for _, s := range swatches {
		if s.name == name {
			return s.light
		}
	}
	return color.RGBA{A: 0xff}
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// Style is a style sheet with the colours of figures and of what is around them, as variables:
// --plot-paper, --plot-ink, --plot-frame, --plot-faint, --plot-blue and the other lines' colours,
// --plot-line-1 to -7 in the palette's order, --plot-shade-0 to -16 from nothing to all, and
// --page-link, --page-soft, --page-shade, --page-wrong and --page-edge. They are light or dark as the reader's
// system says, unless an element with the id theme-light or theme-dark is checked, and light on
// paper.
func Style() string {
	variables := func(dark bool) string {
		var b strings.Builder
		for _, list := range []struct {
			prefix   string
			swatches []swatch
		}{{"plot", swatches}, {"plot", shades}, {"page", pageColours}} {
			for _, s := range list.swatches {
				c := s.light
				if dark {
					c = s.dark
				}
				fmt.Fprintf(&b, "--%s-%s: %s; ", list.prefix, s.name, hex(c))
			}
		}
		for i, name := range lines {
			fmt.Fprintf(&b, "--plot-line-%d: var(--plot-%s); ", i+1, name)
		}
		return b.String()
	}
	light, dark := variables(false), variables(true)
	return ":root { color-scheme: light; " + light + "}\n" +
		"@media screen and (prefers-color-scheme: dark) { :root:not(:has(#theme-light:checked)) { color-scheme: dark; " + dark + "} }\n" +
		"@media screen { :root:has(#theme-dark:checked) { color-scheme: dark; " + dark + "} }\n"
}

// coloured finds colours as the drawing library writes them into an SVG.
var coloured = regexp.MustCompile(`(fill|stroke):(#[0-9A-F]{6})`)

// Inline is the figure as an SVG for a page that has the style sheet Style: the theme's colours
// are the page's, so that a dark page shows a dark figure. Words that Korean translates are there
// twice, with lang="en" and lang="ko", of which the page shows one. It has no XML declaration.
func (f *Figure) Inline() (string, error) {
	svg, err := f.svg(both)
	if err != nil {
		return "", err
	}
	if i := strings.Index(svg, "<svg"); i > 0 {
		svg = svg[i:]
	}
	return named(svg), nil
}

// swatchOf finds a colour of the theme by its value on white paper.
var swatchOf = func() map[string]swatch {
	out := map[string]swatch{}
	for _, list := range [][]swatch{swatches, shades} {
		for _, s := range list {
			if _, taken := out[hex(s.light)]; !taken {
				out[hex(s.light)] = s
			}
		}
	}
	return out
}()

// named writes the names of the theme's colours, behind which the colours themselves stay for
// viewers that have no style sheet.
func named(svg string) string {
	return coloured.ReplaceAllStringFunc(svg, func(s string) string {
		property, value, _ := strings.Cut(s, ":")
		if c, ours := swatchOf[value]; ours {
			return property + ":var(--plot-" + c.name + "," + value + ")"
		}
		return s
	})
}

// used finds the names that named wrote.
var used = regexp.MustCompile(`var\(--plot-[a-z0-9-]+,(#[0-9A-F]{6})\)`)

// adaptive gives a figure that stands by itself its own style sheet: dark where JupyterLab or VS Code, or a
// page that says data-theme, is dark.
func adaptive(svg string) string {
	svg = named(svg)
	light, dark := map[string]string{}, map[string]string{}
	for _, m := range used.FindAllStringSubmatch(svg, -1) {
		s := swatchOf[m[1]]
		light[s.name], dark[s.name] = hex(s.light), hex(s.dark)
	}
	variables := func(colours map[string]string) string {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(colours)) {
			fmt.Fprintf(&b, "--plot-%s:%s;", name, colours[name])
		}
		return b.String()
	}
	style := fmt.Sprintf(`<style>.plot{%s}[data-jp-theme-light=false] .plot,.vscode-dark .plot,[data-theme=dark] .plot{%s}</style>`, variables(light), variables(dark))
	head := strings.Index(svg, "<svg")
	if head < 0 {
		return svg
	}
	end := strings.Index(svg[head:], ">")
	if end < 0 {
		return svg
	}
	end += head
	return svg[:head] + `<svg class="plot"` + svg[head+len("<svg"):end+1] + style + svg[end+1:]
}
