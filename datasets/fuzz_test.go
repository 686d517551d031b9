package datasets

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
)

// allocated is the number of bytes that f takes from the heap, freed again or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// FuzzLabels: whatever stands in a file of labels, digits come out of it or an error that names it.
func FuzzLabels(f *testing.F) {
	var b bytes.Buffer
	if err := idx.Write(&b, &idx.Array{Dims: []int{3}, Data: []byte{7, 0, 9}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), byte(3))
	f.Fuzz(func(t *testing.T, file []byte, images byte) {
		n := int(images)%16 + 1
		pictures := &idx.Array{Dims: []int{n, 28, 28}, Data: make([]byte, n*784)}
		var a *idx.Array
		var err error
		took := allocated(func() { a, err = idx.Read("labels", bytes.NewReader(file), idx.AtMost(mnistTrain)) })
		if took > 4<<20 { // buffers, and as many labels as there may be
			t.Errorf("a file of %d bytes took %d bytes of memory", len(file), took)
		}
		if err == nil {
			var d *Dataset
			if d, err = (idxSet{"x", digits, Normalization{}}).join("images", pictures, "labels", a); err == nil {
				if d.Len() != n || slices.Max(d.Labels()) > 9 || slices.Min(d.Labels()) < 0 {
					t.Fatalf("%v with labels %v", d, d.Labels())
				}
				return
			}
		}
		if !strings.HasPrefix(err.Error(), "labels: ") {
			t.Errorf("error %q doesn't name the file", err)
		}
	})
}

// FuzzCIFAR10 reads a file of records of the binary format.
func FuzzCIFAR10(f *testing.F) { fuzzRecords(f, cifar10Format(), cifarRecord, 10) }

// FuzzCIFAR100 reads a file of records with two labels.
func FuzzCIFAR100(f *testing.F) { fuzzRecords(f, cifar100Format(), 2+cifarPixels, 100) }

// fuzzRecords reads files of so many bytes a record, of which one is the label that
// counts.
func fuzzRecords(f *testing.F, format cifarFormat, record, classes int) {
	f.Add(make([]byte, 2*record), byte(2))
	f.Fuzz(func(t *testing.T, file []byte, count byte) {
		records := int(count) % 4
		var pixels []uint8
		var labels []int
		var err error
		took := allocated(func() { pixels, labels, err = format.records("batch", bytes.NewReader(file), records, nil, nil) })
		if most := uint64(1<<20 + 8*len(file)); took > most {
			t.Errorf("a file of %d bytes took %d bytes of memory, want at most %d", len(file), took, most)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "batch: ") {
				t.Errorf("error %q doesn't name the file", err)
			}
			return
		}
		if len(file) != records*record || len(pixels) != records*cifarPixels || len(labels) != records {
			t.Fatalf("%d bytes: %d pixels and %d labels for %d records", len(file), len(pixels), len(labels), records)
		}
		for _, l := range labels {
			if l < 0 || l >= classes {
				t.Fatalf("label %d", l)
			}
		}
	})
}

// FuzzClassNames reads CIFAR-10's list of names.
func FuzzClassNames(f *testing.F) {
	f.Add([]byte("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var names []string
		var err error
		took := allocated(func() { names, err = cifar10Format().names("meta", bytes.NewReader(file)) })
		if took > 1<<20 {
			t.Errorf("%d bytes of memory for names", took)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "meta: ") {
				t.Errorf("error %q doesn't name the file", err)
			}
			return
		}
		if len(names) != 10 {
			t.Fatalf("%d names", len(names))
		}
		for _, n := range names {
			if n == "" || strings.ContainsAny(n, "\n") {
				t.Fatalf("name %q", n)
			}
		}
	})
}

// FuzzSVHN: whatever stands in a MAT-file, digits come out of it or an error that names it.
func FuzzSVHN(f *testing.F) {
	f.Add(svhnFile(2, false))
	f.Add(svhnFile(3, true))
	f.Fuzz(func(t *testing.T, file []byte) {
		var d *Dataset
		var err error
		took := allocated(func() { d, err = readSVHN("f.mat", bytes.NewReader(file), 1000) })
		if most := uint64(4<<20 + 4096*len(file)); took > most {
			t.Errorf("a file of %d bytes took %d bytes of memory, want at most %d", len(file), took, most)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.mat: ") {
				t.Errorf("error %q doesn't name the file", err)
			}
			return
		}
		if labels := d.Labels(); len(labels) < 1 || slices.Max(labels) > 9 || slices.Min(labels) < 0 {
			t.Fatalf("labels %v", labels)
		}
	})
}

// FuzzSums reads a list of checksums.
func FuzzSums(f *testing.F) {
	f.Add([]byte(strings.Repeat("0", 64) + "  train/a.png\n" + strings.Repeat("f", 64) + "  b\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var sums map[string]string
		var err error
		took := allocated(func() { sums, err = parseSums("list", bytes.NewReader(file)) })
		if most := uint64(1<<20 + 16*len(file)); took > most {
			t.Errorf("a list of %d bytes took %d bytes of memory, want at most %d", len(file), took, most)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "list: ") {
				t.Errorf("error %q doesn't name the file", err)
			}
			return
		}
		for name, sum := range sums {
			if name == "" || len(sum) != 64 {
				t.Fatalf("%q has %q", name, sum)
			}
		}
	})
}
