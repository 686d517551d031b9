package datasets

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const cifarRecord = 1 + cifarPixels

// writeCIFAR writes a set of few images in the published format, n in each file.
func writeCIFAR(t *testing.T, dir string, n int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	names := []string{"test_batch.bin"}
	for i := 1; i <= 5; i++ {
		names = append(names, fmt.Sprintf("data_batch_%d.bin", i))
	}
	for k, name := range names {
		b := make([]byte, n*cifarRecord)
		for i := range n {
			r := b[i*cifarRecord:]
			r[0] = byte((k + i) % 10)
			r[1+5], r[1+1024+5], r[1+2048+5] = byte(10*k+i), 100, 200
		}
		write(t, filepath.Join(dir, name), b)
	}
	write(t, filepath.Join(dir, "batches.meta.txt"), []byte("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"))
}

func TestCIFAR10(t *testing.T) {
	for _, sub := range []string{"", "cifar-10-batches-bin"} {
		dir := t.TempDir()
		writeCIFAR(t, filepath.Join(dir, sub), 3)
		train, test, err := CIFAR10(dir)
		if err != nil {
			t.Fatal(err)
		}
		if train.String() != "CIFAR-10: 15 images 3x32x32, 10 classes" || test.Len() != 3 || train.Classes()[9] != "truck" {
			t.Errorf("%v, %v, %v", train, test, train.Classes())
		}
		if got := train.Labels()[:6]; !slices.Equal(got, []int{1, 2, 3, 2, 3, 4}) {
			t.Errorf("labels %v", got)
		}
		img, err := train.Image(4) // second record of data_batch_2
		if err != nil {
			t.Fatal(err)
		}
		if got, want := img.At(5, 0), (color.RGBA{21, 100, 200, 255}); got != want {
			t.Errorf("pixel %v, want %v", got, want)
		}
	}
}

func TestCIFAR10Refuses(t *testing.T) {
	cut := func(name string, n int) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, name), int64(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	cases := []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  string
	}{
		{"truncated", cut("data_batch_3.bin", 2*cifarRecord+17), "data_batch_3.bin: 6163 bytes, want a whole number of records of 3073 bytes"},
		{"cut between records", cut("data_batch_3.bin", 2*cifarRecord), "data_batch_3.bin: 2 records"},
		{"more than published", cut("data_batch_3.bin", 10001*cifarRecord), "data_batch_3.bin: 30733073 bytes, want a whole number of records of 3073 bytes, at most the published 10000"},
		{"far more", cut("data_batch_3.bin", 1<<19*cifarRecord), "data_batch_3.bin: 1611137024 bytes, want"},
		{"long names", cut("batches.meta.txt", 1<<20), "batches.meta.txt: more than 4096 bytes"},
		{"empty", cut("test_batch.bin", 0), "test_batch.bin: 0 bytes"},
		{"file missing", remove("data_batch_5.bin"), "found no data_batch_5.bin in "},
		{"names missing", remove("batches.meta.txt"), "found no batches.meta.txt in "},
		{"too few names", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "batches.meta.txt"), []byte("cat\ndog\n")) },
			"batches.meta.txt: found 2 names of classes, want 10"},
		{"label", func(t *testing.T, dir string) {
			b := make([]byte, 3*cifarRecord)
			b[2*cifarRecord] = 10
			write(t, filepath.Join(dir, "data_batch_1.bin"), b)
		}, "data_batch_1.bin: label of record 2 is 10, want 0 to 9"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			writeCIFAR(t, dir, 3)
			c.spoil(t, dir)
			_, _, err := CIFAR10(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("error is %v, want it to name the folder and say %q", err, c.want)
			}
		})
	}
	if _, _, err := CIFAR10(""); err == nil || !strings.Contains(err.Error(), "no folder given") {
		t.Errorf("no folder: %v", err)
	}
}
