package trainer

import (
	"sort"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
)

// BatchLimit says which batches FindBatch may choose from. The zero value takes
// powers of two up to 1024, in half of the memory that is free now.
type BatchLimit struct {
	Memory int64 // bytes that a run may hold, see RunMemory; 0 means half of what is free
	Most   int   // images; 0 means 1024, never more than there are
	// Multiple makes every multiple of it a choice; 0 means powers of two.
	Multiple int
}

// FindBatch is the largest batch with which a run of Fit holds no more than that
// memory, by the plans of its programs: nothing is run, and nothing large is
// allocated. Config.Batch is ignored; an EvalBatch of 0 follows the batch. It is an
// error that says how much is wanted when not even the smallest batch fits.
func FindBatch(net graph.Block, data Data, cfg Config, limit BatchLimit) (int, RunMemory, error) {
	batch, memory := 0, RunMemory{}
	err := guard("find batch", func() (err error) {
		batch, memory, err = findBatch(net, data, cfg, limit)
		return err
	})
	return batch, memory, errors.WithMessage(err, "find batch")
}

func findBatch(net graph.Block, data Data, cfg Config, limit BatchLimit) (int, RunMemory, error) {
	none := RunMemory{}
	if limit.Memory < 0 || limit.Most < 0 || limit.Multiple < 0 {
		return 0, none, errors.Errorf("Memory is %d, Most %d and Multiple %d, want at least 0", limit.Memory, limit.Most, limit.Multiple)
	}
	cfg.Batch = 0
	w, err := newWeigher(net, data, cfg)
	if err != nil {
		return 0, none, err
	}
	if limit.Memory == 0 {
		limit.Memory = size.Free() / 2
	}
	limit.Memory = min(limit.Memory, size.Memory())
	if limit.Most == 0 {
		limit.Most = 1024
	}
	most := min(limit.Most, data.Train.Len())
	choice := func(i int) int { return 1 << i }
	choices := 0
	for choice(choices) <= most {
		choices++
	}
	if limit.Multiple > 0 {
		choice = func(i int) int { return (i + 1) * limit.Multiple }
		choices = most / limit.Multiple
	}
	if choices == 0 {
		return 0, none, errors.Errorf("there is no multiple of %d up to %d", limit.Multiple, most)
	}
	found := make(map[int]RunMemory)
	fits := func(i int) bool {
		if err != nil {
			return false
		}
		// What its images alone fill needs no plan, which could not be counted.
		if batchesOf(data.Train, choice(i), 1) > limit.Memory {
			return false
		}
		found[i], err = w.weigh(choice(i))
		return err == nil && found[i].Total() <= limit.Memory
	}
	if !fits(0) && err == nil {
		return 0, found[0], errors.Errorf("a batch of %d needs %s, the limit is %s", choice(0), size.Text(float64(found[0].Total())), size.Text(float64(limit.Memory)))
	}
	// The first that does not fit, after the first one, which does.
	at := sort.Search(choices-1, func(i int) bool { return !fits(i + 1) })
	return choice(at), found[at], err
}
