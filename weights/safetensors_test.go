package weights

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// encode makes a file out of a header and elements.
func encode(header, data string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func TestFileKeepsTensors(t *testing.T) {
	f := &File{
		Tensors: []Tensor{
			FromFloat32s("b", []int{2, 2}, []float32{1, -2.5, float32(math.Inf(1)), 0}),
			FromFloat64s("a", []int{3}, []float64{1e300, -0.1, 7}),
			{Name: "c", Dtype: Uint8, Shape: []int{}, Bytes: []byte{9}},
			{Name: "empty", Dtype: Float32, Shape: []int{0, 4}},
		},
		Metadata: map[string]string{"z": "1 < 2", "format": "pt"},
	}
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := WriteFile(path, f); err != nil {
		t.Fatal(err)
	}
	got, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Metadata, f.Metadata) {
		t.Errorf("metadata is %v, want %v", got.Metadata, f.Metadata)
	}
	// Large alignment first, then by name.
	for i, name := range []string{"a", "b", "empty", "c"} {
		if got.Tensors[i].Name != name {
			t.Errorf("tensor %d is %q, want %q", i, got.Tensors[i].Name, name)
		}
	}
	for _, want := range f.Tensors {
		x, err := got.Tensor(want.Name)
		if err != nil {
			t.Fatal(err)
		}
		if x.Dtype != want.Dtype || !reflect.DeepEqual(x.Shape, want.Shape) || !bytes.Equal(x.Bytes, want.Bytes) {
			t.Errorf("%s: got %v, want %v", want.Name, x, want)
		}
	}
	if _, err := got.Tensor("d"); err == nil || !strings.Contains(err.Error(), `"d"`) {
		t.Errorf("a name that is not there: %v", err)
	}
}

// The bytes that Python's safetensors 0.8.0 writes for
// {"w": float32 [[1, 2], [3, 4]], "n": int64 5} with metadata {"k": "v"}.
func TestBytesAreTheReferenceImplementations(t *testing.T) {
	f := &File{
		Tensors: []Tensor{
			FromFloat32s("w", []int{2, 2}, []float32{1, 2, 3, 4}),
			{Name: "n", Dtype: Int64, Shape: []int{}, Bytes: []byte{5, 0, 0, 0, 0, 0, 0, 0}},
		},
		Metadata: map[string]string{"k": "v"},
	}
	header := `{"__metadata__":{"k":"v"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]}}`
	header += strings.Repeat(" ", (8-len(header)%8)%8)
	want := encode(header, "\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40")
	var got bytes.Buffer
	if err := Encode(&got, f); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got  %q\nwant %q", got.Bytes(), want)
	}
}

func TestWhatTheFormatForbidsIsRefused(t *testing.T) {
	one := `"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"nothing":             {nil, "want at least 8"},
		"huge header":         {binary.LittleEndian.AppendUint64(nil, 1<<40), "announces a header of 1099511627776"},
		"truncated header":    {encode(`{}`, "")[:9], "header announces 2 bytes, 1 follow"},
		"no JSON":             {encode(`hello`, ""), "JSON object"},
		"an array":            {encode(`[]`, ""), "JSON object"},
		"cut JSON":            {encode(`{`+one, "1234"), "header"},
		"two names":           {encode(`{`+one+`,`+one+`}`, "12341234"), "stands twice"},
		"unknown type":        {encode(`{"a":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}}`, "1234"), `unknown type "F7"`},
		"no offsets":          {encode(`{"a":{"dtype":"F32","shape":[1]}}`, "1234"), "lacks"},
		"shape too large":     {encode(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, "1234"), "takes 8 bytes, has 4"},
		"overflowing shape":   {encode(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}`, "1234"), "count"},
		"negative shape":      {encode(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "1234"), "negative"},
		"gap":                 {encode(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "12341234"), "start at 0"},
		"overlap":             {encode(`{`+one+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, "123412"), "start at 4"},
		"backwards":           {encode(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}}`, "1234"), "bytes 0 to -4"},
		"beyond the end":      {encode(`{`+one+`}`, "123"), "within 3"},
		"bytes of nobody":     {encode(`{`+one+`}`, "12345"), "the tensors take 4"},
		"text after the end":  {encode(`{`+one+`} x`, "1234"), "something follows"},
		"metadata not a text": {encode(`{"__metadata__":{"a":1}}`, ""), "__metadata__"},
	} {
		if _, err := Decode(c.content); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	for _, f := range []*File{
		{Tensors: []Tensor{{Name: "a", Dtype: Float32, Shape: []int{2}, Bytes: make([]byte, 4)}}},
		{Tensors: []Tensor{{Name: "__metadata__", Dtype: Uint8, Shape: []int{0}}}},
		{Tensors: []Tensor{{Name: "a", Dtype: Uint8, Shape: []int{0}}, {Name: "a", Dtype: Uint8, Shape: []int{0}}}},
	} {
		path := filepath.Join(t.TempDir(), "x")
		if err := WriteFile(path, f); err == nil {
			t.Errorf("%v was written", f.Tensors)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%v left a file", f.Tensors)
		}
	}
}

func TestElementsOfEveryType(t *testing.T) {
	for dtype, c := range map[Dtype]struct {
		bytes string
		want  []float64
	}{
		Float16:  {"\x00\x3c\x00\xc0\x01\x00\x00\x7c\xff\x7b", []float64{1, -2, math.Ldexp(1, -24), math.Inf(1), 65504}},
		BFloat16: {"\x80\x3f\x40\xc0", []float64{1, -3}},
		Int8:     {"\xff\x7f", []float64{-1, 127}},
		Uint8:    {"\xff", []float64{255}},
		Int16:    {"\xfe\xff", []float64{-2}},
		Uint16:   {"\xfe\xff", []float64{65534}},
		Int32:    {"\xff\xff\xff\xff", []float64{-1}},
		Uint32:   {"\xff\xff\xff\xff", []float64{math.MaxUint32}},
		Int64:    {"\xff\xff\xff\xff\xff\xff\xff\xff", []float64{-1}},
		Uint64:   {"\x01\x00\x00\x00\x00\x00\x00\x00", []float64{1}},
		Float64:  {"\x00\x00\x00\x00\x00\x00\xf0\x3f", []float64{1}},
		Float32:  {"\x00\x00\x80\x3f", []float64{1}},
	} {
		x := Tensor{"x", dtype, []int{len(c.want)}, []byte(c.bytes)}
		got, err := x.Float64s()
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", dtype, got, err, c.want)
		}
		single, err := x.Float32s()
		for i, v := range c.want {
			if err != nil || single[i] != float32(v) {
				t.Errorf("%s as float32: %v, %v, want %v", dtype, single, err, c.want)
			}
		}
	}
	if _, err := (Tensor{"x", Bool, []int{1}, []byte{1}}).Float32s(); err == nil {
		t.Error("truth values were read as numbers")
	}
}

func TestAnyFileComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &File{Metadata: rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "metadata")}
		names := rapid.SliceOfDistinct(rapid.StringN(0, 8, 20), func(s string) string { return s }).Draw(t, "names")
		for _, name := range names {
			kind := dtypes[rapid.IntRange(0, len(dtypes)-1).Draw(t, "type")]
			shape := rapid.SliceOfN(rapid.IntRange(0, 4), 0, 3).Draw(t, "shape")
			n := kind.width
			for _, d := range shape {
				n *= d
			}
			f.Tensors = append(f.Tensors, Tensor{name, kind.name, shape, rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "bytes")})
		}
		var first, second bytes.Buffer
		if err := Encode(&first, f); err != nil {
			t.Fatal(err)
		}
		got, err := Decode(first.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Tensors) != len(f.Tensors) {
			t.Fatalf("%d tensors, want %d", len(got.Tensors), len(f.Tensors))
		}
		if err := Encode(&second, got); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatalf("written again it differs: %v", err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"))
	f.Add(encode(`{"__metadata__":{"a":"b"},"x":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}`, "12345"))
	f.Add(encode(`{"a":{"dtype":"F64","shape":[1099511627776],"data_offsets":[0,8796093022208]}}`, ""))
	f.Add(encode(`{}`, ""))
	f.Fuzz(func(t *testing.T, content []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		file, err := Decode(content)
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<16+200*len(content)); got > most {
			t.Fatalf("%d bytes allocated for a file of %d", got, len(content))
		}
		if err != nil {
			return
		}
		for _, x := range file.Tensors {
			if x.Dtype != Bool {
				if _, err := x.Float32s(); err != nil {
					t.Fatal(err)
				}
			}
		}
		var again bytes.Buffer
		if err := Encode(&again, file); err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(again.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
}

// A device has no end: it is refused, not read.
func TestDevicesAreNoWeights(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is no /dev/zero here")
	}
	if _, err := ReadFile("/dev/zero"); err == nil || !strings.Contains(err.Error(), "/dev/zero: want a file") {
		t.Errorf("error %v", err)
	}
}
