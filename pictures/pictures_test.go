package pictures

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// corner is a picture of w x h, black but for its upper left quarter, which is
// white.
func corner(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h / 2 {
		for x := range w / 2 {
			img.SetGray(x, y, color.Gray{255})
		}
	}
	return img
}

func encodeJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withOrientation puts an EXIF segment behind a JPEG's first marker.
func withOrientation(file []byte, order binary.AppendByteOrder, mark string, value uint16) []byte {
	tiff := []byte(mark)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, e := range [][2]uint16{{0x010f, 7}, {0x0112, value}} {
		tiff = order.AppendUint16(tiff, e[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, e[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, file[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), file[2:]...)
}

// Where the white quarter of an upright picture lies after each orientation is
// undone, as the standard draws it.
func TestPicturesAreTurnedUpright(t *testing.T) {
	type place struct{ right, bottom bool }
	want := map[uint16]place{1: {}, 2: {right: true}, 3: {true, true}, 4: {bottom: true}, 5: {}, 6: {right: true}, 7: {true, true}, 8: {bottom: true}}
	file := encodeJPEG(t, corner(32, 16))
	for value, where := range want {
		for mark, order := range map[string]binary.AppendByteOrder{"II*\x00": binary.LittleEndian, "MM\x00*": binary.BigEndian} {
			img, err := Decode(withOrientation(file, order, mark, value))
			if err != nil {
				t.Fatal(err)
			}
			b := img.Bounds()
			if w, h := b.Dx(), b.Dy(); value < 5 && (w != 32 || h != 16) || value >= 5 && (w != 16 || h != 32) {
				t.Errorf("orientation %d: %dx%d", value, w, h)
			}
			for _, right := range []bool{false, true} {
				for _, bottom := range []bool{false, true} {
					x, y := b.Dx()/4, b.Dy()/4
					if right {
						x = 3 * b.Dx() / 4
					}
					if bottom {
						y = 3 * b.Dy() / 4
					}
					r, _, _, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
					if white := r > 0x8000; white != (where == place{right, bottom}) {
						t.Errorf("orientation %d (%s): right %v, bottom %v: white is %v", value, mark[:2], right, bottom, white)
					}
				}
			}
		}
	}
	for _, value := range []uint16{0, 9, 60000} {
		if img, err := Decode(withOrientation(file, binary.BigEndian, "MM\x00*", value)); err != nil || img.Bounds().Dx() != 32 {
			t.Errorf("orientation %d: %v", value, err)
		}
	}
}

func TestFormatsGiveTheSamePixels(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 4, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(37 * i)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	want := make([]uint8, 3*8)
	if err := Planes(img, 3, want); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		if want[i] != img.Pix[4*i] || want[8+i] != img.Pix[4*i+1] || want[16+i] != img.Pix[4*i+2] {
			t.Fatalf("pixel %d is %d %d %d", i, want[i], want[8+i], want[16+i])
		}
	}
	var p, g bytes.Buffer
	if err := png.Encode(&p, img); err != nil {
		t.Fatal(err)
	}
	pal := image.NewPaletted(img.Bounds(), nil)
	for i := range 8 {
		pal.Palette = append(pal.Palette, img.NRGBAAt(i%4, i/4))
		pal.Pix[i] = uint8(i)
	}
	if err := gif.Encode(&g, pal, nil); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"png": p.Bytes(), "gif": g.Bytes()} {
		path := filepath.Join(t.TempDir(), "picture.dat") // the content counts, not the name
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		planes := make([]uint8, 3*8)
		if err := Planes(got, 3, planes); err != nil || !reflect.DeepEqual(planes, want) {
			t.Errorf("%s: %v, %v, want %v", name, planes, err, want)
		}
	}
	// The grey of a colour, and a premultiplied picture.
	one := image.NewRGBA(image.Rect(5, 5, 6, 6))
	one.Set(5, 5, color.NRGBA{200, 100, 50, 128})
	grey, colour := make([]uint8, 1), make([]uint8, 3)
	if err := Planes(one, 1, grey); err != nil || grey[0] < 123 || grey[0] > 125 {
		t.Errorf("grey is %v, %v, want 0.299*200 + 0.587*100 + 0.114*50 = 124", grey, err)
	}
	if err := Planes(one, 3, colour); err != nil || colour[0] < 198 || colour[2] > 51 {
		t.Errorf("half transparent colour is %v, %v, want 200 100 50", colour, err)
	}
}

// onePixelWebP is the smallest lossless WebP there is.
var onePixelWebP = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

func TestWebP(t *testing.T) {
	img, err := Decode(onePixelWebP)
	if err != nil || img.Bounds().Dx() != 1 || img.Bounds().Dy() != 1 {
		t.Errorf("%v, %v, want one pixel", img, err)
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	whole := encodeJPEG(t, corner(64, 64))
	var p bytes.Buffer
	if err := png.Encode(&p, corner(8, 8)); err != nil {
		t.Fatal(err)
	}
	huge := bytes.Clone(p.Bytes())
	binary.BigEndian.PutUint32(huge[16:], 1<<30) // its width; the checksum is wrong, too
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"nothing":   {nil, "neither JPEG"},
		"a text":    {[]byte("this is no picture at all"), "neither JPEG"},
		"half":      {whole[:len(whole)/2], "unexpected EOF"},
		"a header":  {whole[:20], ""},
		"too large": {huge, ""},
	} {
		if _, err := Decode(c.content); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "broken.jpg")
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "broken.jpg") {
		t.Errorf("error %v, want one that names the file", err)
	}
	if _, err := Open(path + ".no"); err == nil {
		t.Error("a file that is not there is no error")
	}
	if !Known("a/B.JPG") || Known("notes.txt") {
		t.Error("endings are not told apart")
	}
}

func TestFitCutsTheMiddle(t *testing.T) {
	for _, c := range [][4]int{{500, 375, 224, 224}, {375, 500, 224, 224}, {10, 1000, 32, 32}, {28, 28, 32, 32}, {33, 31, 7, 9}, {3, 1, 1, 3}} {
		img, err := Fit(corner(c[0], c[1]), c[2], c[3])
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != c[2] || b.Dy() != c[3] {
			t.Errorf("%v: got %dx%d", c, b.Dx(), b.Dy())
		}
	}
	for _, size := range [][2]int{{0, 5}, {5, -1}, {math.MaxInt / 4, math.MaxInt / 4}} {
		if _, err := Fit(corner(8, 8), size[0], size[1]); err == nil {
			t.Errorf("fit to %v is no error", size)
		}
		if _, err := Resize(corner(8, 8), size[0], size[1]); err == nil {
			t.Errorf("resize to %v is no error", size)
		}
	}
	if _, err := Crop(corner(8, 8), 4, 4, 5, 1); err == nil {
		t.Error("a window that runs off the picture is no error")
	}
	if err := Planes(corner(2, 2), 2, make([]uint8, 8)); err == nil {
		t.Error("two channels are no error")
	}
	if err := Planes(corner(2, 2), 1, make([]uint8, 3)); err == nil {
		t.Error("too little room is no error")
	}
}
