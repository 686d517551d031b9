package classify

import (
	"encoding/json"
	"image"
	"runtime"
	"testing"

	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/weights"
)

// FuzzDescription: whatever a file says of its network, it is refused, or prepares
// pictures without a panic; reading it takes memory in proportion.
func FuzzDescription(f *testing.F) {
	for _, d := range []Description{
		{Architecture: "lenet5", Classes: []string{"a", "b"}, Input: imaging.Shape{Channels: 1, Height: 28, Width: 28}},
		{Activation: "elu:1", Classes: []string{"a"}, Input: imaging.Shape{Channels: 3, Height: 8, Width: 4}, Normalization: imaging.CIFAR10(), Stretch: true},
	} {
		text, err := json.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`{"classes":["a"],"input":{"channels":3,"height":1000000000,"width":9000000000}}`)
	f.Add(`{"classes":["a"],"input":{"channels":1,"height":1,"width":1},"normalization":{"mean":[1e38],"std":[1e-45]}}`)
	img := image.NewGray(image.Rect(0, 0, 5, 3))
	f.Fuzz(func(t *testing.T, text string) {
		file := &weights.File{Metadata: map[string]string{MetadataKey: text}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d, err := DescriptionOf(file)
		if err == nil {
			err = d.check()
		}
		runtime.ReadMemStats(&after)
		if took, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+128*len(text)); took > most {
			t.Errorf("a description of %d bytes took %d bytes of memory, want at most %d", len(text), took, most)
		}
		if err != nil {
			return
		}
		n, err := d.Input.Size()
		if err != nil || len(d.Classes) == 0 {
			t.Fatalf("accepted: %+v, %v", d, err)
		}
		if n < 1<<16 {
			if err := d.prepare(img, make([]float32, n)); err != nil {
				t.Fatalf("%+v: %v", d, err)
			}
		}
	})
}
