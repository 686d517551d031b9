// Package drawing makes pictures of networks and of expressions: block by block,
// operation by operation, or a single formula with its derivatives.
//
//	picture, err := drawing.Program(program, drawing.Options{Title: "LeNet-5"})
//	svg, err := picture.Render(ctx)
//
// A Drawing that ends a cell of a notebook shows itself.
//
// A network is drawn as papers draw them: the trunk is a straight line, the
// branches of an inception module stand in a row in their order, a residual
// unit's shortcut goes around it on the right. A convolution, its norm and its
// activation are one box; equal blocks one after the other are one with "x 3".
// Pointing at a box shows its layer's shapes, settings, parameters and
// multiply-additions.
//
// Colours tell what operations do, by their Go types. In the SVG every box and
// every frame is a group of class box or frame with the layer's path in
// data-path, and all paths that it stands for in data-paths.
package drawing

import (
	"context"
	"html"
	"math"

	"github.com/pkg/errors"
)

// Options says how much of a network a drawing shows, and how.
type Options struct {
	// Title stands above the drawing.
	Title string
	// Depth is how many levels of blocks are opened: 1 draws each top-level
	// block as one box, All opens every one and folds nothing. 0 opens as many
	// as give about forty boxes, and where that leaves blocks closed, the first
	// of each kind.
	Depth int
	// Horizontal lays the drawing out from left to right.
	Horizontal bool
	// ToScale draws the tensors between the layers of a network's trunk as bodies
	// to scale, as AlexNet's paper does in its figure 2. Of the other options
	// Title counts.
	ToScale bool
	// Korean writes words in Korean: in boxes, in the legend and in what pointing at
	// a box shows. plots.SpeakKorean asks all drawings of a process for it.
	Korean bool
	// Weights lets Operations draw inference's parameters and prepared weights, too.
	Weights bool
	// Unrolled draws each of several equal blocks by itself.
	Unrolled bool
}

// All is the Depth that opens every block.
const All = math.MaxInt

// Drawing is a picture of boxes and arrows.
type Drawing struct{ p *picture }

// Render lays the drawing out and returns it as SVG, which is light or dark as
// the reader's system is; see Style. A drawing of thousands of boxes takes
// minutes. When ctx ends, Render returns its error at once and leaves the layout,
// which can't be stopped, to finish by itself.
func (d Drawing) Render(ctx context.Context) ([]byte, error) {
	s, err := d.layout(ctx)
	if err != nil {
		return nil, err
	}
	return s.svg(), nil
}

func (d Drawing) layout(ctx context.Context) (*scene, error) {
	if ctx == nil {
		return nil, errors.New("drawing: Render needs a context")
	}
	if d.p == nil {
		return nil, errors.New("drawing: nothing is drawn: the Drawing is a zero value")
	}
	if err := ctx.Err(); err != nil {
		return nil, errors.Wrap(err, "drawing")
	}
	type result struct {
		s   *scene
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if x := recover(); x != nil {
				r = result{err: errors.Errorf("drawing: the layout failed: %v", x)}
			}
			done <- r
		}()
		r.s = d.p.scene()
	}()
	select {
	case r := <-done:
		return r.s, r.err
	case <-ctx.Done():
		return nil, errors.Wrap(ctx.Err(), "drawing")
	}
}

// SVG is the drawing for notebooks. Where it cannot be laid out, the picture
// says why.
func (d Drawing) SVG() string {
	svg, err := d.Render(context.Background())
	if err != nil {
		return `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40"><text x="10" y="25">` + html.EscapeString(err.Error()) + `</text></svg>`
	}
	return string(svg)
}

// PNG is the drawing as pixels, 144 to the inch, in its light colours: a notebook
// that is not trusted shows no SVG. The fonts have Latin, Greek, Cyrillic and Korean
// letters; another sign in the title is an error.
func (d Drawing) PNG() ([]byte, error) { return d.RenderPNG(context.Background()) }

// RenderPNG is PNG with a context, which ends it as it ends Render.
func (d Drawing) RenderPNG(ctx context.Context) ([]byte, error) {
	s, err := d.layout(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.png()
	return b, errors.Wrap(err, "drawing")
}

// DOT is the drawing in Graphviz's language, for those who want to lay it out
// otherwise.
func (d Drawing) DOT() string {
	if d.p == nil {
		return "digraph network {\n}\n"
	}
	return d.p.dot()
}
