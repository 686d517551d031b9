package idx

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/size/sizetest"
)

// bomb is a gzip file of 4 MB that expands to the start, then 4 GB of zeros: members of 1 MiB each.
func bomb(t *testing.T, start []byte) io.Reader {
	member := zip(t, make([]byte, 1<<20))
	all := []io.Reader{bytes.NewReader(zip(t, start))}
	for range 4 << 30 / (1 << 20) {
		all = append(all, bytes.NewReader(member))
	}
	return io.MultiReader(all...)
}

// A small file that expands without end costs neither memory nor the time to expand it: a header
// that announces more than expected is refused unread, and of a stream that goes on behind the
// announced bytes only the first piece is read.
func TestBomb(t *testing.T) {
	if !sizetest.Confine(t, 1<<30) {
		return
	}
	good := encode(t, &Array{Dims: []int{2, 28, 28}, Data: make([]byte, 2*28*28)})
	claims := append(bytes.Clone(good[:4]), 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0, 0, 1)
	for _, c := range []struct {
		name, want string
		start      []byte
		bounds     []Bound
	}{
		{"announced", "dimension 0 of the IDX header is 65535, want at most 60000", claims, append([]Bound{AtMost(60000)}, Exactly(28, 28)...)},
		{"behind the array", "trailing bytes", good, append([]Bound{AtMost(60000)}, Exactly(28, 28)...)},
	} {
		r := &counting{r: bomb(t, c.start)}
		_, err := Read(c.name, r, c.bounds...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
		if r.n > 1<<17 {
			t.Errorf("%s: %d compressed bytes were read before it was refused", c.name, r.n)
		}
	}
}

// counting counts the bytes that were read through it.
type counting struct {
	r io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
