package kernel

type copyChannelsJob[T Float] struct {
	size, srcOff, srcStride, dstOff, dstStride int
	src, dst                                   []T
}

func (j *copyChannelsJob[T]) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		to := i*j.dstStride + j.dstOff
		dst := j.dst[to : to+j.size]
		if j.src == nil {
			clear(dst)
			continue
		}
		from := i*j.srcStride + j.srcOff
		copy(dst, j.src[from:from+j.size])
	}
}

// CopyChannels copies c channels of each image, from channel srcOff of srcC to
// channel dstOff of dstC: a concatenation does it once for each input, its
// gradient with source and destination exchanged.
// src: (n, srcC, hw); dst: (n, dstC, hw); other channels of dst stay.
func CopyChannels[T Float](n, c, hw int, src []T, srcOff, srcC int, dst []T, dstOff, dstC int) {
	parallel(n, planeGrain(c*hw), copyChannelsJob[T]{
		c * hw, srcOff * hw, srcC * hw, dstOff * hw, dstC * hw, src, dst})
}

// ZeroChannels clears c channels of each image from channel dstOff of dstC on.
// dst: (n, dstC, hw).
func ZeroChannels[T Float](n, c, hw int, dst []T, dstOff, dstC int) {
	parallel(n, planeGrain(c*hw), copyChannelsJob[T]{
		size: c * hw, dstOff: dstOff * hw, dstStride: dstC * hw, dst: dst})
}

type subsampleJob[T Float] struct {
	h, w, sh, sw int
	from         []T
	to           []T
	back         bool
}

func (j *subsampleJob[T]) run(lo, hi int) {
	oh, ow := (j.h-1)/j.sh+1, (j.w-1)/j.sw+1
	for p := lo; p < hi; p++ {
		if j.back {
			dy, dx := j.from[p*oh*ow:(p+1)*oh*ow], j.to[p*j.h*j.w:(p+1)*j.h*j.w]
			clear(dx)
			for r := range oh {
				row := dx[r*j.sh*j.w : (r*j.sh+1)*j.w]
				for k, v := range dy[r*ow : (r+1)*ow] {
					row[k*j.sw] = v
				}
			}
			continue
		}
		x, y := j.from[p*j.h*j.w:(p+1)*j.h*j.w], j.to[p*oh*ow:(p+1)*oh*ow]
		for r := range oh {
			row := x[r*j.sh*j.w : (r*j.sh+1)*j.w]
			out := y[r*ow : (r+1)*ow]
			for k := range out {
				out[k] = row[k*j.sw]
			}
		}
	}
}

// SubsampleForward keeps every sh-th row and sw-th column:
// y = x[:, :, ::sh, ::sw]. x: (n, c, h, w); y: (n, c, ⌈h/sh⌉, ⌈w/sw⌉).
func SubsampleForward[T Float](n, c, h, w, sh, sw int, x, y []T) {
	parallel(n*c, planeGrain(h*w), subsampleJob[T]{h, w, sh, sw, x, y, false})
}

// SubsampleBackward puts dy back where SubsampleForward took it from, and
// zeros elsewhere. dy: (n, c, ⌈h/sh⌉, ⌈w/sw⌉); dx: (n, c, h, w).
func SubsampleBackward[T Float](n, c, h, w, sh, sw int, dy, dx []T) {
	parallel(n*c, planeGrain(h*w), subsampleJob[T]{h, w, sh, sw, dy, dx, true})
}
