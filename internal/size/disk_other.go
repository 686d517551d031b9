//go:build !linux && !darwin && !windows

package size

func room(string) (int64, bool) { return 0, false }
