package subset

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stheno-ml/stheno/datasets/internal/idx"
)

// small returns n images of 1x2 pixels; the pixels say which image it is.
func small(n int) (images, labels *idx.Array) {
	images, labels = &idx.Array{Dims: []int{n, 1, 2}}, &idx.Array{Dims: []int{n}}
	for i := range n {
		images.Data = append(images.Data, byte(i), byte(i>>8))
		labels.Data = append(labels.Data, byte(i*i%7+i%4)) // uneven: digits 0 to 7 only
	}
	return images, labels
}

func TestChoose(t *testing.T) {
	images, labels := small(400)
	for i := range labels.Data {
		labels.Data[i] = byte((i*3 + i/10) % 10)
	}
	a, al, err := Choose(images, labels, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Dims, []int{40, 1, 2}) || !slices.Equal(al.Dims, []int{40}) {
		t.Fatalf("dims %v and %v", a.Dims, al.Dims)
	}
	seen := map[int]bool{}
	for i := range 40 {
		from := int(a.Data[2*i]) | int(a.Data[2*i+1])<<8
		if int(al.Data[i]) != i%10 || labels.Data[from] != al.Data[i] || seen[from] {
			t.Errorf("image %d is image %d of label %d, stated %d, seen before: %v", i, from, labels.Data[from], al.Data[i], seen[from])
		}
		seen[from] = true
	}
	b, _, _ := Choose(images, labels, 4, 1)
	c, _, _ := Choose(images, labels, 4, 2)
	if !bytes.Equal(a.Data, b.Data) || bytes.Equal(a.Data, c.Data) {
		t.Error("the choice doesn't follow the seed")
	}
}

func TestChooseRefuses(t *testing.T) {
	images, labels := small(400)
	if _, _, err := Choose(images, labels, 4, 1); err == nil {
		t.Error("digits without images are accepted")
	}
	labels.Data[3] = 10
	if _, _, err := Choose(images, labels, 4, 1); err == nil {
		t.Error("label 10 is accepted")
	}
	labels.Dims = []int{399}
	if _, _, err := Choose(images, labels, 4, 1); err == nil {
		t.Error("different counts are accepted")
	}
}

// With STHENO_DATA=DIR, where DIR holds the full MNIST, the generator is run again: it has to
// make what is embedded. Contents are compared, since Go releases compress differently.
func TestEmbeddedIsGenerated(t *testing.T) {
	dir := os.Getenv("STHENO_DATA")
	if dir == "" {
		t.Skip("STHENO_DATA is not set")
	}
	files, err := Make(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 4 {
		t.Errorf("%d files, want 4", len(files))
	}
	for name, want := range files {
		got, err := idx.ReadFile(filepath.Join("..", "..", "embedded", name+".gz"), idx.Exactly(want.Dims...)...)
		if err != nil {
			t.Error(err)
			continue
		}
		if !slices.Equal(got.Dims, want.Dims) || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("%s: the embedded file differs from what the generator makes", name)
		}
	}
}
