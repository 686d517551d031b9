package plots

import (
	"fmt"
	"image"
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
	"github.com/stheno-ml/stheno/internal/spoken"
	ximage "golang.org/x/image/draw"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ImagesConfig says what is written below images. All of it may be left out.
type ImagesConfig struct {
	Title       string
	Columns     int      // default: a grid somewhat wider than high
	Labels      []int    // what each image shows
	Predictions []int    // what the network says; where it differs from the label, it is marked
	Classes     []string // names of labels; default: their numbers
	Captions    []string // written instead of labels
}

// Images draws images in a grid, with pixels as squares, at most 600 points wide. A wrong prediction is framed and written
// as "cat, not dog".
// It refuses an empty list, lists of different lengths and labels without a class.
func Images(images []image.Image, cfg ImagesConfig) (*Figure, error) {
	n := len(images)
	if n == 0 {
		return nil, errors.New("images: none to draw")
	}
	for name, length := range map[string]int{"labels": len(cfg.Labels), "predictions": len(cfg.Predictions), "captions": len(cfg.Captions)} {
		if length != 0 && length != n {
			return nil, errors.Errorf("images: %d images and %d %s, want as many", n, length, name)
		}
	}
	if cfg.Columns < 0 {
		return nil, errors.Errorf("images: %d columns, want at least 1", cfg.Columns)
	}
	chosen := cfg.Columns > 0
	if !chosen {
		cfg.Columns = int(math.Ceil(math.Sqrt(float64(n) * 1.6)))
	}
	cfg.Columns = min(cfg.Columns, n)
	g := &grid{}
	var widest vg.Length
	for i, img := range images {
		b, err := bounds(img)
		if err != nil {
			return nil, errors.Wrapf(err, "images: image %d", i)
		}
		t := tile{img: img}
		if t.caption, t.wrong, err = cfg.caption(i); err != nil {
			return nil, err
		}
		widest = max(widest, words(captionSize).Width(t.caption))
		g.aspect = math.Max(g.aspect, float64(b.Dy())/float64(b.Dx()))
		g.tiles = append(g.tiles, t)
	}
	if !chosen {
		// Captions stand on one line if they may.
		cfg.Columns = min(cfg.Columns, max(1, int((widestImages-2*margin+tileGap)/(min(widest, 110)+tileGap))))
	}
	g.columns = cfg.Columns
	g.rows = (n + cfg.Columns - 1) / cfg.Columns
	// Tiles are small when there are many, but wide enough for what is written below them.
	g.side = max(vg.Length(min(110, max(44, 620/float64(g.columns)))), min(widest, 150))
	room := (widestImages - 2*margin - tileGap*vg.Length(g.columns-1)) / vg.Length(g.columns)
	if g.side = min(g.side, room); g.columns > mostColumns {
		return nil, errors.Errorf("images: %d columns, want at most %d: there is no room for more", g.columns, mostColumns)
	}
	for i := range g.tiles {
		t := &g.tiles[i]
		// Where the process speaks Korean, lines are broken in Korean.
		if spoken.InKorean() {
			t.caption = inProcess(t.caption)
		}
		t.lines = below(t.caption, g.side)
		g.lines = max(g.lines, len(t.lines))
	}
	f := &Figure{title: cfg.Title, panels: []panel{g}}
	f.width = 2*margin + g.side*vg.Length(g.columns) + tileGap*vg.Length(g.columns-1)
	if title := boldWords(headingSize); cfg.Title != "" {
		f.width = min(widestImages, max(f.width, title.Width(cfg.Title)+2*margin))
		for _, line := range wrap(title, cfg.Title, f.width-2*margin) {
			f.height += title.Height(line) + 2
		}
		f.height += 6
	}
	f.height += 2*margin + (g.pitch()+tileGap)*vg.Length(g.rows) - tileGap
	return f, nil
}

// widestImages is a notebook's column.
const widestImages = vg.Length(600)

// mostColumns leaves four points to each image.
const mostColumns = 45

const captionSize = 10.5

// below are a caption's lines: two at most, cut off where they are too long.
func below(caption string, side vg.Length) []string {
	style := words(captionSize)
	lines := wrap(style, caption, side+tileGap-2)
	if len(lines) > 2 {
		lines = []string{lines[0], lines[1] + " " + lines[2]}
	}
	for i, line := range lines {
		letters := []rune(line)
		for len(letters) > 1 && style.Width(string(letters)) > side+tileGap-2 {
			letters = append(letters[:len(letters)-2], '…')
		}
		lines[i] = string(letters)
	}
	return lines
}

// mostPixels is what one image may have: 64 million, more than cameras give.
const mostPixels = 1 << 26

// bounds returns an image's bounds, or what is wrong with it. A nil pointer of an image's type is
// found out only by asking.
func bounds(img image.Image) (b image.Rectangle, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("%T without an image: %v", img, r)
		}
	}()
	if img == nil {
		return b, errors.New("is nil")
	}
	if b = img.Bounds(); b.Empty() {
		return b, errors.Errorf("is empty: its bounds are %v", b)
	}
	if n, err := size.Product(b.Dx(), b.Dy()); err != nil || n > mostPixels {
		return b, errors.Errorf("has %d x %d pixels, want at most %d", b.Dx(), b.Dy(), mostPixels)
	}
	return b, nil
}

func (cfg ImagesConfig) caption(i int) (text string, wrong bool, err error) {
	if cfg.Captions != nil {
		return cfg.Captions[i], false, nil
	}
	name := func(label int) (string, error) {
		if cfg.Classes == nil {
			return fmt.Sprint(label), nil
		}
		if label < 0 || label >= len(cfg.Classes) {
			return "", errors.Errorf("images: image %d has label %d, there are %d classes", i, label, len(cfg.Classes))
		}
		return cfg.Classes[label], nil
	}
	var label, prediction string
	if cfg.Labels != nil {
		if label, err = name(cfg.Labels[i]); err != nil {
			return "", false, err
		}
	}
	if cfg.Predictions != nil {
		if prediction, err = name(cfg.Predictions[i]); err != nil {
			return "", false, err
		}
	}
	switch {
	case cfg.Predictions == nil:
		return label, false, nil
	case cfg.Labels == nil || cfg.Labels[i] == cfg.Predictions[i]:
		return prediction, false, nil
	}
	return prediction + ", not " + label, true, nil
}

const tileGap = vg.Length(9)

type tile struct {
	img     image.Image
	caption string
	lines   []string // of the caption
	wrong   bool
}

// grid is a panel of images.
type grid struct {
	tiles         []tile
	columns, rows int
	lines         int       // of captions
	side          vg.Length // width of a tile
	aspect        float64   // height of a tile by its width
}

const captionPitch = vg.Length(12.5)

// pitch is the height of a tile with its caption.
func (g *grid) pitch() vg.Length {
	h := g.side * vg.Length(g.aspect)
	if g.lines > 0 {
		h += 3 + captionPitch*vg.Length(g.lines)
	}
	return h
}

func (g *grid) draw(c draw.Canvas) {
	style := words(captionSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	for i, t := range g.tiles {
		x := c.Min.X + (g.side+tileGap)*vg.Length(i%g.columns)
		top := c.Max.Y - (g.pitch()+tileGap)*vg.Length(i/g.columns)
		b := t.img.Bounds()
		// The whole image fits into the tile, in its middle, at its own proportions.
		scale := min(g.side/vg.Length(b.Dx()), g.side*vg.Length(g.aspect)/vg.Length(b.Dy()))
		w, h := scale*vg.Length(b.Dx()), scale*vg.Length(b.Dy())
		left := x + (g.side-w)/2
		where := vg.Rectangle{Min: vg.Point{X: left, Y: top - h}, Max: vg.Point{X: left + w, Y: top}}
		c.DrawImage(where, enlarge(t.img, float64(scale)*pixelsPerInch/72))
		style.Color = ink
		if t.wrong {
			style.Color = wrong
			c.SetLineStyle(draw.LineStyle{Color: wrong, Width: vg.Points(2)})
			c.Stroke(vg.Rectangle{Min: vg.Point{X: where.Min.X - 1, Y: where.Min.Y - 1}, Max: vg.Point{X: where.Max.X + 1, Y: where.Max.Y + 1}}.Path())
		}
		for k, line := range t.lines {
			c.FillText(style, vg.Point{X: x + g.side/2, Y: top - h - 4 - captionPitch*vg.Length(k)}, line)
		}
	}
}

// enlarge repeats pixels so that the renderer's own smooth scaling has nothing left to blur.
func enlarge(img image.Image, scale float64) image.Image {
	k := int(math.Ceil(scale))
	if k <= 1 {
		return img
	}
	b := img.Bounds()
	var out ximage.Image
	if _, grey := img.(*image.Gray); grey {
		out = image.NewGray(image.Rect(0, 0, b.Dx()*k, b.Dy()*k))
	} else {
		out = image.NewRGBA(image.Rect(0, 0, b.Dx()*k, b.Dy()*k))
	}
	ximage.NearestNeighbor.Scale(out, out.Bounds(), img, b, ximage.Src, nil)
	return out
}
