package kernel

func fill[T any](x []T, v T) {
	for i := range x {
		x[i] = v
	}
}

// sumRange adds up x in double precision.
func sumRange[T Float](x []T) float64 {
	if isSingle[T]() {
		if s, ok := vecSum(float32s(x), len(x), 1, 0); ok {
			return s
		}
	}
	var s0, s1, s2, s3 float64
	for len(x) >= 4 {
		s0 += float64(x[0])
		s1 += float64(x[1])
		s2 += float64(x[2])
		s3 += float64(x[3])
		x = x[4:]
	}
	for _, v := range x {
		s0 += float64(v)
	}
	return (s0 + s1) + (s2 + s3)
}

// dotRange is the sum of x·y in double precision.
func dotRange[T Float](x, y []T) float64 {
	if isSingle[T]() {
		if s, ok := vecDot(float32s(x), float32s(y), len(x), 1, 0); ok {
			return s
		}
	}
	y = y[:len(x)]
	var s0, s1 float64
	i := 0
	for ; i+1 < len(x); i += 2 {
		s0 += float64(x[i]) * float64(y[i])
		s1 += float64(x[i+1]) * float64(y[i+1])
	}
	if i < len(x) {
		s0 += float64(x[i]) * float64(y[i])
	}
	return s0 + s1
}

// sumPlanes adds up a number of planes of n elements, stride apart, in double
// precision.
func sumPlanes[T Float](x []T, n, planes, stride int) float64 {
	if isSingle[T]() {
		if s, ok := vecSum(float32s(x), n, planes, stride); ok {
			return s
		}
	}
	var s float64
	for p := range planes {
		s += sumRange(x[p*stride : p*stride+n])
	}
	return s
}

func addRange[T Float](x1, x2, y []T) {
	if isSingle[T]() && vecAdd(float32s(x1), float32s(x2), float32s(y)) {
		return
	}
	x1, x2 = x1[:len(y)], x2[:len(y)]
	for i, v := range x1 {
		y[i] = v + x2[i]
	}
}

func mulRange[T Float](x1, x2, y []T) {
	if isSingle[T]() && vecMul(float32s(x1), float32s(x2), float32s(y)) {
		return
	}
	x1, x2 = x1[:len(y)], x2[:len(y)]
	for i, v := range x1 {
		y[i] = v * x2[i]
	}
}

// scaleRange computes y = s · x. y may be x.
func scaleRange[T Float](s T, x, y []T) {
	if isSingle[T]() && vecScale(float32s(x), float32s(y), float32(s)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = s * v
	}
}

func axpyRange[T Float](s T, x, y []T) {
	if isSingle[T]() && vecAxpy(float32s(x), float32s(y), float32(s)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] += s * v
	}
}

// addProductRange computes y += x1·x2.
func addProductRange[T Float](x1, x2, y []T) {
	if isSingle[T]() && vecAddProduct(float32s(x1), float32s(x2), float32s(y)) {
		return
	}
	x1, x2 = x1[:len(y)], x2[:len(y)]
	for i, v := range x1 {
		y[i] += v * x2[i]
	}
}

// affineRange computes y = (x - mean)·scale + shift.
func affineRange[T Float](mean, scale, shift T, x, y []T) {
	if isSingle[T]() && vecAffine(float32s(x), float32s(y), len(y), []float32{float32(mean)}, []float32{float32(scale)}, []float32{float32(shift)}) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		y[i] = (v-mean)*scale + shift
	}
}

// addPlanes computes y = x + s, one s for each plane of n elements.
func addPlanes[T Float](n int, s, x, y []T) {
	if isSingle[T]() && vecAddChannels(float32s(x), float32s(y), n, float32s(s)) {
		return
	}
	for p, b := range s {
		out := y[p*n : (p+1)*n]
		for i, v := range x[p*n : (p+1)*n] {
			out[i] = v + b
		}
	}
}

// maxRange computes y = max(y, x), NaN if either is.
func maxRange[T Float](x, y []T) {
	if isSingle[T]() && vecMax(float32s(x), float32s(y)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		if v > y[i] || v != v {
			y[i] = v
		}
	}
}

// actBlock is the number of elements that composed kernels work on at a time:
// what the first half writes, the second finds in the first-level cache.
const actBlock = 1024
