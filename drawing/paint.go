package drawing

import (
	"fmt"
	"image/color"
	"strings"
)

// paint is a class of things that look alike.
type paint string

// look is a paint's colours, by light and by dark; empty is none.
type look struct {
	fill, dark         string
	stroke, darkStroke string
	width              float64
	dash               string
}

// The colours of operations follow the GoogLeNet paper's figure 3: convolutions
// blue, pooling red, normalisation green, output yellow. All are light enough for
// black text, those of the dark variant dark enough for white.
var looks = map[paint]look{
	"conv":    {fill: "#bcd6f2", dark: "#23507c"},
	"expr":    {fill: "#bcd6f2", dark: "#23507c"},
	"linear":  {fill: "#fbe59c", dark: "#6a5913"},
	"pool":    {fill: "#f5beb5", dark: "#7d352d"},
	"norm":    {fill: "#c3e5b8", dark: "#2f5f28"},
	"act":     {fill: "#fad2a4", dark: "#7a4b14"},
	"dropout": {fill: "#dddddd", dark: "#4b4b4f"},
	"join":    {fill: "#ffffff", dark: "#2b2b31"},
	"shape":   {fill: "#eceff1", dark: "#3a3f45"},
	"block":   {fill: "#dcd1f0", dark: "#4b3d70"},
	"loss":    {fill: "#f2c9e2", dark: "#6d2a58"},
	"grad":    {fill: "#f7e1dc", dark: "#55302a", dash: "4 2"},
	"data":    {fill: "#ffffff", dark: "#1d1d22"},
	"other":   {fill: "#e4ebdf", dark: "#41493b"},

	"paper": {fill: "#ffffff", dark: "#16161a"},
	"frame": {fill: "#f6f6fa", dark: "#202027", stroke: "#c3c3d0", darkStroke: "#4c4c5a", width: 1},
	"stack": {fill: "#ffffff", dark: "#16161a", stroke: "#8a8a99", darkStroke: "#8f8fa0", width: 1},
	"given": {stroke: "#1b1b1b", darkStroke: "#f2f2f2", width: 2.2}, // a thick border
	"wire":  {stroke: "#5c5c66", darkStroke: "#a9a9b5", width: 1.2},
	"tip":   {fill: "#5c5c66", dark: "#a9a9b5"},
	"ink":   {fill: "#1b1b1b", dark: "#f2f2f2"},
	"faint": {fill: "#50505c", dark: "#bdbdc9"},
}

func init() {
	for k, l := range looks {
		if l.stroke == "" && k != "paper" && k != "tip" && k != "ink" && k != "faint" {
			l.stroke, l.darkStroke, l.width = "#5c5c66", "#8f8fa0", 1
			looks[k] = l
		}
	}
}

// Style is the style sheet of all drawings, which every SVG carries. A page whose
// rules forbid styles inside of pictures serves it by itself. Dark colours come
// where the reader's system asks for them, unless the page around the drawing
// says otherwise by data-theme="light" or "dark" on any element around it.
func Style() string {
	var b strings.Builder
	var light, dark strings.Builder
	for _, p := range paints {
		l := looks[p]
		for _, c := range []struct{ property, name, light, dark string }{{"fill", "f", l.fill, l.dark}, {"stroke", "s", l.stroke, l.darkStroke}} {
			if c.light == "" {
				fmt.Fprintf(&b, ".drawing .d-%s{%s:none}", p, c.property)
				continue
			}
			fmt.Fprintf(&b, ".drawing .d-%s{%s:var(--%s-%s)}", p, c.property, c.name, p)
			fmt.Fprintf(&light, "--%s-%s:%s;", c.name, p, c.light)
			fmt.Fprintf(&dark, "--%s-%s:%s;", c.name, p, c.dark)
		}
	}
	return fmt.Sprintf(".drawing{%[1]s}@media(prefers-color-scheme:dark){.drawing{%[2]s}}[data-theme=light] .drawing{%[1]s}[data-theme=dark] .drawing{%[2]s}%[3]s",
		light.String(), dark.String(), b.String())
}

// paints lists them in a fixed order.
var paints = []paint{
	"conv", "linear", "pool", "norm", "act", "dropout", "join", "shape", "block", "loss", "grad", "data", "other", "expr",
	"paper", "frame", "stack", "given", "wire", "tip", "ink", "faint",
}

// rgb reads a colour of the table.
func rgb(hex string) color.NRGBA {
	var c color.NRGBA
	c.A = 255
	_, _ = fmt.Sscanf(hex, "#%02x%02x%02x", &c.R, &c.G, &c.B)
	return c
}
