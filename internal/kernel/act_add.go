package kernel

type addActJob[T Float] struct {
	a         Act
	x1, x2, y []T
}

func (j *addActJob[T]) run(lo, hi int) {
	if isSingle[T]() && j.a.Kind == ActReLU && addReLUVec(float32s(j.x1[lo:hi]), float32s(j.x2[lo:hi]), float32s(j.y[lo:hi])) {
		return
	}
	for ; lo < hi; lo += actBlock {
		end := min(lo+actBlock, hi)
		y := j.y[lo:end]
		addRange(j.x1[lo:end], j.x2[lo:end], y)
		if j.a.Kind != ActIdentity {
			actRange(j.a, y, y)
		}
	}
}

func addReLUVec(x1, x2, y []float32) bool {
	if streams(y, x1, x2) {
		return vecAddReLUStream(x1, x2, y)
	}
	return vecAddReLU(x1, x2, y)
}

func addReLUBackwardVec(x1, x2, dy, dx []float32) bool {
	if streams(dx, x1, x2, dy) {
		return vecAddReLUGradStream(x1, x2, dy, dx)
	}
	return vecAddReLUGrad(x1, x2, dy, dx)
}

// AddAct computes y = f(x1 + x2). y may be x1 or x2.
func AddAct[T Float](a Act, x1, x2, y []T) {
	parallel(len(y), a.grain(), addActJob[T]{a, x1, x2, y})
}

type addActBackwardJob[T Float] struct {
	a              Act
	x1, x2, dy, dx []T
}

func (j *addActBackwardJob[T]) run(lo, hi int) {
	if isSingle[T]() && j.a.Kind == ActReLU &&
		addReLUBackwardVec(float32s(j.x1[lo:hi]), float32s(j.x2[lo:hi]), float32s(j.dy[lo:hi]), float32s(j.dx[lo:hi])) {
		return
	}
	var z [actBlock]T
	for ; lo < hi; lo += actBlock {
		end := min(lo+actBlock, hi)
		s := z[:end-lo]
		addRange(j.x1[lo:end], j.x2[lo:end], s)
		actBackwardRange(j.a, s, j.dy[lo:end], j.dx[lo:end])
	}
}

// AddActBackward computes dx = dy · f'(x1 + x2), which is the gradient of both
// terms. dx may be any of the others.
func AddActBackward[T Float](a Act, x1, x2, dy, dx []T) {
	parallel(len(dx), a.grain(), addActBackwardJob[T]{a, x1, x2, dy, dx})
}
