package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// drawn writes a picture of a class: bars that lie or stand, in a colour and of a
// size that say nothing of it. The kind is its number's.
func drawn(t *testing.T, dir, class string, i int) string {
	t.Helper()
	w, h := 24+5*(i%7), 24+3*(i%5)
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.RGBA{uint8(40 * (i % 6)), 30, uint8(20 * (i % 9)), 255}})
	for y := range h {
		for x := range w {
			if at := map[string]int{"lying": y, "standing": x}[class]; at*6/min(w, h)%2 == i%2 {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	kind := []string{".png", ".jpg", ".gif"}[i%3]
	if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, class, fmt.Sprint(i)+kind)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case ".png":
		err = png.Encode(f, img)
	case ".jpg":
		err = jpeg.Encode(f, img, nil)
	default:
		err = gif.Encode(f, img, nil)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Pictures of one's own: three of them broken, two classes, from training to
// prediction.
func TestOwnPictures(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for i := range 30 {
		for _, class := range []string{"lying", "standing"} {
			drawn(t, dir, class, i)
		}
	}
	whole, err := os.ReadFile(filepath.Join(dir, "lying", "1.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"empty.png": nil, "half.jpg": whole[:len(whole)/2], "text.gif": []byte("no picture")} {
		if err := os.WriteFile(filepath.Join(dir, "lying", name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := filepath.Join(t.TempDir(), "run")
	out, err := demo("train", "--recipe", "folder", "--data-dir", dir, "--arch", "lenet5", "--input", "1x28x28", "--lr", "0.01",
		"--epochs", "12", "--batch", "8", "--augment=false", "--quiet", "--out", run)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 5 {
		t.Fatalf("want each of three broken files, their number and the result, got\n%s", out)
	}
	for i, want := range []string{"empty.png", "half.jpg", "text.gif", "left out 3 pictures that can't be read", "test accuracy"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d is %q, want %q in it", i+1, lines[i], want)
		}
	}
	if out, err = demo("eval", "--run", run, "--json"); err != nil || lastLine(t, out)["images"] != 12.0 || lastLine(t, out)["test_accuracy"].(float64) < 0.8 {
		t.Errorf("tested again: %v\n%s", err, out)
	}
	right := 0
	for i := 30; i < 36; i++ {
		for _, class := range []string{"lying", "standing"} {
			out, err := demo("predict", "--run", run, "--json", drawn(t, other, class, i))
			var p prediction
			if err != nil || json.Unmarshal([]byte(out), &p) != nil || len(p.Predictions) != 2 {
				t.Fatalf("%v\n%s", err, out)
			}
			if p.Predictions[0].Label == class {
				right++
			}
		}
	}
	if right < 10 {
		t.Errorf("%d of 12 new pictures are classified rightly", right)
	}
	if _, err := demo("train", "--data", "folder", "--data-dir", dir, "--broken", "refuse", "--out", "-"); err == nil || !strings.Contains(err.Error(), ".") {
		t.Errorf("with broken files refused: %v", err)
	}
}
