package idx

import (
	"bytes"
	"io"
	"runtime"
	"slices"
	"testing"
)

// anonymous hides how many bytes a reader has.
type anonymous struct{ io.Reader }

// allocated is the number of bytes that f takes from the heap, freed again or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// FuzzRead: no bytes make the reader panic or take memory out of proportion to what the file can
// hold, it accepts the same whether it knows the file's length or not, and what it accepted is
// written and read again as the same array.
func FuzzRead(f *testing.F) {
	good := encode(f, &Array{Dims: []int{2, 2, 2}, Data: make([]byte, 8)})
	f.Add(good)
	f.Add(zip(f, good))
	want := []Bound{AtMost(1000), AtMost(100), AtMost(100)}
	f.Fuzz(func(t *testing.T, file []byte) {
		var a *Array
		var err error
		took := allocated(func() { a, err = Read("fuzz", bytes.NewReader(file), want...) })
		holds := uint64(len(file))
		if bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
			holds *= maxExpansion
		}
		// Buffers of the readers, the first piece, and pieces that double.
		if most := 3<<20 + 4*min(holds, 1000*100*100); took > most {
			t.Errorf("a file of %d bytes took %d bytes of memory, want at most %d", len(file), took, most)
		}
		b, errB := Read("fuzz", anonymous{bytes.NewReader(file)}, want...)
		if (err == nil) != (errB == nil) {
			t.Fatalf("with its length: %v; without: %v", err, errB)
		}
		if err != nil {
			return
		}
		if len(a.Dims) != 3 || len(a.Data) != a.Dims[0]*a.Dims[1]*a.Dims[2] || !slices.Equal(a.Dims, b.Dims) || !bytes.Equal(a.Data, b.Data) {
			t.Fatalf("dims %v with %d bytes, without the length %v with %d", a.Dims, len(a.Data), b.Dims, len(b.Data))
		}
		if b, err = Read("again", bytes.NewReader(encode(t, a)), Exactly(a.Dims...)...); err != nil || !bytes.Equal(a.Data, b.Data) {
			t.Fatalf("written and read again: %v", err)
		}
	})
}
