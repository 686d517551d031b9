package augment

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stheno-ml/stheno/imaging"
)

// Whatever chain a file says: it is refused, or it is written as it was read and changes pictures of
// any size.
func FuzzChain(f *testing.F) {
	all, err := json.Marshal(Chain(every()))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{string(all), `["random_resized_crop","flip"]`, `[{"name":"affine","scale":[0.01,100],"shear":[80,80],"degrees":180}]`,
		`[{"name":"rotation","bilinear":true,"fill":[1,2,3]}]`, `[{"name":"random_resized_crop","height":9,"width":1,"ratio":[1e-300,1e6]}]`, `[7]`, `{}`} {
		f.Add([]byte(text), uint8(5), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, height, width uint8) {
		var c Chain
		if json.Unmarshal(text, &c) != nil {
			return
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Chain
		if err := json.Unmarshal(written, &back); err != nil || len(c) > 0 && !reflect.DeepEqual(back, c) {
			t.Fatalf("%s becomes %v (%v), want %v", written, back, err, c)
		}
		s := imaging.Shape{Channels: 3, Height: int(height%32) + 1, Width: int(width%32) + 1}
		if c = c.Sized(s); c.Cuts() {
			if crop := c[0].(RandomResizedCrop); crop.Height > 64 || crop.Width > 64 {
				return // the network's size; a loader holds it to that
			}
		}
		if len(c) > 4 {
			return // long is not another thing
		}
		for _, step := range c {
			if a, ok := step.(RandAugment); ok && a.Operations > 4 {
				return
			}
		}
		p, r := patterned(3, s.Height, s.Width), NewRand(1, 1, 1)
		if err := c.Apply(p, &r); err != nil {
			t.Fatal(err)
		}
		if err := p.whole(); err != nil {
			t.Fatal(err)
		}
	})
}
