package datasets

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"compress/zlib"
)

func TestFashionMNISTAndKMNIST(t *testing.T) {
	for _, c := range []struct {
		read           func(string) (*Dataset, *Dataset, error)
		sub, want, ten string
	}{
		{FashionMNIST, "fashion_mnist", "Fashion-MNIST: 12 images 1x28x28, 10 classes", "ankle boot"},
		{KMNIST, "kmnist", "KMNIST: 12 images 1x28x28, 10 classes", "wo"},
	} {
		for _, sub := range []string{"", c.sub} {
			dir := t.TempDir()
			writeMNIST(t, filepath.Join(dir, sub), 12, true)
			train, test, err := c.read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if train.String() != c.want || test.Len() != 2 || train.Classes()[9] != c.ten {
				t.Errorf("%v, %v, %v", train, test, train.Classes())
			}
		}
		if _, _, err := c.read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "put the four published files") {
			t.Errorf("%s, no files: %v", c.sub, err)
		}
	}
}

// writeCIFAR100 writes a set of n training and 2 test images in the published format.
func writeCIFAR100(t *testing.T, dir string, n int) {
	t.Helper()
	for name, n := range map[string]int{"train.bin": n, "test.bin": 2} {
		var b []byte
		for i := range n {
			r := make([]byte, 2+cifarPixels)
			r[0], r[1], r[2+5], r[2+1024+5], r[2+2048+5] = byte(i%20), byte(99-i), byte(i), 100, 200
			b = append(b, r...)
		}
		write(t, filepath.Join(dir, name), b)
	}
	var fine strings.Builder
	for i := range 100 {
		fmt.Fprintf(&fine, "fine %d\n", i)
	}
	write(t, filepath.Join(dir, "fine_label_names.txt"), []byte(fine.String()))
}

func TestCIFAR100(t *testing.T) {
	dir := t.TempDir()
	writeCIFAR100(t, dir, 3)
	train, test, err := CIFAR100(dir)
	if err != nil {
		t.Fatal(err)
	}
	if train.String() != "CIFAR-100: 3 images 3x32x32, 100 classes" || test.Len() != 2 || train.Classes()[7] != "fine 7" {
		t.Errorf("%v, %v", train, test)
	}
	if got := train.Labels(); !slices.Equal(got, []int{99, 98, 97}) {
		t.Errorf("labels %v", got)
	}
	img, err := train.Image(2)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.At(5, 0), (color.RGBA{2, 100, 200, 255}); got != want {
		t.Errorf("pixel %v, want %v", got, want)
	}
}

func TestCIFAR100Refuses(t *testing.T) {
	const record = 2 + cifarPixels
	label := func(at int, v byte) func(dir string) error {
		return func(dir string) error {
			b := make([]byte, 2*record)
			b[record+at] = v
			return os.WriteFile(filepath.Join(dir, "test.bin"), b, 0o644)
		}
	}
	for name, c := range map[string]struct {
		spoil func(dir string) error
		want  string
	}{
		"coarse":  {label(0, 20), "test.bin: label of record 1 is 20, want 0 to 19"},
		"fine":    {label(1, 100), "test.bin: label of record 1 is 100, want 0 to 99"},
		"cut":     {func(dir string) error { return os.Truncate(filepath.Join(dir, "train.bin"), record+1) }, "train.bin: 3075 bytes, want a whole number of records of 3074"},
		"long":    {func(dir string) error { return os.Truncate(filepath.Join(dir, "test.bin"), 10001*record) }, "at most the published 10000"},
		"names":   {func(dir string) error { return os.Truncate(filepath.Join(dir, "fine_label_names.txt"), 70) }, "names of classes, want 100"},
		"missing": {func(dir string) error { return os.Remove(filepath.Join(dir, "test.bin")) }, "found no test.bin in "},
	} {
		dir := t.TempDir()
		writeCIFAR100(t, dir, 3)
		if err := c.spoil(dir); err != nil {
			t.Fatal(err)
		}
		if _, _, err := CIFAR100(dir); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// svhnFile is a MAT-file of n images: image i has i in all pixels of row 1, and label i+9 or less.
func svhnFile(n int, compressed bool) []byte {
	le := binary.LittleEndian
	element := func(kind uint32, body []byte) []byte {
		out := le.AppendUint32(le.AppendUint32(nil, kind), uint32(len(body)))
		out = append(out, body...)
		return append(out, make([]byte, -len(out)&7)...)
	}
	array := func(name string, data []byte, dims ...int) []byte {
		var sizes []byte
		for _, d := range dims {
			sizes = le.AppendUint32(sizes, uint32(d))
		}
		body := slices.Concat(element(6, []byte{9, 0, 0, 0, 0, 0, 0, 0}), element(5, sizes), element(1, []byte(name)), element(2, data))
		whole := element(14, body)
		if !compressed {
			return whole
		}
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		z.Write(whole)
		z.Close()
		return append(le.AppendUint32(le.AppendUint32(nil, 15), uint32(b.Len())), b.Bytes()...)
	}
	x, y := make([]byte, n*cifarPixels), make([]byte, n)
	for i := range n {
		for c := range 3 {
			for col := range 32 {
				x[1+32*(col+32*(c+3*i))] = byte(10*i + c + 1)
			}
		}
		y[i] = byte(8 + i)
	}
	head := append(bytes.Repeat([]byte{' '}, 124), 0, 1, 'I', 'M')
	return slices.Concat(head, array("X", x, 32, 32, 3, n), array("y", y, n, 1))
}

func TestSVHN(t *testing.T) {
	for _, compressed := range []bool{false, true} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "train_32x32.mat"), svhnFile(3, compressed))
		write(t, filepath.Join(dir, "test_32x32.mat"), svhnFile(1, compressed))
		train, test, err := SVHN(dir)
		if err != nil {
			t.Fatal(err)
		}
		if train.String() != "SVHN: 3 images 3x32x32, 10 classes" || test.Len() != 1 {
			t.Errorf("%v, %v", train, test)
		}
		if got := train.Labels(); !slices.Equal(got, []int{8, 9, 0}) {
			t.Errorf("labels %v", got)
		}
		img, err := train.Image(2)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []int{0, 17, 31} {
			if got, want := img.At(x, 1), (color.RGBA{21, 22, 23, 255}); got != want {
				t.Errorf("pixel (%d, 1) is %v, want %v", x, got, want)
			}
		}
		if got, want := img.At(1, 0), (color.RGBA{0, 0, 0, 255}); got != want {
			t.Errorf("pixel (1, 0) is %v, want %v", got, want)
		}
	}
}

func TestSVHNRefuses(t *testing.T) {
	good := svhnFile(2, false)
	const xBytes = 8 + 16 + 24 + 16 + 8 + 2*cifarPixels // the element with the images
	label := bytes.Clone(good)
	label[len(label)-8] = 11
	zero := bytes.Clone(good)
	zero[len(zero)-7] = 0
	for name, c := range map[string]struct {
		file []byte
		most int
		want string
	}{
		"label":     {label, 10, "f.mat: label of image 0 is 11, want 1 to 10"},
		"zero":      {zero, 10, "f.mat: label of image 1 is 0, want 1 to 10"},
		"many":      {good, 1, `f.mat: element 0: array "X": dimension 3 is 2, want 1 to 1`},
		"truncated": {good[:4000], 10, "truncated"},
		"counts":    {slices.Concat(good[:128+xBytes], svhnFile(1, false)[128+xBytes-cifarPixels:]), 10, "f.mat: 1 labels, want 2"},
	} {
		_, err := readSVHN("f.mat", bytes.NewReader(c.file), c.most)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// writeImagenette writes one small picture a class into train and val.
func writeImagenette(t *testing.T, dir string) {
	t.Helper()
	for _, part := range []string{"train", "val"} {
		for i, c := range imagenetteClasses {
			img := image.NewRGBA(image.Rect(0, 0, 8, 6))
			for k := range img.Pix {
				img.Pix[k] = byte(20 * i)
			}
			var b bytes.Buffer
			if err := png.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(dir, part, c[0]), 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, part, c[0], "a.png"), b.Bytes())
		}
	}
}

func TestImagenette(t *testing.T) {
	for _, sub := range []string{"", "imagenette2-160", "imagenette2"} {
		dir := t.TempDir()
		writeImagenette(t, filepath.Join(dir, sub))
		train, test, err := Imagenette(t.Context(), dir, Shape{Channels: 3, Height: 16, Width: 16})
		if err != nil {
			t.Fatal(err)
		}
		if train.Len() != 10 || test.Len() != 10 || train.Classes()[0] != "tench" || test.Classes()[9] != "parachute" {
			t.Errorf("%d, %d, %v", train.Len(), test.Len(), train.Classes())
		}
		if f := train.Files()[4]; f.Label != 4 || !strings.Contains(f.Path, "n03028079") {
			t.Errorf("%+v", f)
		}
	}
	for _, dir := range []string{"", t.TempDir()} {
		if _, _, err := Imagenette(t.Context(), dir, Shape{Channels: 3, Height: 16, Width: 16}); err == nil || !strings.Contains(err.Error(), "put the published folders train and val there") {
			t.Errorf("%q: %v", dir, err)
		}
	}
	dir := t.TempDir()
	writeImagenette(t, dir)
	_, err := OpenPictureFolder(t.Context(), PictureFolderConfig{Dir: filepath.Join(dir, "val"), Shape: Shape{Channels: 3, Height: 4, Width: 4}, ClassNames: []string{"one"}})
	if err == nil || !strings.Contains(err.Error(), "1 names of classes, want 0") {
		t.Errorf("names without classes: %v", err)
	}
}

// By name each picture is decoded once, and a broken one is named.
func TestImagenetteByNameIsDecodedOnce(t *testing.T) {
	dir := t.TempDir()
	writeImagenette(t, dir)
	var decoded atomic.Int32
	was := openPicture
	defer func() { openPicture = was }()
	openPicture = func(path string) (image.Image, error) {
		decoded.Add(1)
		return was(path)
	}
	train, test, err := Lookup("imagenette160", dir)
	if err != nil {
		t.Fatal(err)
	}
	if n := decoded.Load(); n != 20 || train.Len() != 10 || test.Len() != 10 {
		t.Errorf("%d + %d pictures were decoded %d times", train.Len(), test.Len(), n)
	}
	broken := filepath.Join(dir, "val", imagenetteClasses[3][0], "a.png")
	write(t, broken, []byte("no picture"))
	if _, _, err := Lookup("imagenette160", dir); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("a broken picture: %v", err)
	}
}
