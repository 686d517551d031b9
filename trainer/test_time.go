package trainer

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/imaging"
)

// TestTime averages the network's outputs over changed copies of each test
// image (test-time augmentation). The zero value looks at the image alone.
//
// With Mirror the copies are the image and its mirror image; with Shift also
// both, moved by Shift pixels up and left and down and right, the edge's
// reflection coming in. Centre and shifts then have equal parts:
//
//	y = (f(x) + f(mirror x))/4 + mean over the two shifts of (f(s x) + f(mirror s x))/4
type TestTime struct {
	Mirror bool `json:"mirror,omitempty"`
	Shift  int  `json:"shift,omitempty"` // pixels; needs Mirror
}

func (t TestTime) check() error {
	if t.Shift < 0 || t.Shift > 0 && !t.Mirror {
		return errors.Errorf("TestTime: Shift is %d with Mirror %v, want at least 0, and Mirror with it", t.Shift, t.Mirror)
	}
	return nil
}

// view is one changed copy and its part of the mean.
type view struct {
	mirror bool
	move   int // pixels down and right
	part   float64
}

func (t TestTime) views() []view {
	switch {
	case t.Shift > 0:
		var list []view
		for _, v := range []view{{false, 0, 0.25}, {false, -t.Shift, 0.125}, {false, t.Shift, 0.125}} {
			list = append(list, v, view{true, v.move, v.part})
		}
		return list
	case t.Mirror:
		return []view{{false, 0, 0.5}, {true, 0, 0.5}}
	}
	return nil
}

// apply writes the changed copy of every image, (N, C, H, W), to dst.
func (v view) apply(images, dst []float32, s imaging.Shape) {
	h, w := s.Height, s.Width
	for plane := 0; plane < len(images)/(h*w); plane++ {
		from, to := images[plane*h*w:(plane+1)*h*w], dst[plane*h*w:(plane+1)*h*w]
		for y := range h {
			row := from[mirrored(y-v.move, h)*w:][:w]
			for x := range w {
				k := mirrored(x-v.move, w)
				if v.mirror {
					k = mirrored(w-1-x-v.move, w)
				}
				to[y*w+x] = row[k]
			}
		}
	}
}

// mirrored brings an index back into 0..n-1 by reflection at the first and the
// last, which are not repeated.
func mirrored(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	if i = ((i % period) + period) % period; i >= n {
		i = period - i
	}
	return i
}
