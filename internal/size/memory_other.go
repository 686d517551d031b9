//go:build !linux && !darwin

package size

func limits() []int64 { return nil }
