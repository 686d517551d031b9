package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/size"
)

// File is the content of a safetensors file.
type File struct {
	Tensors  []Tensor // in the order of their bytes
	Metadata map[string]string
}

// maxHeader is the longest header that the format allows, in bytes.
const maxHeader = 100_000_000

// Tensor returns the tensor of that name.
func (f *File) Tensor(name string) (Tensor, error) {
	for _, t := range f.Tensors {
		if t.Name == name {
			return t, nil
		}
	}
	return Tensor{}, errors.Errorf("no tensor named %q among %d", name, len(f.Tensors))
}

// ReadFile reads a safetensors file.
func ReadFile(path string) (*File, error) {
	content, err := size.ReadFile(path)
	if err != nil {
		return nil, errors.Wrap(err, "weights")
	}
	f, err := Decode(content)
	return f, errors.WithMessage(err, path)
}

// Decode reads the bytes of a safetensors file: eight bytes of header length,
// little-endian, the header in JSON, and the elements. The tensors share memory
// with content. It refuses what the format forbids: gaps and overlaps of the
// tensors' bytes, names given twice, bytes that belong to no tensor, a header
// over 100 MB, unknown types.
func Decode(content []byte) (*File, error) {
	n, err := headerLength(content, len(content))
	if err != nil {
		return nil, err
	}
	f, ends, err := decodeHeader(content[8:8+n], len(content)-8-n)
	if err != nil {
		return nil, err
	}
	data := content[8+n:]
	for i := range f.Tensors {
		t := &f.Tensors[i]
		t.Bytes = data[ends[i][0]:ends[i][1]:ends[i][1]]
		if err := t.check(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// headerLength reads the first eight bytes of a file of that size.
func headerLength(start []byte, size int) (int, error) {
	if size < 8 {
		return 0, errors.Errorf("not a safetensors file: %d bytes, want at least 8", size)
	}
	n := binary.LittleEndian.Uint64(start)
	if n > maxHeader {
		return 0, errors.Errorf("not a safetensors file: announces a header of %d bytes, at most %d are allowed", n, maxHeader)
	}
	if n > uint64(size-8) {
		return 0, errors.Errorf("truncated: header announces %d bytes, %d follow", n, size-8)
	}
	return int(n), nil
}

// entry is a tensor in the header.
type entry struct {
	Dtype   Dtype   `json:"dtype"`
	Shape   []int   `json:"shape"`
	Offsets *[2]int `json:"data_offsets"`
}

// decodeHeader reads the header and holds the offsets to so many bytes of data.
func decodeHeader(header []byte, length int) (*File, [][2]int, error) {
	d := json.NewDecoder(bytes.NewReader(header))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, nil, errors.New("header: want a JSON object")
	}
	f := &File{}
	var ends [][2]int
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, nil, errors.Errorf("header: after %d tensors: want a name", len(f.Tensors))
		}
		if seen[name] {
			return nil, nil, errors.Errorf("header: %q stands twice", name)
		}
		seen[name] = true
		if name == "__metadata__" {
			if err := d.Decode(&f.Metadata); err != nil {
				return nil, nil, errors.Wrap(err, "header: __metadata__")
			}
			continue
		}
		var e entry
		if err := d.Decode(&e); err != nil {
			return nil, nil, errors.Wrapf(err, "header: tensor %q", name)
		}
		if e.Offsets == nil || e.Shape == nil {
			return nil, nil, errors.Errorf("header: tensor %q lacks its shape or data_offsets", name)
		}
		f.Tensors = append(f.Tensors, Tensor{Name: name, Dtype: e.Dtype, Shape: e.Shape})
		ends = append(ends, *e.Offsets)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, errors.Wrap(err, "header")
	}
	if rest := header[d.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return nil, nil, errors.New("header: something follows its end")
	}
	order := make([]int, len(ends))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if ends[a][0] != ends[b][0] {
			return cmp.Compare(ends[a][0], ends[b][0])
		}
		return cmp.Compare(ends[a][1], ends[b][1])
	})
	at := 0
	sorted := &File{Metadata: f.Metadata}
	bounds := make([][2]int, 0, len(ends))
	for _, i := range order {
		e := ends[i]
		if e[0] != at || e[1] < e[0] || e[1] > length {
			return nil, nil, errors.Errorf("tensor %q: bytes %d to %d: want them to start at %d and to end within %d", f.Tensors[i].Name, e[0], e[1], at, length)
		}
		at = e[1]
		sorted.Tensors = append(sorted.Tensors, f.Tensors[i])
		bounds = append(bounds, e)
	}
	if at != length {
		return nil, nil, errors.Errorf("%d bytes of elements, the tensors take %d", length, at)
	}
	return sorted, bounds, nil
}

// WriteFile writes the file whole or not at all (see Encode).
func WriteFile(path string, f *File) error {
	return atomicfile.Stream(path, func(w io.Writer) error { return Encode(w, f) })
}

// Encode writes a safetensors file as the reference implementation does: types of
// large alignment first, then by name; the header padded with spaces to a
// multiple of eight bytes. Metadata is written in the order of its keys, so that
// equal content gives equal bytes.
func Encode(w io.Writer, f *File) error {
	tensors := slices.Clone(f.Tensors)
	slices.SortStableFunc(tensors, func(a, b Tensor) int {
		if a.Dtype != b.Dtype {
			return b.Dtype.rank() - a.Dtype.rank()
		}
		return strings.Compare(a.Name, b.Name)
	})
	header, err := encodeHeader(tensors, f.Metadata)
	if err != nil {
		return err
	}
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(header)))
	for _, b := range [][]byte{length[:], header} {
		if _, err := w.Write(b); err != nil {
			return errors.Wrap(err, "weights")
		}
	}
	for _, t := range tensors {
		if _, err := w.Write(t.Bytes); err != nil {
			return errors.Wrapf(err, "weights: tensor %q", t.Name)
		}
	}
	return nil
}

func encodeHeader(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	field := func(name string, value any) error {
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		for i, v := range []any{name, value} {
			var part bytes.Buffer
			e := json.NewEncoder(&part)
			e.SetEscapeHTML(false)
			if err := e.Encode(v); err != nil {
				return errors.Wrap(err, "weights: header")
			}
			if i == 1 {
				b.WriteByte(':')
			}
			b.Write(bytes.TrimRight(part.Bytes(), "\n"))
		}
		return nil
	}
	if len(metadata) > 0 {
		if err := field("__metadata__", metadata); err != nil {
			return nil, err
		}
	}
	at := 0
	seen := map[string]bool{}
	for _, t := range tensors {
		if err := t.check(); err != nil {
			return nil, errors.WithMessage(err, "weights")
		}
		if t.Name == "__metadata__" || seen[t.Name] {
			return nil, errors.Errorf("weights: tensor %q: the name is taken", t.Name)
		}
		seen[t.Name] = true
		end, err := size.Add(at, len(t.Bytes))
		if err != nil {
			return nil, errors.WithMessage(err, "weights")
		}
		shape := t.Shape
		if shape == nil {
			shape = []int{}
		}
		if err := field(t.Name, entry{t.Dtype, shape, &[2]int{at, end}}); err != nil {
			return nil, err
		}
		at = end
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	if b.Len() > min(maxHeader, math.MaxInt32) {
		return nil, errors.Errorf("weights: header of %d bytes, at most %d are allowed", b.Len(), maxHeader)
	}
	return b.Bytes(), nil
}
