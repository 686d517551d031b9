package live

import "math"

const (
	bins    = 33 // the first counts zeros
	actLow  = -20
	gradLow = -30
	// A layer's values are counted at every so manieth place when there are many.
	mostCounted = 1 << 14
)

// tally is a layer's values in numbers.
type tally struct {
	count   [bins]int
	n       int
	sum, sq float64
}

// stride leaves at most mostCounted of n values, and is odd so that it falls on
// every column of a picture.
func stride(n int) int {
	s := (n + mostCounted - 1) / mostCounted
	return s | 1
}

// add counts values by the power of two of their size.
func (t *tally) add(v []float32, low int) {
	for i, s := 0, stride(len(v)); i < len(v); i += s {
		x := v[i]
		t.n++
		t.sum += float64(x)
		t.sq += float64(x) * float64(x)
		bits := math.Float32bits(x) & 0x7fffffff
		if bits == 0 {
			t.count[0]++
			continue
		}
		t.count[min(max(int(bits>>23)-127-low+1, 1), bins-1)]++
	}
}

func (t *tally) rms() float64 { return math.Sqrt(t.sq / math.Max(float64(t.n), 1)) }

// column writes the shares on a logarithmic scale: 255 is all values, 0 one in
// ten thousand or less.
func (t *tally) column(to []byte) {
	for i, c := range t.count {
		if c > 0 && t.n > 0 {
			share := float64(c) / float64(t.n)
			to[i] = byte(math.Round(255 * math.Max(0, 1+math.Log10(share)/4)))
		}
	}
}

// columns are the histograms so far, thinned out when there are too many.
type columns struct {
	Steps []int    `json:"steps"`
	Act   [][]byte `json:"act"`
	Grad  [][]byte `json:"grad"`
	every int      // frames a column
	seen  int
}

const mostColumns = 96

func (c *columns) add(f *frame) {
	c.every = max(c.every, 1)
	c.seen++
	if (c.seen-1)%c.every != 0 {
		return
	}
	if len(c.Steps) == mostColumns {
		for i := 0; 2*i < mostColumns; i++ {
			c.Steps[i], c.Act[i], c.Grad[i] = c.Steps[2*i], c.Act[2*i], c.Grad[2*i]
		}
		c.Steps, c.Act, c.Grad = c.Steps[:mostColumns/2], c.Act[:mostColumns/2], c.Grad[:mostColumns/2]
		c.every *= 2
	}
	c.Steps, c.Act, c.Grad = append(c.Steps, f.Step), append(c.Act, f.Act), append(c.Grad, f.GradBins)
}

func (c *columns) copy() *columns {
	return &columns{
		Steps: append([]int{}, c.Steps...),
		Act:   append([][]byte{}, c.Act...),
		Grad:  append([][]byte{}, c.Grad...),
	}
}
