package drawing

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"github.com/pkg/errors"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// A picture has two pixels a point, as figures have, unless it would have more
// than mostPixels.
const (
	pixelsPerPoint = 2
	mostPixels     = 48 << 20
)

// png paints the scene in its light colours.
func (s *scene) png() ([]byte, error) {
	scale := pixelsPerPoint * min(1, math.Sqrt(mostPixels/(pixelsPerPoint*pixelsPerPoint*s.width*s.height)))
	w, h := int(math.Ceil(s.width*scale)), int(math.Ceil(s.height*scale))
	if w < 1 || h < 1 || w > 1<<15 || h > 1<<15 {
		return nil, errors.Errorf("a picture of %d x %d pixels is not drawn, want 1 to %d each way: draw fewer boxes, or write SVG", w, h, 1<<15)
	}
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, w, h)), scale: scale}
	for _, p := range s.parts {
		switch {
		case p.rect != nil:
			c.shape(p.rect)
		case p.wire != nil:
			c.wire(p.wire)
		case p.text != nil:
			if err := c.label(p.text); err != nil {
				return nil, err
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, c.img)
	return b.Bytes(), errors.Wrap(err, "writing PNG")
}

// canvas paints onto pixels.
type canvas struct {
	img   *image.RGBA
	scale float64
}

// area fills what build outlines, in pixels, inside of the bounds lo to hi, which
// keep the rasterizer small.
func (c *canvas) area(lo, hi point, fill color.Color, build func(r *vector.Rasterizer, at func(p point) (float32, float32))) {
	x0, y0 := int(math.Floor(lo.x*c.scale))-1, int(math.Floor(lo.y*c.scale))-1
	x1, y1 := int(math.Ceil(hi.x*c.scale))+1, int(math.Ceil(hi.y*c.scale))+1
	bounds := image.Rect(x0, y0, x1, y1).Intersect(c.img.Bounds())
	if bounds.Empty() {
		return
	}
	x0, y0 = bounds.Min.X, bounds.Min.Y
	r := vector.NewRasterizer(bounds.Dx(), bounds.Dy())
	r.DrawOp = draw.Over
	build(r, func(p point) (float32, float32) {
		return float32(p.x*c.scale - float64(x0)), float32(p.y*c.scale - float64(y0))
	})
	r.Draw(c.img, bounds, image.NewUniform(fill), image.Point{})
}

func (c *canvas) polygon(points []point, fill color.Color) {
	lo, hi := points[0], points[0]
	for _, p := range points {
		lo, hi = point{min(lo.x, p.x), min(lo.y, p.y)}, point{max(hi.x, p.x), max(hi.y, p.y)}
	}
	c.area(lo, hi, fill, func(r *vector.Rasterizer, at func(point) (float32, float32)) {
		r.MoveTo(at(points[0]))
		for _, p := range points[1:] {
			r.LineTo(at(p))
		}
		r.ClosePath()
	})
}

func (c *canvas) shape(s *shape) {
	l := looks[s.paint]
	outline := s.polygon
	if outline == nil {
		outline = rounded(s.rect, s.r)
	}
	if l.fill != "" {
		c.polygon(outline, rgb(l.fill))
	}
	if l.stroke != "" {
		c.line(append(outline, outline[0]), l.width, rgb(l.stroke))
	}
}

// rounded is a rectangle's outline, its corners by a few straight pieces; which
// are round, goes around from the upper left one.
func rounded(b rect, r float64, round ...bool) []point {
	r = min(r, b.w/2, b.h/2)
	var out []point
	for i, corner := range []struct{ x, y, dx, dy float64 }{{b.x, b.y, 1, 1}, {b.right(), b.y, -1, 1}, {b.right(), b.bottom(), -1, -1}, {b.x, b.bottom(), 1, -1}} {
		if r <= 0 || len(round) > i && !round[i] {
			out = append(out, point{corner.x, corner.y})
			continue
		}
		for k := range 7 {
			a := (float64(i-2) + float64(k)/6) * math.Pi / 2
			out = append(out, point{corner.x + r*corner.dx + r*math.Cos(a), corner.y + r*corner.dy + r*math.Sin(a)})
		}
	}
	return out
}

func (c *canvas) wire(w *wire) {
	l := looks[w.paint]
	points := w.points
	if w.arrow {
		tri, stop := arrowhead(points)
		points = append(append([]point(nil), points[:len(points)-1]...), stop)
		c.polygon(tri[:], rgb(looks["tip"].fill))
	}
	path := []point{points[0]}
	for _, k := range corners(points, w.r) {
		for i := range 7 {
			t := float64(i) / 6
			u := 1 - t
			path = append(path, point{
				u*u*k[0].x + 2*u*t*k[1].x + t*t*k[2].x,
				u*u*k[0].y + 2*u*t*k[1].y + t*t*k[2].y,
			})
		}
	}
	c.line(append(path, points[len(points)-1]), l.width, rgb(l.stroke))
}

// line draws each straight piece as a rectangle, in one area, so that joints are
// painted once.
func (c *canvas) line(points []point, width float64, stroke color.Color) {
	lo, hi := points[0], points[0]
	for _, p := range points {
		lo, hi = point{min(lo.x, p.x), min(lo.y, p.y)}, point{max(hi.x, p.x), max(hi.y, p.y)}
	}
	half := width / 2
	c.area(point{lo.x - width, lo.y - width}, point{hi.x + width, hi.y + width}, stroke, func(r *vector.Rasterizer, at func(point) (float32, float32)) {
		for i := 0; i+1 < len(points); i++ {
			a, b := points[i], points[i+1]
			d := distance(a, b)
			if d == 0 {
				continue
			}
			dx, dy := (b.x-a.x)/d*half, (b.y-a.y)/d*half
			r.MoveTo(at(point{a.x - dy, a.y + dx}))
			r.LineTo(at(point{b.x - dy, b.y + dx}))
			r.LineTo(at(point{b.x + dy, b.y - dx}))
			r.LineTo(at(point{a.x + dy, a.y - dx}))
			r.ClosePath()
		}
	})
}

func (c *canvas) label(l *label) error {
	x := l.box().x
	fill := rgb(looks[l.paint].fill)
	var b sfnt.Buffer
	ppem := fixed.Int26_6(math.Round(l.size * c.scale * 64))
	for _, r := range l.text {
		f, i, err := glyph(&b, r, l.bold)
		if err != nil {
			return errors.Wrapf(err, "the sign %q", r)
		}
		if i == 0 {
			return errors.Errorf("the pictures' fonts have no sign %q of %q: write SVG, or put the text beside the picture", r, l.text)
		}
		outline, err := f.LoadGlyph(&b, i, ppem, nil)
		if err != nil {
			return errors.Wrapf(err, "the sign %q", r)
		}
		at := func(p fixed.Point26_6) point {
			return point{x + float64(p.X)/64/c.scale, l.at.y + float64(p.Y)/64/c.scale}
		}
		if len(outline) > 0 {
			lo, hi := at(outline.Bounds().Min), at(outline.Bounds().Max)
			c.area(lo, hi, fill, func(r *vector.Rasterizer, to func(point) (float32, float32)) {
				for _, s := range outline {
					ax, ay := to(at(s.Args[0]))
					switch s.Op {
					case sfnt.SegmentOpMoveTo:
						r.ClosePath()
						r.MoveTo(ax, ay)
					case sfnt.SegmentOpLineTo:
						r.LineTo(ax, ay)
					case sfnt.SegmentOpQuadTo:
						bx, by := to(at(s.Args[1]))
						r.QuadTo(ax, ay, bx, by)
					case sfnt.SegmentOpCubeTo:
						bx, by := to(at(s.Args[1]))
						cx, cy := to(at(s.Args[2]))
						r.CubeTo(ax, ay, bx, by, cx, cy)
					}
				}
				r.ClosePath()
			})
		}
		x += textWidth(string(r), l.size, l.bold)
	}
	return nil
}
