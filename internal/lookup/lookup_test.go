package lookup

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	known := []string{"resnet50", "leaky_relu"}
	for name, want := range map[string]int{"ResNet-50": 0, "LeakyReLU": 1, "leaky relu": 1, "resnet": -1, "": -1} {
		if got := Find(name, known); got != want {
			t.Errorf("Find(%q) = %d, want %d", name, got, want)
		}
	}
}

func TestUnknownSuggestsTheNearest(t *testing.T) {
	known := []string{"sgd", "adam", "adamw", "rmsprop"}
	for name, want := range map[string]string{"sdg": `mean "sgd"`, "ADAMX": `mean "adam"`, "rmspop": `mean "rmsprop"`} {
		if err := Unknown("optimizer", name, known); !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	err := Unknown("optimizer", "something else", known)
	if strings.Contains(err.Error(), "did you mean") || !strings.Contains(err.Error(), "sgd, adam, adamw, rmsprop") {
		t.Errorf("a far name: %v", err)
	}
	if err := Unknown("thing", "x", nil); err == nil {
		t.Error("no names known: no error")
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"rleu", "relu", 1}, {"ca", "abc", 3}, {"tanh", "hardtanh", 4}, {"abcd", "badc", 2}} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := edits(pair[0], pair[1]); got != c.want {
				t.Errorf("edits(%q, %q) = %d, want %d", pair[0], pair[1], got, c.want)
			}
		}
	}
}
