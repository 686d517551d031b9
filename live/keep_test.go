package live

import (
	"bytes"

	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// checkpointOf is a checkpoint with memory of its own.
type checkpointOf struct{ file *weights.File }

func keep(r *trainer.Run) (*checkpointOf, error) {
	f, err := r.Checkpoint()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := weights.Encode(&b, f); err != nil {
		return nil, err
	}
	f, err = weights.Decode(b.Bytes())
	return &checkpointOf{f}, err
}
