package neon

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The encodings are LLVM's.
func TestWords(t *testing.T) {
	a := &Asm{}
	for _, op := range []string{"fadd", "fsub", "fmul", "fdiv", "fmax", "fmin", "fmaxnm", "fminnm", "fcmeq", "fcmge", "fcmgt", "frsqrts", "faddp", "mul", "bic"} {
		a.Three(op, 0, 1, 2)
	}
	for _, op := range []string{"fabs", "fneg", "fsqrt", "frintn", "fcvtns", "frsqrte"} {
		a.Two(op, 0, 1)
	}
	a.Not(0, 1)
	a.FMLALane(3, 4, 29, 3)
	a.FMLALane64(3, 4, 29, 1)
	a.LoadIndexed(5, 6, 19)
	want := []uint32{
		0x4e22d420, 0x4ea2d420, 0x6e22dc20, 0x6e22fc20, 0x4e22f420, 0x4ea2f420, 0x4e22c420, 0x4ea2c420,
		0x4e22e420, 0x6e22e420, 0x6ea2e420, 0x4ea2fc20, 0x6e22d420, 0x4ea29c20, 0x4e621c20,
		0x4ea0f820, 0x6ea0f820, 0x6ea1f820, 0x4e218820, 0x4e21a820, 0x6ea1d820,
		0x6e205820, 0x4fbd1883, 0x4fdd1883, 0x3cf368c5,
	}
	words := word.FindAllStringSubmatch(a.text.String(), -1)
	if len(words) != len(want) {
		t.Fatalf("%d words, want %d", len(words), len(want))
	}
	for i, w := range words {
		if got := w[1]; got != fmt.Sprintf("%08x", want[i]) {
			t.Errorf("%s is %s, want %08x", w[2], got, want[i])
		}
	}
}

var word = regexp.MustCompile(`WORD \$0x([0-9a-f]{8}) // (.+)`)

// Every word in the committed assembly is what its comment says.
func TestWordsAreTheirComments(t *testing.T) {
	llvm, err := exec.LookPath("llvm-mc")
	if err != nil {
		t.Skip("llvm-mc is not installed")
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "*_arm64.s"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no assembly: %v", err)
	}
	said := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range word.FindAllStringSubmatch(string(text), -1) {
			if old, ok := said[w[2]]; ok && old != w[1] {
				t.Fatalf("%s is %s and %s", w[2], old, w[1])
			}
			said[w[2]] = w[1]
		}
	}
	var source strings.Builder
	var order []string
	for text := range said {
		order = append(order, text)
		source.WriteString(text + "\n")
	}
	c := exec.Command(llvm, "-triple=aarch64", "-show-encoding")
	c.Stdin = strings.NewReader(source.String())
	var errors bytes.Buffer
	c.Stderr = &errors
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errors.String())
	}
	encodings := regexp.MustCompile(`encoding: \[0x(..),0x(..),0x(..),0x(..)\]`).FindAllStringSubmatch(string(out), -1)
	if len(encodings) != len(order) {
		t.Fatalf("%d encodings for %d instructions", len(encodings), len(order))
	}
	for i, e := range encodings {
		if want := e[4] + e[3] + e[2] + e[1]; said[order[i]] != want {
			t.Errorf("%s is %s, want %s", order[i], said[order[i]], want)
		}
	}
	t.Logf("%d instructions", len(order))
}
