// Package drawing makes pictures of networks and of expressions: block by block,
// operation by operation, or a single formula with its derivatives.
//
//	picture, err := drawing.Program(program, drawing.Options{Title: "LeNet-5"})
//	svg, err := picture.Render(ctx)
//
// A Drawing that ends a cell of a notebook shows itself. Graphviz lays it out; it
// is part of this package, nothing needs to be installed.
package drawing

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"math"
	"strings"
	"sync"

	"github.com/goccy/go-graphviz"
	"github.com/pkg/errors"
)

// Options says how much of a network a drawing shows, and how.
type Options struct {
	// Title stands above the drawing.
	Title string
	// Depth is how many levels of blocks are opened: 1 draws each top-level
	// block as one box, All opens every one. 0 opens as many as give a readable
	// picture.
	Depth int
	// Horizontal lays the drawing out from left to right.
	Horizontal bool
}

// All is the Depth that opens every block.
const All = math.MaxInt

// Drawing is a picture in Graphviz's language, to be laid out as SVG.
type Drawing struct{ dot string }

// DOT is the drawing in Graphviz's language.
func (d Drawing) DOT() string { return d.dot }

// layouts are made one at a time: Graphviz is not safe for more.
var layouts sync.Mutex

// Render lays the drawing out and returns it as SVG. A drawing of thousands of
// boxes takes minutes. When ctx ends, Render returns its error at once and leaves
// the layout, which can't be stopped, to finish by itself.
func (d Drawing) Render(ctx context.Context) ([]byte, error) {
	if ctx == nil {
		return nil, errors.New("drawing: Render needs a context")
	}
	type result struct {
		svg []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		layouts.Lock()
		defer layouts.Unlock()
		var r result
		if r.err = ctx.Err(); r.err == nil {
			r.svg, r.err = layout(d.dot)
		}
		done <- r
	}()
	select {
	case r := <-done:
		return r.svg, errors.Wrap(r.err, "drawing")
	case <-ctx.Done():
		return nil, errors.Wrap(ctx.Err(), "drawing")
	}
}

func layout(dot string) (svg []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("the layout failed: %v", r)
		}
	}()
	ctx := context.Background()
	gv, err := graphviz.New(ctx)
	if err != nil {
		return nil, err
	}
	defer gv.Close()
	g, err := graphviz.ParseBytes([]byte(dot))
	if err != nil {
		return nil, err
	}
	defer g.Close()
	var out bytes.Buffer
	if err := gv.Render(ctx, g, graphviz.SVG, &out); err != nil {
		return nil, err
	}
	// Graphviz knows how wide Arial's letters are, but not that of a list of
	// fonts, which a reader without Arial needs.
	return bytes.ReplaceAll(out.Bytes(), []byte(`font-family="Arial"`), []byte(`font-family="Arial,Helvetica,sans-serif"`)), nil
}

// SVG is the drawing for notebooks. Where it cannot be laid out, the picture
// says why.
func (d Drawing) SVG() string {
	svg, err := d.Render(context.Background())
	if err != nil {
		return `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40"><text x="10" y="25">` + html.EscapeString(err.Error()) + `</text></svg>`
	}
	if i := bytes.Index(svg, []byte("<svg")); i > 0 {
		svg = svg[i:]
	}
	return string(svg)
}

// The colours follow the GoogLeNet paper's figure 3: convolutions blue,
// pooling red, normalisation green, output yellow.
const (
	white  = "#ffffff"
	grey   = "#e8e8e8"
	blue   = "#b9d4f1"
	red    = "#f4b8b0"
	green  = "#c3e3b6"
	yellow = "#fbe7a1"
	violet = "#d9c8ea"
)

// many boxes are laid out with less care.
const many = 250

// header begins a drawing of so many boxes.
func header(b *strings.Builder, o Options, boxes int) {
	dir := "TB"
	if o.Horizontal {
		dir = "LR"
	}
	fmt.Fprintf(b, "digraph network {\n  rankdir=%s; nodesep=0.18; ranksep=0.28; bgcolor=white; fontname=Arial; fontsize=14; compound=true;\n", dir)
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fontname=Arial, fontsize=11, color=\"#555555\", margin=\"0.2,0.06\", height=0.3];\n")
	b.WriteString("  edge [color=\"#666666\", arrowsize=0.6];\n")
	if boxes > many {
		// The layout's search for short edges takes more than the square of the
		// boxes: bound its rounds, and let edges be straight.
		fmt.Fprintf(b, "  nslimit=%[1]g; nslimit1=%[1]g; mclimit=%[1]g; splines=line;\n", many/float64(boxes)/2)
	}
	if o.Title != "" {
		fmt.Fprintf(b, "  label=%s; labelloc=t;\n", quote(o.Title))
	}
}

// quote writes text as Graphviz's language does: only quotes, backslashes and
// line ends are special there.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
