package kernel

// runVec is run on the vector unit, for the exponent that networks use.
func (j *lrnJob[T]) runVec(lo, hi int) bool {
	if isa == nil || j.beta != 0.75 {
		return false
	}
	var terms []float32
	if j.dy != nil {
		terms = scratch32.take(j.c * lrnBlock)
	}
	blocks := (j.hw + lrnBlock - 1) / lrnBlock
	for b := lo; b < hi; b++ {
		from := b % blocks * lrnBlock
		base, w := b/blocks*j.c*j.hw+from, min(lrnBlock, j.hw-from)
		if j.dy == nil {
			j.forwardVec(base, w)
		} else {
			j.backwardVec(base, w, terms)
		}
	}
	scratch32.give(terms)
	return true
}

func (j *lrnJob[T]) forwardVec(base, w int) {
	x, y := float32s(j.x), float32s(j.out)
	alpha, k := float32(j.alpha/float64(j.size)), float32(j.k)
	for ch := range j.c {
		lo, hi := j.window(ch)
		at := base + ch*j.hw
		vecLRN(&x[base+lo*j.hw], j.hw, hi-lo, w, &x[at], alpha, k, &y[at])
	}
}

func (j *lrnJob[T]) backwardVec(base, w int, terms []float32) {
	x, dy, dx := float32s(j.x), float32s(j.dy), float32s(j.out)
	alpha, k := float32(j.alpha/float64(j.size)), float32(j.k)
	for ch := range j.c {
		lo, hi := j.window(ch)
		at := base + ch*j.hw
		vecLRNTerms(&x[base+lo*j.hw], j.hw, hi-lo, w, &x[at], alpha, k, &dy[at], &dx[at], &terms[ch*lrnBlock])
	}
	factor := float32(-2 * j.alpha * j.beta / float64(j.size))
	for ch := range j.c {
		lo, hi := max(0, ch-(j.size-1)/2), min(j.c, ch+j.size/2+1) // the outputs that see channel ch
		at := base + ch*j.hw
		vecLRNCollect(&terms[lo*lrnBlock], lrnBlock, hi-lo, w, &x[at], factor, &dx[at])
	}
}
