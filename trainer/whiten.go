package trainer

import (
	"math"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"
)

// Whiten starts a network's first convolution from the training images: its
// filters make the patches under them uncorrelated and of equal size. With the
// eigenvectors v and eigenvalues l of the patches' second moments, in falling
// order,
//
//	M = mean of p p^T over all patches p of C x KH x KW values
//	filter k = v[k] / sqrt(l[k] + Eps), and filter C*KH*KW + k = -filter k
//
// The convolution needs 2*C*KH*KW filters; its bias, if any, becomes 0. The
// images are the first ones of the training data, without augmentation. A
// resumed run takes the filters from its checkpoint.
//
// Freeze the filters with a Group, or they are trained like all others. Which of
// v and -v comes first is the eigensolver's choice (gonum's).
//
// Page 2019, "How to train your ResNet 8: bag of tricks"; Jordan 2024,
// arXiv:2404.00498, section 3.2.
type Whiten struct {
	Layer  string  `json:"layer"`            // dotted name of the convolution, such as "conv1"; required
	Images int     `json:"images,omitempty"` // looked at; 0 means 5000, never more than there are
	Eps    float64 `json:"eps,omitempty"`    // 0 means 5e-4
}

func (w *Whiten) check() error {
	switch {
	case w == nil:
		return nil
	case w.Layer == "":
		return errors.New("Whiten: Layer is empty, want the name of the first convolution")
	case w.Images < 0:
		return errors.Errorf("Whiten: Images is %d, want at least 0", w.Images)
	case !(w.Eps >= 0) || math.IsInf(w.Eps, 0):
		return errors.Errorf("Whiten: Eps is %v, want a finite number of at least 0", w.Eps)
	}
	return nil
}

// apply sets the filters.
func (w *Whiten) apply(params *graph.Params, data datasets.Source) error {
	name := w.Layer + ".weight"
	weight := params.Get(name)
	if weight == nil {
		return errors.Errorf("Whiten: the network has no parameter %s", name)
	}
	image, s := data.Shape(), weight.Value.Shape()
	if len(s) != 4 || s[1] != image.Channels || s[0] != 2*s[1]*s[2]*s[3] {
		return errors.Errorf("Whiten: %s has shape %v, want (2*C*KH*KW, C, KH, KW) with C = %d", name, s, image.Channels)
	}
	kh, kw, patch := s[2], s[3], s[1]*s[2]*s[3]
	if kh > image.Height || kw > image.Width {
		return errors.Errorf("Whiten: %s looks at %dx%d pixels of %v images", name, kh, kw, image)
	}
	const largest = 1024 // the moments of larger patches take minutes
	if patch > largest {
		return errors.Errorf("Whiten: the patches of %s have %d values, want at most %d", name, patch, largest)
	}
	moments, err := w.moments(data, kh, kw)
	if err != nil {
		return errors.WithMessage(err, "Whiten")
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(moments, true) {
		return errors.Errorf("Whiten: the patches' second moments have no eigenvectors")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values, eps := eigen.Values(nil), orDefault(w.Eps, 5e-4)
	for k := range patch {
		column := patch - 1 - k // gonum's order rises
		length := math.Sqrt(math.Max(values[column], 0) + eps)
		for i := range patch {
			v := vectors.At(i, column) / length
			setElement(weight.Value, k*patch+i, v)
			setElement(weight.Value, (patch+k)*patch+i, -v)
		}
	}
	if bias := params.Get(w.Layer + ".bias"); bias != nil {
		bias.Value.Zero()
	}
	return nil
}

// moments is the mean of p p^T over the patches p of the first images.
func (w *Whiten) moments(data datasets.Source, kh, kw int) (*mat.SymDense, error) {
	s := data.Shape()
	size := s.Channels * s.Height * s.Width
	image, patch := make([]float32, size), make([]float64, s.Channels*kh*kw)
	sum := make([]float64, len(patch)*len(patch)) // its upper triangle
	images := min(max(w.Images, 0), data.Len())
	if w.Images == 0 {
		images = min(5000, data.Len())
	}
	for i := range images {
		if _, err := data.Read(i, image); err != nil {
			return nil, errors.WithMessagef(err, "image %d", i)
		}
		for y := range s.Height - kh + 1 {
			for x := range s.Width - kw + 1 {
				at := 0
				for c := range s.Channels {
					for r := range kh {
						row := image[(c*s.Height+y+r)*s.Width+x:]
						for k := range kw {
							patch[at] = float64(row[k])
							at++
						}
					}
				}
				for a, v := range patch {
					line := sum[a*len(patch):]
					for b := a; b < len(patch); b++ {
						line[b] += v * patch[b]
					}
				}
			}
		}
	}
	n := float64(images * (s.Height - kh + 1) * (s.Width - kw + 1))
	for i, v := range sum {
		if sum[i] = v / n; math.IsNaN(sum[i]) || math.IsInf(sum[i], 0) {
			return nil, errors.New("the images have values that are not finite")
		}
	}
	return mat.NewSymDense(len(patch), sum), nil
}

func setElement(t *tensor.Dense, i int, v float64) {
	if t.Dtype() == tensor.Float32 {
		t.Float32s()[i] = float32(v)
	} else {
		t.Float64s()[i] = v
	}
}
