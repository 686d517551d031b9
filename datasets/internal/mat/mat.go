// Package mat reads arrays of bytes from MATLAB's MAT-files of version 5, in which SVHN is
// published.
//
// MathWorks, MAT-File Format, chapter 1, "Version 5 MAT-File Format".
package mat

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/internal/size"
)

// Types of data elements and classes of arrays, by the format's numbers.
const (
	miINT8       = 1
	miUINT8      = 2
	miINT32      = 5
	miUINT32     = 6
	miDOUBLE     = 9
	miMATRIX     = 14
	miCOMPRESSED = 15

	mxDOUBLE = 6
	mxUINT8  = 9
)

const (
	headerBytes = 128
	maxDims     = 8    // of an array; the format has no bound
	maxName     = 63   // MATLAB's own bound
	maxElements = 1000 // in a file
)

// Array is an array of whole numbers from 0 to 255.
type Array struct {
	Dims []int  // as MATLAB has them
	Data []byte // the first dimension runs fastest
}

// Bound is what the reader of a file expects of one dimension: Min to Max.
type Bound struct{ Min, Max int }

// Read returns the arrays of the wanted names from a file of so many bytes; want holds the bounds
// of each one's dimensions. Arrays of other names are passed over. name appears in errors.
//
// The file is little-endian; each array is compressed or not, of class uint8 or double and stored
// as bytes or doubles that are whole numbers from 0 to 255. What a header announces is refused
// unread where it is more than expected, and memory is taken as bytes arrive.
func Read(name string, r io.Reader, want map[string][]Bound) (map[string]*Array, error) {
	out := map[string]*Array{}
	err := readFile(r, want, out)
	if err != nil {
		return nil, errors.WithMessage(err, name)
	}
	for _, n := range sortedNames(want) {
		if out[n] == nil {
			return nil, errors.Errorf("%s: holds no array %q", name, n)
		}
	}
	return out, nil
}

func sortedNames(want map[string][]Bound) []string {
	var names []string
	for n := range want {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func readFile(r io.Reader, want map[string][]Bound, out map[string]*Array) error {
	header := make([]byte, headerBytes)
	if err := readFull(r, header); err != nil {
		return errors.WithMessage(err, "header of the MAT-file")
	}
	if version, end := binary.LittleEndian.Uint16(header[124:]), string(header[126:]); version != 0x0100 || end != "IM" {
		return errors.Errorf("header of the MAT-file ends with version %#04x and %q, want version 0x0100 and \"IM\" (5, little-endian)", version, end)
	}
	for k := 0; ; k++ {
		var tag [8]byte
		switch n, err := io.ReadFull(r, tag[:]); {
		case err == io.EOF:
			return nil
		case err != nil:
			return errors.Wrapf(err, "element %d: tag has %d bytes, want 8", k, n)
		case k >= maxElements:
			return errors.Errorf("more than %d elements", maxElements)
		}
		kind, n := binary.LittleEndian.Uint32(tag[:]), binary.LittleEndian.Uint32(tag[4:])
		body := &io.LimitedReader{R: r, N: int64(n)}
		if err := element(kind, body, want, out); err != nil {
			return errors.WithMessagef(err, "element %d", k)
		}
		// The rest: what was passed over, and what stands behind a compressed array.
		if _, err := io.Copy(io.Discard, body); err != nil {
			return errors.Wrapf(err, "element %d", k)
		}
		if body.N > 0 {
			return errors.Errorf("element %d: truncated: announces %d bytes, %d of them are missing", k, n, body.N)
		}
		if kind != miCOMPRESSED { // that alone has no padding behind it
			if _, err := io.CopyN(io.Discard, r, int64(-n&7)); err != nil {
				return errors.Wrapf(err, "element %d: padding", k)
			}
		}
	}
}

// element reads one array of the file, if it is wanted.
func element(kind uint32, body *io.LimitedReader, want map[string][]Bound, out map[string]*Array) error {
	switch kind {
	case miMATRIX:
		return matrix(body, want, out)
	case miCOMPRESSED:
		z, err := zlib.NewReader(body)
		if err != nil {
			return errors.Wrap(err, "compressed array")
		}
		var tag [8]byte
		if err := readFull(z, tag[:]); err != nil {
			return errors.WithMessage(err, "compressed array: tag")
		}
		if k := binary.LittleEndian.Uint32(tag[:]); k != miMATRIX {
			return errors.Errorf("compressed element of type %d, want %d: an array", k, miMATRIX)
		}
		inner := &io.LimitedReader{R: z, N: int64(binary.LittleEndian.Uint32(tag[4:]))}
		before := len(out)
		if err := matrix(inner, want, out); err != nil {
			return err
		}
		if len(out) == before {
			return nil // not wanted: not expanded either
		}
		// The end of the stream is where its checksum is compared.
		var more [1]byte
		switch _, err := io.ReadFull(z, more[:]); {
		case err == nil:
			return errors.New("compressed array: the stream goes on behind it")
		case err != io.EOF:
			return errors.Wrap(err, "compressed array: behind its last byte")
		}
		return nil
	}
	return nil // something else than an array
}

// matrix reads flags, dimensions, name and, if the name is wanted, the numbers.
func matrix(r *io.LimitedReader, want map[string][]Bound, out map[string]*Array) error {
	flags, err := part(r, "flags", miUINT32, 8)
	if err != nil {
		return err
	}
	sizes, err := part(r, "dimensions", miINT32, 4*maxDims)
	if err != nil {
		return err
	}
	text, err := part(r, "name", miINT8, maxName)
	if err != nil {
		return err
	}
	name := string(text)
	bounds, wanted := want[name]
	if !wanted {
		return nil
	}
	if out[name] != nil {
		return errors.Errorf("a second array %q", name)
	}
	a, err := numbers(r, flags, sizes, bounds)
	if err != nil {
		return errors.WithMessagef(err, "array %q", name)
	}
	out[name] = a
	return nil
}

// numbers reads the numbers of an array.
func numbers(r *io.LimitedReader, flags, sizes []byte, bounds []Bound) (*Array, error) {
	if len(flags) != 8 {
		return nil, errors.Errorf("%d bytes of flags, want 8", len(flags))
	}
	if class := flags[0]; class != mxUINT8 && class != mxDOUBLE {
		return nil, errors.Errorf("is of class %d, want %d (uint8) or %d (double)", class, mxUINT8, mxDOUBLE)
	}
	if flags[1]&8 != 0 {
		return nil, errors.New("holds complex numbers")
	}
	if len(sizes) != 4*len(bounds) {
		return nil, errors.Errorf("has %d dimensions, want %d", len(sizes)/4, len(bounds))
	}
	a := &Array{Dims: make([]int, len(bounds))}
	for i, b := range bounds {
		d := int32(binary.LittleEndian.Uint32(sizes[4*i:]))
		if int64(d) < int64(b.Min) || int64(d) > int64(b.Max) {
			return nil, errors.Errorf("dimension %d is %d, want %d to %d", i, d, b.Min, b.Max)
		}
		a.Dims[i] = int(d)
	}
	total, err := size.Product(a.Dims...)
	if err != nil {
		return nil, err
	}
	kind, n, small, err := tag(r)
	if err != nil {
		return nil, errors.WithMessage(err, "numbers")
	}
	width := 1
	switch kind {
	case miUINT8:
	case miDOUBLE:
		width = 8
	default:
		return nil, errors.Errorf("numbers of type %d, want %d (uint8) or %d (double)", kind, miUINT8, miDOUBLE)
	}
	if int64(n) != int64(width)*int64(total) {
		return nil, errors.Errorf("announces %d bytes for dimensions %v of %d bytes each", n, a.Dims, width)
	}
	in := io.Reader(r)
	if small != nil {
		in = bytes.NewReader(small)
	}
	if a.Data, err = read(in, total, width); err != nil {
		return nil, err
	}
	if small == nil {
		if _, err := io.CopyN(io.Discard, r, int64(-n&7)); err != nil {
			return nil, errors.Wrap(err, "padding behind the numbers")
		}
	}
	if r.N > 0 {
		return nil, errors.Errorf("%d bytes behind its numbers", r.N)
	}
	return a, nil
}

// read reads n numbers of a width into memory that grows with what arrives.
func read(r io.Reader, n, width int) ([]byte, error) {
	const piece = 1 << 16
	out := make([]byte, 0, min(n, piece))
	wide := make([]byte, width*min(n, piece))
	for len(out) < n {
		k := min(n-len(out), piece)
		if err := readFull(r, wide[:width*k]); err != nil {
			return nil, errors.WithMessagef(err, "after %d of %d numbers", len(out), n)
		}
		if len(out)+k > cap(out) {
			out = append(make([]byte, 0, min(n, 2*cap(out))), out...)
		}
		if width == 1 {
			out = append(out, wide[:k]...)
			continue
		}
		for i := range k {
			v := math.Float64frombits(binary.LittleEndian.Uint64(wide[8*i:]))
			if !(v >= 0 && v <= 255) || v != math.Trunc(v) {
				return nil, errors.Errorf("number %d is %v, want a whole one from 0 to 255", len(out), v)
			}
			out = append(out, byte(v))
		}
	}
	return out, nil
}

// part reads a short sub-element with its padding.
func part(r *io.LimitedReader, what string, want uint32, most int) ([]byte, error) {
	kind, n, small, err := tag(r)
	if err != nil {
		return nil, errors.WithMessage(err, what)
	}
	if kind != want || n > uint32(most) {
		return nil, errors.Errorf("%s: type %d with %d bytes, want type %d with at most %d", what, kind, n, want, most)
	}
	if small != nil {
		return small, nil
	}
	b := make([]byte, n+(-n&7))
	if err := readFull(r, b); err != nil {
		return nil, errors.WithMessage(err, what)
	}
	return b[:n], nil
}

// tag reads what begins a sub-element: its type and its number of bytes. Up to 4 bytes may stand
// in the tag itself: small is not nil then.
func tag(r io.Reader) (kind, n uint32, small []byte, err error) {
	var b [8]byte
	if err := readFull(r, b[:]); err != nil {
		return 0, 0, nil, err
	}
	kind, n = binary.LittleEndian.Uint32(b[:]), binary.LittleEndian.Uint32(b[4:])
	if short := kind >> 16; short != 0 {
		if short > 4 {
			return 0, 0, nil, errors.Errorf("small element of %d bytes, want at most 4", short)
		}
		return kind & 0xffff, short, append(make([]byte, 0, 4), b[4:4+short]...), nil
	}
	return kind, n, nil, nil
}

func readFull(r io.Reader, b []byte) error {
	n, err := io.ReadFull(r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.Errorf("truncated: found %d bytes, want %d", n, len(b))
	}
	return errors.WithStack(err)
}
