package kernel

import "unsafe"

// Float is the set of element types the kernels work on.
type Float interface{ float32 | float64 }

// isSingle reports whether T is float32.
func isSingle[T Float]() bool {
	var z T
	return unsafe.Sizeof(z) == 4
}

// float32s sees a slice of a T that is float32 as what it is.
func float32s[T Float](s []T) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// float64s sees a slice of a T that is float64 as what it is.
func float64s[T Float](s []T) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}
