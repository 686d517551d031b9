package kernel

// Pad is zeros around images: Top rows above, Left columns before, and below and
// after them as many as make OH rows of OW.
type Pad struct {
	Top, Left, H, W, OH, OW int
}

type padPlanesJob[T Float] struct {
	Pad
	x, y []T
}

// run makes rows of all planes.
func (j *padPlanesJob[T]) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		plane, row := i/j.OH, i%j.OH-j.Top
		y := j.y[i*j.OW : (i+1)*j.OW]
		if row < 0 || row >= j.H {
			clear(y)
			continue
		}
		clear(y[:j.Left])
		n := copy(y[j.Left:], j.x[(plane*j.H+row)*j.W:][:j.W])
		clear(y[j.Left+n:])
	}
}

// PadPlanes puts zeros around planes. x: (planes, H, W); y: (planes, OH, OW).
func PadPlanes[T Float](p Pad, planes int, x, y []T) {
	parallel(planes*p.OH, planeGrain(p.OW), padPlanesJob[T]{p, x, y})
}

type cropPlanesJob[T Float] struct {
	Pad
	y, x []T
}

func (j *cropPlanesJob[T]) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		plane, row := i/j.H, i%j.H+j.Top
		copy(j.x[i*j.W:(i+1)*j.W], j.y[(plane*j.OH+row)*j.OW+j.Left:])
	}
}

// CropPlanes takes what PadPlanes put zeros around. y: (planes, OH, OW); x:
// (planes, H, W).
func CropPlanes[T Float](p Pad, planes int, y, x []T) {
	parallel(planes*p.H, planeGrain(p.W), cropPlanesJob[T]{p, y, x})
}
