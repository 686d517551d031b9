// Package kernel is the ground floor: arithmetic on plain slices, threads and
// SIMD. It knows nothing of Gorgonia or of graphs.
//
// Tensors are dense and row-major: images are (N, C, H, W), convolution
// weights (O, C/groups, KH, KW), linear weights (out, in). Callers have
// checked the shapes; a kernel does not check them again.
package kernel
