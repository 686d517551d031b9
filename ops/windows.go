package ops

import (
	"runtime"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
)

// fitWindows refuses windows over so large an area that this machine's memory
// can't hold what the arithmetic needs beside the result: for each thread a
// copy of some channels of an image, with all padding.
func fitWindows(op string, channels int, area [2]int) error {
	const atATime = 512
	n, err := size.Product(runtime.GOMAXPROCS(0), min(channels, atATime), area[0], area[1])
	if err != nil {
		return errors.WithMessagef(err, "%s: padded input of %dx%d", op, area[0], area[1])
	}
	return size.Fit(op+": padded input", n, 4)
}

// span is the length that n windows of a reach cover, a stride apart, if that
// is more than the padded length.
func span(n, stride, reach, padded int) (int, error) {
	steps, err := size.Product(n-1, stride)
	if err == nil {
		steps, err = size.Add(steps, reach)
	}
	return max(padded, steps), err
}
