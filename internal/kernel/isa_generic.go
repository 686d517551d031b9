//go:build !amd64 || noasm

package kernel

var instructionSets []*instructionSet

func chooseISA() *instructionSet { return nil }
