package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stheno-ml/stheno/internal/kernel"
)

// Explain tells what each pass did, what a run executes, and what it comes to.
func TestExplain(t *testing.T) {
	if kernel.ISA() == "generic" {
		t.Skip("plain Go computes planes only")
	}
	for args, want := range map[string][]string{
		"":                                  {"LeNet-5, batch 1, inference", "  conv1: takes relu\n", "(input)  to_channels_last", "conv2d", "direct", "conversions between layouts: 2", "all "},
		"--arch cifar_resnet20 --top 2":     {"  ... 17 more\n", "winograd", "layer1.0.conv1", "operations prepare weights", "fold "},
		"--arch googlenet --top 0":          {"channels last, in the concatenation", "where a concatenation wants them: 36 values"},
		"--without layout,prepare":          {"left out", "NCHW", "layouts: 0"},
		"--arch cifar_resnet20 --exact":     {"direct"},
		"--train --arch lenet5 --batch 2":   {"training", "conv1  conv2d_weight_grad", "pool1  max_pool2d_grad", "fc3    linear_grad"},
		"--tune --input 1x28x28 --batch 3 ": {"batch 3"},
	} {
		out, err := demo(append([]string{"explain"}, strings.Fields(args)...)...)
		if err != nil {
			t.Errorf("explain %s: %v", args, err)
			continue
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("explain %s lacks %q:\n%s", args, w, out)
			}
		}
		if strings.Contains(args, "exact") && strings.Contains(out, "winograd") {
			t.Errorf("explain %s has Winograd's algorithm:\n%s", args, out)
		}
	}
	if _, err := demo("explain", "--without", "fuze"); err == nil || !strings.Contains(err.Error(), `did you mean "fuse"`) {
		t.Errorf("an unknown pass: %v", err)
	}
	out, err := demo("explain", "--json")
	var e struct{ Passes, Operations []map[string]any }
	if err != nil || json.Unmarshal([]byte(out), &e) != nil || len(e.Passes) == 0 || len(e.Operations) == 0 {
		t.Errorf("explain --json: %v\n%s", err, out)
	}
}

// A pass can be measured by what a step takes without it.
func TestMeasuringWithoutPasses(t *testing.T) {
	for _, args := range []string{"bench --batch 1 --mode infer --seconds 0.01 --without layout", "bench --batch 1 --mode infer --seconds 0.01 --tune --exact", "profile --batch 1 --mode infer --runs 1 --without fuse"} {
		if out, err := demo(strings.Fields(args)...); err != nil {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
	out, err := demo(strings.Fields("profile --batch 1 --mode infer --runs 1 --without fuse")...)
	if err != nil || !strings.Contains(out, "relu") {
		t.Errorf("a profile without fusing: %v\n%s", err, out)
	}
}
