package lab

import (
	"math"
	"testing"

	"github.com/stheno-ml/stheno/insight"
)

func TestLandscape(t *testing.T) {
	r := tiny(t, "landscape")
	// The way of training is not in a random direction.
	for _, network := range []string{plainKind, residualKind} {
		axes := spreadOf(numbers(t, r, "summary", "two_axes", network))
		random := spreadOf(numbers(t, r, "summary", "random_direction", network))
		if axes.Low < 0.5 || random.High > 0.3 {
			t.Errorf("%s: two axes hold %v of the path, a random direction %v", network, axes, random)
		}
	}
}

func TestTerrain(t *testing.T) {
	grid := gridOf(5, 1)
	bowl, ridge := terrain{at: grid}, terrain{at: grid}
	for _, y := range grid {
		var a, b []float64
		for _, x := range grid {
			a, b = append(a, 0.1+x*x+y*y), append(b, 3-x*x-y*y)
		}
		bowl.loss, ridge.loss = append(bowl.loss, a), append(ridge.loss, b)
	}
	if bowl.bowed() != 0 || ridge.bowed() != 1 {
		t.Errorf("a bowl bends down at %v of its places, a hill at %v", bowl.bowed(), ridge.bowed())
	}
	if got, want := bowl.rise(), (0.1+1.25)/0.1; math.Abs(got-want) > 1e-9 { // the median of the rim is half way to its corners
		t.Errorf("the rim rises to %v, want %v", got, want)
	}

}

// The axes of a path in a plane hold all of it, and its coordinates are its lengths.
func TestPathAxes(t *testing.T) {
	steps := []insight.Direction{{"w": {3, 0, 0}}, {"w": {1, 1, 0}}, {"w": {0, 0, 0}}}
	axes, x, y, share, err := pathAxes(steps)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(share[0]+share[1]-1) > 1e-9 || share[0] < share[1] {
		t.Errorf("shares %v", share)
	}
	for i, s := range steps {
		for k, v := range s["w"] {
			if got := x[i]*float64(axes[0]["w"][k]) + y[i]*float64(axes[1]["w"][k]); math.Abs(got-float64(v)) > 1e-5 {
				t.Errorf("step %d: %v instead of %v", i, got, v)
			}
		}
	}
}
