package randomnet

import (
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/blocks"
	"gorgonia.org/tensor"
)

// A network that "fails" as long as a sum reads one value twice comes down to
// that sum.
func TestShrink(t *testing.T) {
	net := Net{Input: tensor.Shape{2, 3, 4, 4}, Out: 5, Nodes: []Node{
		{Kind: "act", In: []int{0}, Act: "tanh"},
		{Kind: "block", In: []int{1}, Block: blocks.Sequence{blocks.Sum{blocks.BatchNorm{}, blocks.Identity{}}, blocks.Identity{}}},
		{Kind: "add", In: []int{1, 2, 1, 0}},
		{Kind: "tap", In: []int{3}},
		{Kind: "flatten", In: []int{4}},
	}}
	small := Shrink(net, func(n Net) bool {
		for _, v := range n.Nodes {
			if v.Kind == "add" && len(distinct(v.In)) < len(v.In) {
				return true
			}
		}
		return false
	})
	want := "randomnet.Net{Input: tensor.Shape{1, 1, 1, 1}, Out: 1, Loss: \"\", Nodes: []randomnet.Node{\n\t{Kind: \"add\", In: []int{0, 0}}, // 1\n}}"
	if got := small.Code(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCode(t *testing.T) {
	code := Net{Input: tensor.Shape{1, 2}, Out: 1, Nodes: []Node{
		{Kind: "block", In: []int{0}, Block: blocks.Sum{blocks.Sequence{blocks.Linear{Out: 2}}, blocks.Act{Func: Act("elu:1")}}},
	}}.Code()
	for _, want := range []string{`Input: tensor.Shape{1, 2}`, `blocks.Sum{blocks.Sequence{blocks.Linear{Out: 2}}, blocks.Act{Func: randomnet.Act("elu:1")}}`} {
		if !strings.Contains(code, want) {
			t.Errorf("%s\nlacks %s", code, want)
		}
	}
}

// The same seed draws the same network.
func TestNewIsDeterministic(t *testing.T) {
	for seed := range uint64(20) {
		a, err := New(seed, 16)
		if err != nil {
			t.Fatal(err)
		}
		b, err := New(seed, 16)
		if err != nil {
			t.Fatal(err)
		}
		if a.Code() != b.Code() {
			t.Errorf("seed %d: %s\nand %s", seed, a.Code(), b.Code())
		}
	}
}
