package graph

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/op"
)

// LayerError is an error at one place of the network, while it is built or
// while it runs.
type LayerError struct {
	Path string // dotted; empty at the network's top
	Err  error
}

// Error is the path and the reason: "layer1.0.conv1: ...".
func (e *LayerError) Error() string {
	if e.Path == "" {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

// Unwrap returns the error without its place.
func (e *LayerError) Unwrap() error { return e.Err }

// at gives err its place unless a deeper scope did.
func at(path string, err error) error {
	var placed *LayerError
	if err == nil || errors.As(err, &placed) {
		return err
	}
	return &LayerError{Path: path, Err: err}
}

// ofRun gives an error of the tape machine the path of the layer whose
// operation failed, without the machine's own words.
func ofRun(err error) error {
	var failed *op.RunError
	if errors.As(op.Failure(err), &failed) {
		return &LayerError{Path: failed.Place, Err: errors.WithMessage(failed.Err, failed.Op)}
	}
	return errors.Wrap(err, "graph: run")
}
