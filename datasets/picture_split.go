package datasets

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/pkg/errors"
)

// Subset returns the pictures at these indices, in their order.
func (d *PictureFolder) Subset(indices []int) (*PictureFolder, error) {
	if len(indices) == 0 {
		return nil, errors.Errorf("%s: a subset of no pictures", d.Name())
	}
	out := *d
	out.files, out.broken = make([]PictureFile, len(indices)), slices.Clone(d.broken)
	for k, i := range indices {
		if i < 0 || i >= len(d.files) {
			return nil, errors.Errorf("%s: index %d, want 0 to %d", d.Name(), i, len(d.files)-1)
		}
		out.files[k] = d.files[i]
	}
	return &out, nil
}

// Split holds back a share of every class, one picture at least and never all,
// drawn by seed: what to test on where nobody has set pictures aside. A class of a
// single picture is an error.
func (d *PictureFolder) Split(share float64, seed uint64) (rest, held *PictureFolder, err error) {
	if !(share > 0 && share < 1) {
		return nil, nil, errors.Errorf("%s: a share of %g to hold back, want more than 0 and less than 1", d.Name(), share)
	}
	byClass := make([][]int, len(d.cfg.Classes))
	for i, f := range d.files {
		byClass[f.Label] = append(byClass[f.Label], i)
	}
	var stay, back []int
	for label, indices := range byClass {
		if len(indices) < 2 {
			return nil, nil, errors.Errorf("%s: class %s has %d pictures that can be read, want 2 at least, one of them to hold back",
				d.Name(), d.Classes()[label], len(indices))
		}
		order := make([]int, len(indices))
		permute(order, rand.NewPCG(seed, uint64(label)))
		n := min(max(1, int(math.Round(share*float64(len(indices))))), len(indices)-1)
		for k, i := range order {
			if k < n {
				back = append(back, indices[i])
			} else {
				stay = append(stay, indices[i])
			}
		}
	}
	slices.Sort(stay)
	slices.Sort(back)
	if rest, err = d.Subset(stay); err != nil {
		return nil, nil, err
	}
	held, err = d.Subset(back)
	return rest, held, err
}
