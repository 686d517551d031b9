package mat

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// dataElement is one with its padding.
func dataElement(kind uint32, body []byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, kind)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(body)))
	out = append(out, body...)
	for len(out)%8 > 0 && kind != miCOMPRESSED {
		out = append(out, 0)
	}
	return out
}

// array is an element with the bytes, stored as the numbers of a kind.
func array(name string, class byte, kind uint32, dims []int32, data []byte) []byte {
	body := dataElement(miUINT32, []byte{class, 0, 0, 0, 0, 0, 0, 0})
	var sizes []byte
	for _, d := range dims {
		sizes = binary.LittleEndian.AppendUint32(sizes, uint32(d))
	}
	body = append(body, dataElement(miINT32, sizes)...)
	if len(name) <= 4 { // in the tag itself, as MATLAB does
		body = binary.LittleEndian.AppendUint32(body, uint32(len(name))<<16|miINT8)
		body = append(body, append([]byte(name), make([]byte, 4-len(name))...)...)
	} else {
		body = append(body, dataElement(miINT8, []byte(name))...)
	}
	if kind == miDOUBLE {
		var wide []byte
		for _, b := range data {
			wide = binary.LittleEndian.AppendUint64(wide, math.Float64bits(float64(b)))
		}
		data = wide
	}
	return dataElement(miMATRIX, append(body, dataElement(kind, data)...))
}

func squeeze(t testing.TB, element []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(element); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return dataElement(miCOMPRESSED, b.Bytes())
}

func file(elements ...[]byte) []byte {
	head := append(bytes.Repeat([]byte{' '}, 124), 0, 1, 'I', 'M')
	return append(head, bytes.Join(elements, nil)...)
}

var (
	data   = []byte{1, 2, 3, 4, 5, 6}
	bounds = map[string][]Bound{"X": {{2, 2}, {1, 5}}, "y": {{1, 10}, {1, 1}}}
)

func TestRead(t *testing.T) {
	x, y := array("X", mxUINT8, miUINT8, []int32{2, 3}, data), array("y", mxDOUBLE, miDOUBLE, []int32{3, 1}, data[:3])
	small := array("y", mxUINT8, miUINT8, []int32{3, 1}, nil)
	small = append(small[:len(small)-8], 2, 0, 3, 0, 1, 2, 3, 0) // three numbers in their tag
	other := array("something", 4, 4, []int32{9, 9, 9, 9}, []byte{1})
	for name, f := range map[string][]byte{
		"plain":      file(x, y),
		"compressed": file(squeeze(t, x), squeeze(t, y)),
		"others":     file(squeeze(t, other), y, other, dataElement(miUINT8, data), x),
		"small":      file(small, x),
	} {
		got, err := Read("f", bytes.NewReader(f), bounds)
		want := map[string]*Array{"X": {[]int{2, 3}, data}, "y": {[]int{3, 1}, data[:3]}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	x, y := array("X", mxUINT8, miUINT8, []int32{2, 3}, data), array("y", mxUINT8, miUINT8, []int32{1, 1}, data[:1])
	change := func(b []byte, at int, to ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[at:], to)
		return b
	}
	half := array("X", mxDOUBLE, miDOUBLE, []int32{2, 3}, data)
	copy(half[len(half)-8:], binary.LittleEndian.AppendUint64(nil, math.Float64bits(1.5)))
	spoilt := squeeze(t, x)
	spoilt[len(spoilt)-1] ^= 1
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":              {nil, "header of the MAT-file: truncated: found 0 bytes, want 128"},
		"version 7.3":        {change(file(x, y), 124, 0, 2), "version 0x0200"},
		"big-endian":         {change(file(x, y), 126, 'M', 'I'), `"MI"`},
		"one array missing":  {file(x), `holds no array "y"`},
		"twice":              {file(x, x, y), `a second array "X"`},
		"too large":          {file(array("X", mxUINT8, miUINT8, []int32{2, 6}, make([]byte, 12)), y), `array "X": dimension 1 is 6, want 1 to 5`},
		"negative":           {file(array("X", mxUINT8, miUINT8, []int32{2, -1}, data), y), "dimension 1 is -1"},
		"dimensions":         {file(array("X", mxUINT8, miUINT8, []int32{2, 3, 1}, data), y), "has 3 dimensions, want 2"},
		"too few numbers":    {file(array("X", mxUINT8, miUINT8, []int32{2, 3}, data[:5]), y), "announces 5 bytes for dimensions [2 3]"},
		"class":              {file(array("X", 4, miUINT8, []int32{2, 3}, data), y), "is of class 4"},
		"type":               {file(array("X", mxUINT8, 3, []int32{2, 3}, data), y), "numbers of type 3"},
		"no whole number":    {file(half, y), "number 5 is 1.5"},
		"cut":                {file(x, y)[:len(file(x, y))-5], "padding"},
		"cut in the numbers": {file(y, x)[:len(file(x, y))-10], "truncated"},
		"cut in a tag":       {append(file(x, y), 1, 2), "tag has 2 bytes"},
		"cut behind":         {append(file(x, y), 9, 0, 0, 0, 8, 0, 0, 0, 1), "announces 8 bytes, 7 of them are missing"},
		"checksum":           {file(spoilt, y), "checksum"},
		"goes on":            {file(squeeze(t, append(bytes.Clone(x), 0)), y), "goes on behind it"},
		"not an array":       {file(squeeze(t, dataElement(miUINT8, data))), "compressed element of type 2"},
		"no zlib":            {file(dataElement(miCOMPRESSED, data)), "compressed array"},
	} {
		_, err := Read("f", bytes.NewReader(c.file), bounds)
		if err == nil || !strings.HasPrefix(err.Error(), "f: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that names the file and says %q", name, err, c.want)
		}
	}
}

// FuzzRead: no bytes make the reader panic or take memory out of proportion, and what it accepts
// is within the bounds.
func FuzzRead(f *testing.F) {
	x, y := array("X", mxUINT8, miUINT8, []int32{2, 3}, data), array("y", mxDOUBLE, miDOUBLE, []int32{3, 1}, data[:3])
	f.Add(file(x, y))
	f.Add(file(squeeze(f, x), squeeze(f, y)))
	f.Add(file(squeeze(f, array("X", mxUINT8, miUINT8, []int32{2, 50_000}, make([]byte, 100_000))), y))
	f.Add(file(dataElement(miUINT8, data), x))
	f.Add(file(x, y)[:200])
	want := map[string][]Bound{"X": {{2, 2}, {1, 100_000}}, "y": {{1, 100_000}, {1, 1}}}
	f.Fuzz(func(t *testing.T, file []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := Read("f", bytes.NewReader(file), want)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20+1024*uint64(len(file)) {
			t.Errorf("a file of %d bytes took %d bytes of memory", len(file), took)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f: ") {
				t.Errorf("error %q doesn't name the file", err)
			}
			return
		}
		for name, bounds := range want {
			n := 1
			for i, b := range bounds {
				d := got[name].Dims[i]
				if d < b.Min || d > b.Max {
					t.Fatalf("%s: dimensions %v", name, got[name].Dims)
				}
				n *= d
			}
			if len(got[name].Data) != n {
				t.Fatalf("%s: %d numbers for %v", name, len(got[name].Data), got[name].Dims)
			}
		}
	})
}
