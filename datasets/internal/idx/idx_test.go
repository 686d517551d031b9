package idx

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func encode(t interface{ Fatal(...any) }, a *Array) []byte {
	var b bytes.Buffer
	if err := Write(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zip(t interface{ Fatal(...any) }, b []byte) []byte {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return z.Bytes()
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &Array{Dims: rapid.SliceOfN(rapid.IntRange(1, 9), 1, 4).Draw(t, "dims")}
		n := 1
		for _, d := range a.Dims {
			n *= d
		}
		a.Data = rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "data")
		raw := encode(t, a)
		for _, file := range [][]byte{raw, zip(t, raw)} {
			got, err := Read("x", bytes.NewReader(file), Exactly(a.Dims...)...)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Dims, a.Dims) || !bytes.Equal(got.Data, a.Data) {
				t.Fatalf("got %v %v, want %v %v", got.Dims, got.Data, a.Dims, a.Data)
			}
		}
	})
}

func TestPublishedHeader(t *testing.T) {
	got := encode(t, &Array{Dims: []int{1, 2, 3}, Data: make([]byte, 6)})
	want := []byte{0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0}
	if !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}

func TestRefuses(t *testing.T) {
	good := encode(t, &Array{Dims: []int{2, 3}, Data: []byte{1, 2, 3, 4, 5, 6}})
	change := func(at int, v byte) []byte {
		b := slices.Clone(good)
		b[at] = v
		return b
	}
	zipped := zip(t, good)
	badSum := slices.Clone(zipped)
	badSum[len(badSum)-8] ^= 1
	cases := []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "file ends after 0 bytes"},
		{"half a header", good[:7], "file ends after 7 bytes, the IDX header alone has 12"},
		{"truncated", good[:len(good)-2], "truncated: header announces [2 3] = 6 bytes, the file can hold 4"},
		{"one byte more", append(slices.Clone(good), 7), "trailing bytes"},
		{"element type", change(2, 0x0d), "magic number is 3330"},
		{"dimensions", change(3, 3), "magic number is 2051"},
		{"zero dimension", change(7, 0), "dimension 0 of the IDX header is 0"},
		{"absurd size", append(slices.Clone(good[:4]), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "dimension 0 of the IDX header is 4294967295, want at most 300"},
		{"large size, nothing behind", append(slices.Clone(good[:4]), 0, 0, 1, 0, 0, 0, 0, 0xff), "truncated"},
		{"zipped, nothing behind", zip(t, good[:12]), "truncated: header announces [2 3] = 6 bytes, found 0"},
		{"zipped, more than expected", zip(t, append(slices.Clone(good[:4]), 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff)), "dimension 0 of the IDX header is 65535, want at most 300"},
		{"zipped, more than it can hold", zip(t, append(slices.Clone(good[:4]), 0, 0, 1, 0, 0, 1, 0, 0)), "truncated: header announces [256 65536] = 16777216 bytes, the file can hold"},
		{"gzip cut short", zipped[:len(zipped)-10], "truncated"},
		{"gzip checksum", badSum, "checksum"},
		{"gzip header", []byte{0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, "gzip header"},
		{"zipped, too long", zip(t, append(slices.Clone(good), 1)), "trailing bytes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, err := Read("the-file", bytes.NewReader(c.file), AtMost(300), AtMost(1<<16))
			if err == nil {
				t.Fatalf("accepted: %v", a)
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "the-file: ") {
				t.Errorf("error is %q, want it to name the file and say %q", err, c.want)
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, a := range []*Array{{}, {Dims: []int{2}, Data: []byte{1}}, {Dims: []int{0}}, {Dims: []int{-1}}} {
		if err := Write(&bytes.Buffer{}, a); err == nil {
			t.Errorf("wrote %v", a)
		}
	}
}
