package randomnet

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/graph"
)

// What a program says of its layers does not depend on how it computes them,
// and a network without a NaN has no place of one.
func TestRecordsOfRandomNetworks(t *testing.T) {
	for seed := range uint64(60) {
		net, err := New(seed+500, 14)
		if err != nil {
			t.Fatal(err)
		}
		for _, training := range []bool{true, false} {
			var records []string
			for _, fused := range []bool{true, false} {
				r, err := open(net, seed, setting{training: training, fused: fused, shared: true, lossless: true})
				if err != nil {
					t.Fatalf("network %d: %v\n%s", seed+500, err, net.Code())
				}
				records = append(records, layers(r.program.Layers()))
				if _, err := r.once("", nil); err != nil {
					t.Fatal(err)
				}
				if place, err := r.program.FirstNonFinite(t.Context()); err != nil || place != "" {
					t.Errorf("network %d: first non-finite value at %q, %v", seed+500, place, err)
				}
				r.images[0] = float32(math.NaN())
				if _, err := r.once("", nil); err != nil {
					t.Fatal(err)
				}
				if place, err := r.program.FirstNonFinite(t.Context()); err != nil || place != "input" {
					t.Errorf("network %d: first non-finite value at %q, %v, want the input", seed+500, place, err)
				}
				r.close()
			}
			if records[0] != records[1] {
				t.Errorf("network %d, training %v: fused\n%sunfused\n%s%s", seed+500, training, records[0], records[1], net.Code())
			}
		}
	}
}

func layers(list []graph.Layer) string {
	var b strings.Builder
	for _, l := range list {
		fmt.Fprintf(&b, "%s | %s | %d %v %v | %v -> %v | %d | %d\n", l.Path, l.Kind, l.Depth, l.Leaf, l.Unit, l.In, l.Out, l.Params, l.MACs)
	}
	return b.String()
}
