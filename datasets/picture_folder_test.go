package datasets

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// paint writes a picture of one colour in the format of its ending.
func paint(t *testing.T, path string, w, h int, c color.Color) {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	var err error
	switch filepath.Ext(path) {
	case ".png":
		err = png.Encode(&b, img)
	case ".gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = jpeg.Encode(&b, img, nil)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// folder makes pictures of two classes in mixed formats and sizes, and three files
// that are none.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	red, grey := color.NRGBA{250, 0, 0, 255}, color.Gray{100}
	paint(t, filepath.Join(dir, "red", "a.png"), 50, 30, red)
	paint(t, filepath.Join(dir, "red", "more", "b.JPG"), 8, 80, red)
	paint(t, filepath.Join(dir, "grey", "c.gif"), 16, 16, grey)
	paint(t, filepath.Join(dir, "grey", "d.jpeg"), 100, 100, grey)
	whole, err := os.ReadFile(filepath.Join(dir, "grey", "d.jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"grey/half.jpg": whole[:len(whole)/2], "red/empty.png": nil, "red/text.png": []byte("no picture"),
		"grey/notes.txt": []byte("not looked at"), "red/.hidden.png": []byte("not looked at"), "top.png": []byte("of no class"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var smallColour = Shape{Channels: 3, Height: 8, Width: 10}

func TestPictureFolder(t *testing.T) {
	dir := folder(t)
	cfg := PictureFolderConfig{Dir: dir, Shape: smallColour, Normalization: Normalization{Mean: []float32{0.5}, Std: []float32{0.25}}}
	if _, err := OpenPictureFolder(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "half.jpg") {
		t.Errorf("a broken file: %v, want an error that names the first", err)
	}
	cfg.SkipBroken = true
	d, err := OpenPictureFolder(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if d.Len() != 4 || !reflect.DeepEqual(d.Classes(), []string{"grey", "red"}) || d.Shape() != smallColour {
		t.Fatalf("%d pictures of %v, %v", d.Len(), d.Classes(), d.Shape())
	}
	var broken []string
	for _, b := range d.Broken() {
		broken = append(broken, filepath.Base(b.Path))
	}
	if !reflect.DeepEqual(broken, []string{"half.jpg", "empty.png", "text.png"}) {
		t.Errorf("broken are %v", broken)
	}
	memory, err := d.InMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[int][3]float32{0: {100, 100, 100}, 1: {250, 0, 0}}
	for i := range d.Len() {
		a, b := make([]float32, 240), make([]float32, 240)
		la, err := d.Read(i, a)
		if err != nil {
			t.Fatal(err)
		}
		lb, err := memory.Read(i, b)
		if err != nil || la != lb {
			t.Fatalf("picture %d: labels %d and %d, %v", i, la, lb, err)
		}
		for k := range a {
			p := want[la][k/80]
			if v := (p/255 - 0.5) / 0.25; max(a[k]-v, v-a[k]) > 0.1 { // JPEG is not exact
				t.Fatalf("picture %d (%s): value %d is %v, want %v", i, d.Files()[i].Path, k, a[k], v)
			}
			if max(a[k]-b[k], b[k]-a[k]) > 1e-6 {
				t.Fatalf("picture %d: value %d is %v from the file, %v in memory", i, k, a[k], b[k])
			}
		}
	}
	if _, err := d.Read(4, make([]float32, 240)); err == nil {
		t.Error("a picture that is not there is no error")
	}
	loader, err := NewLoader(d, LoaderConfig{Batch: 3, Shuffle: true, Workers: 2, Prefetch: 1, Augment: Augment{Pad: 2, Flip: true}})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for b, err := range loader.Epoch(0) {
		if err != nil {
			t.Fatal(err)
		}
		n += b.N
	}
	if n != 4 {
		t.Errorf("%d pictures in an epoch, want 4", n)
	}
	// A file that vanishes later is an error of the loader with its name.
	os.Remove(d.Files()[2].Path)
	var read *ReadError
	failed := false
	for _, err := range loader.Epoch(1) {
		if errors.As(err, &read) && strings.Contains(err.Error(), "b.JPG") || err != nil && strings.Contains(err.Error(), d.Files()[2].Path) {
			failed = true
		}
	}
	if !failed {
		t.Errorf("a vanished file was not reported")
	}
}

func TestTableOfPictures(t *testing.T) {
	dir := folder(t)
	write := func(text string) string {
		path := filepath.Join(dir, "labels.csv")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("id,file,label\n1,red/a.png,10\n2,grey/c.gif,9\n3,red/more/b.JPG,10\n")
	d, err := OpenPictureFolder(t.Context(), PictureFolderConfig{Dir: dir, Table: "labels.csv", Shape: smallColour})
	if err != nil {
		t.Fatal(err)
	}
	if got := []int{d.Files()[0].Label, d.Files()[1].Label, d.Files()[2].Label}; !reflect.DeepEqual(d.Classes(), []string{"9", "10"}) || !reflect.DeepEqual(got, []int{1, 0, 1}) {
		t.Errorf("classes %v, labels %v: numbers want the order of numbers", d.Classes(), got)
	}
	for text, want := range map[string]string{
		"":                                "header",
		"picture,label\n":                 "want file and label",
		"file,label\n":                    "no pictures below",
		"file,label\nred/a.png\n":         "line 2 has no file or no label",
		"file,label\nred/nothing.png,1\n": "nothing.png",
		"file,label\n\"red/a.png,1\n":     "labels.csv",
	} {
		write(text)
		if _, err := OpenPictureFolder(t.Context(), PictureFolderConfig{Dir: dir, Table: "labels.csv", Shape: smallColour}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("table %q: error %v, want one with %q", text, err, want)
		}
	}
}

func TestPictureFoldersThatMakeNoSense(t *testing.T) {
	dir := folder(t)
	good := PictureFolderConfig{Dir: dir, Shape: smallColour, SkipBroken: true}
	for want, change := range map[string]func(*PictureFolderConfig){
		"no such":          func(c *PictureFolderConfig) { c.Dir = filepath.Join(dir, "nothing") },
		"one sub-folder a": func(c *PictureFolderConfig) { c.Dir = filepath.Join(dir, "red", "more") },
		"2 channels":       func(c *PictureFolderConfig) { c.Shape.Channels = 2 },
		"size":             func(c *PictureFolderConfig) { c.Shape.Height = 0 },
		"normalisation":    func(c *PictureFolderConfig) { c.Normalization.Std = []float32{-1} },
		"is none of":       func(c *PictureFolderConfig) { c.Classes = []string{"red", "green"} },
	} {
		cfg := good
		change(&cfg)
		if _, err := OpenPictureFolder(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	only := t.TempDir()
	if err := os.MkdirAll(filepath.Join(only, "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(only, "a", "x.png"), []byte("no"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenPictureFolder(t.Context(), PictureFolderConfig{Dir: only, Shape: smallColour, SkipBroken: true}); err == nil || !strings.Contains(err.Error(), "x.png") {
		t.Errorf("nothing but broken files: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := OpenPictureFolder(done, good); !errors.Is(err, context.Canceled) {
		t.Errorf("a done context: %v", err)
	}
}

// FuzzPictureTable: whatever a table says, it is read or refused, without a
// panic, and what is read has a file and a label.
func FuzzPictureTable(f *testing.F) {
	for _, text := range []string{"file,label\na.png,1\n", "label,file\n\"x\",\"y\"\"z.jpg\"\n", "file,label\n,\n", "file\n", "\xff,label,file\n1,2\n"} {
		f.Add(text)
	}
	path := filepath.Join(f.TempDir(), "labels.csv")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		d := &PictureFolder{cfg: PictureFolderConfig{Dir: "pictures", Table: path}}
		var found []named
		var err error
		took := allocated(func() { found, err = d.readTable() })
		if most := uint64(1<<20 + 128*len(text)); took > most {
			t.Errorf("a table of %d bytes took %d bytes of memory, want at most %d", len(text), took, most)
		}
		if (err == nil) == (len(found) == 0) {
			t.Fatalf("%d rows, %v", len(found), err)
		}
		for _, n := range found {
			if n.path == "" || n.class == "" {
				t.Fatalf("a row without file or label: %+v", n)
			}
		}
	})
}
