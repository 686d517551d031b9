package trainer

import (
	"math"
	"reflect"
	"testing"

	"github.com/stheno-ml/stheno/imaging"
)

func TestViewsOfAnImage(t *testing.T) {
	image := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18} // 2 channels, 3x3
	shape := imaging.Shape{Channels: 2, Height: 3, Width: 3}
	for _, c := range []struct {
		v    view
		want []float32 // of the first channel
	}{
		{view{mirror: true}, []float32{3, 2, 1, 6, 5, 4, 9, 8, 7}},
		{view{move: 1}, []float32{5, 4, 5, 2, 1, 2, 5, 4, 5}},
		{view{move: -1}, []float32{5, 6, 5, 8, 9, 8, 5, 6, 5}},
		{view{move: 1, mirror: true}, []float32{5, 4, 5, 2, 1, 2, 5, 4, 5}},
		{view{move: 2, mirror: true}, []float32{7, 8, 9, 4, 5, 6, 1, 2, 3}},
	} {
		got := make([]float32, len(image))
		c.v.apply(image, got, shape)
		if !reflect.DeepEqual(got[:9], c.want) {
			t.Errorf("%+v: %v, want %v", c.v, got[:9], c.want)
		}
		for i := range 9 {
			if got[9+i] != got[i]+9 {
				t.Errorf("%+v: the second channel is %v", c.v, got[9:])
			}
		}
	}
	for _, tt := range []TestTime{{Mirror: true}, {Mirror: true, Shift: 2}} {
		sum := 0.0
		for i, v := range tt.views() {
			sum += v.part
			if i == 0 && (v.mirror || v.move != 0) {
				t.Errorf("%+v: the first view is %+v, want the image itself", tt, v)
			}
		}
		if math.Abs(sum-1) > 1e-15 {
			t.Errorf("%+v: the parts add up to %v", tt, sum)
		}
	}
	if mirrored(-5, 1) != 0 || mirrored(-1, 4) != 1 || mirrored(4, 4) != 2 || mirrored(-7, 4) != 1 {
		t.Error("indices are not reflected at the ends")
	}
}

// A network that sees no difference between an image and its mirror image gives
// the same with and without the mirror.
func TestTestTimeChangesTheMean(t *testing.T) {
	run := fitTiny(t, Config{Epochs: 2})
	plain, err := run.Evaluate(t.Context(), run.Data.Test)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []TestTime{{Mirror: true}, {Mirror: true, Shift: 1}} {
		e, err := Evaluate(t.Context(), run.Net, run.Data.Test, EvaluateConfig{Params: run.Params, Batch: 7, TestTime: tt})
		if err != nil {
			t.Fatal(err)
		}
		if e.Images != plain.Images || e.Loss == plain.Loss || math.IsNaN(e.Loss) {
			t.Errorf("%+v: loss %v over %d images, without %v over %d", tt, e.Loss, e.Images, plain.Loss, plain.Images)
		}
	}
}
