package pictures

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"runtime"
	"strings"
	"testing"
)

// FuzzDecode: no bytes make a decoder panic or take memory out of proportion to
// what they can hold, and what is read has pixels.
func FuzzDecode(f *testing.F) {
	file := encodeJPEG(f, corner(16, 16))
	f.Add(file)
	f.Add(withOrientation(file, binary.LittleEndian, "II*\x00", 6))
	f.Add(withOrientation(file, binary.BigEndian, "MM\x00*", 8))
	var p, g bytes.Buffer
	if err := png.Encode(&p, corner(4, 4)); err != nil {
		f.Fatal(err)
	}
	if err := gif.Encode(&g, corner(4, 4), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(p.Bytes())
	f.Add(g.Bytes())
	f.Add(onePixelWebP)
	f.Fuzz(func(t *testing.T, content []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		img, err := Decode(content)
		runtime.ReadMemStats(&after)
		// One bit of a PNG may be a pixel of four bytes, and deflate makes a
		// thousand bytes of one; a lossless WebP of a million pixels may be tiny.
		if took, most := after.TotalAlloc-before.TotalAlloc, uint64(24<<20+40_000*len(content)); took > most {
			t.Errorf("a file of %d bytes took %d bytes of memory, want at most %d", len(content), took, most)
		}
		if err == nil && img.Bounds().Empty() {
			t.Fatal("a picture without pixels")
		}
	})
}

// A small file that announces a large picture is refused before memory is taken.
func TestPicturesThatTheirBytesCannotHold(t *testing.T) {
	encoded := func(encode func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	pngFile := encoded(func(b *bytes.Buffer) error { return png.Encode(b, corner(4, 4)) })
	binary.BigEndian.PutUint32(pngFile[16:], 10_000)
	binary.BigEndian.PutUint32(pngFile[20:], 10_000)
	pngFile[24], pngFile[25] = 16, 6 // eight bytes a pixel
	binary.BigEndian.PutUint32(pngFile[29:], crc32.ChecksumIEEE(pngFile[12:29]))
	gifFile := encoded(func(b *bytes.Buffer) error { return gif.Encode(b, corner(4, 4), nil) })
	binary.LittleEndian.PutUint16(gifFile[6:], 10_000)
	binary.LittleEndian.PutUint16(gifFile[8:], 10_000)
	jpegFile := encodeJPEG(t, corner(16, 16))
	i := bytes.Index(jpegFile, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(jpegFile[i+5:], 10_000)
	binary.BigEndian.PutUint16(jpegFile[i+7:], 10_000)
	webpFile := bytes.Clone(onePixelWebP) // of one colour, which takes no bits
	binary.LittleEndian.PutUint32(webpFile[21:], 9_999|9_999<<14|1<<28)
	for format, content := range map[string][]byte{"png": pngFile, "gif": gifFile, "jpeg": jpegFile, "webp": webpFile} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(content)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), format) || !strings.Contains(err.Error(), "cannot hold") {
			t.Errorf("%s: error %v", format, err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
			t.Errorf("%s: %d bytes took %d bytes of memory", format, len(content), took)
		}
	}
	// What is of one colour throughout is small, and read.
	white := image.NewPaletted(image.Rect(0, 0, 4000, 3000), color.Palette{color.White, color.Black})
	for format, encode := range map[string]func(*bytes.Buffer) error{
		"png": func(b *bytes.Buffer) error {
			return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(b, white)
		},
		"gif": func(b *bytes.Buffer) error { return gif.Encode(b, white, nil) },
	} {
		if img, err := Decode(encoded(encode)); err != nil || img.Bounds().Dx() != 4000 {
			t.Errorf("%s of one colour: %v", format, err)
		}
	}
	if _, err := Decode(encodeJPEG(t, white)); err != nil {
		t.Errorf("jpeg of one colour: %v", err)
	}
}
