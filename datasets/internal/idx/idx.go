// Package idx reads and writes the IDX format in which MNIST is published: a magic number, the
// dimensions as big-endian 32-bit integers, then the bytes of the array, row-major.
package idx

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/internal/size"
)

// Array is an array of bytes with its dimensions, outermost first.
type Array struct {
	Dims []int
	Data []byte
}

const ubyte = 0x08 // the format's code for unsigned bytes, the only element type MNIST uses

// Bound is what the reader of a file expects of one dimension: Min to Max.
type Bound struct{ Min, Max int }

// AtMost expects 1 to n.
func AtMost(n int) Bound { return Bound{1, n} }

// Exactly expects n for each n.
func Exactly(dims ...int) []Bound {
	out := make([]Bound, len(dims))
	for i, n := range dims {
		out[i] = Bound{n, n}
	}
	return out
}

func (b Bound) String() string {
	switch {
	case b.Min == b.Max:
		return fmt.Sprint(b.Min)
	case b.Min <= 1:
		return fmt.Sprintf("at most %d", b.Max)
	}
	return fmt.Sprintf("%d to %d", b.Min, b.Max)
}

// Read decodes an array of unsigned bytes with the expected dimensions, outermost first, gzipped
// or plain (told apart by the first two bytes). name appears in errors. It refuses a wrong magic
// number, dimensions other than expected, a file that ends early and one that goes on after the
// last element.
//
// The header is believed only so far: what it announces is refused unread where it is more than
// expected, or more than a file of this size can hold; memory is taken as bytes arrive, and of a
// compressed stream not a byte more than announced is expanded.
func Read(name string, r io.Reader, want ...Bound) (*Array, error) {
	bytes := length(r)
	br := bufio.NewReaderSize(r, 1<<16)
	if head, _ := br.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, errors.Wrapf(err, "%s: gzip header", name)
		}
		if bytes >= 0 && bytes <= math.MaxInt64/maxExpansion {
			bytes *= maxExpansion
		}
		return read(name, z, bytes, want)
	}
	return read(name, br, bytes, want)
}

// maxExpansion is how many bytes deflate can make of one at most (RFC 1951: 258 bytes for two
// codes of a bit each), rounded up.
const maxExpansion = 1040

// length is the number of bytes that the reader has, or -1 if it doesn't tell.
func length(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len())
	case *os.File:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return -1
}

// read decodes a stream of at most so many bytes; -1: any number.
func read(name string, r io.Reader, most int64, want []Bound) (*Array, error) {
	dims := len(want)
	header := make([]byte, 4+4*dims)
	if n, err := io.ReadFull(r, header); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, errors.Errorf("%s: file ends after %d bytes, the IDX header alone has %d", name, n, len(header))
		}
		return nil, errors.Wrapf(err, "%s: reading the IDX header", name)
	}
	wantMagic := uint32(ubyte<<8 | dims)
	if magic := binary.BigEndian.Uint32(header); magic != wantMagic {
		return nil, errors.Errorf("%s: magic number is %d (0x%08x), want %d (0x%08x: unsigned bytes, %d dimensions)",
			name, magic, magic, wantMagic, wantMagic, dims)
	}
	a := &Array{Dims: make([]int, dims)}
	for i, w := range want {
		d := int64(binary.BigEndian.Uint32(header[4+4*i:]))
		if d == 0 {
			return nil, errors.Errorf("%s: dimension %d of the IDX header is 0", name, i)
		}
		if d < int64(w.Min) || d > int64(w.Max) {
			return nil, errors.Errorf("%s: dimension %d of the IDX header is %d, want %v", name, i, d, w)
		}
		a.Dims[i] = int(d)
	}
	total, err := size.Product(a.Dims...)
	if err != nil {
		return nil, errors.WithMessagef(err, "%s: the IDX header announces %v", name, a.Dims)
	}
	if left := most - int64(len(header)); most >= 0 && int64(total) > left {
		return nil, errors.Errorf("%s: truncated: header announces %v = %d bytes, the file can hold %d", name, a.Dims, total, max(left, 0))
	}
	if a.Data, err = body(r, total); err != nil {
		n := len(a.Data)
		if !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
			return nil, errors.Wrapf(err, "%s: after %d of %d bytes", name, n, total)
		}
		return nil, errors.Errorf("%s: truncated: header announces %v = %d bytes, found %d", name, a.Dims, total, n)
	}
	// One byte more than wanted shows whether anything follows; the end of a gzip stream is where
	// its checksum is compared.
	var more [1]byte
	switch _, err := io.ReadFull(r, more[:]); {
	case err == nil:
		return nil, errors.Errorf("%s: trailing bytes: header announces %v = %d bytes, the file goes on", name, a.Dims, total)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.Errorf("%s: truncated: the gzip stream ends before its checksum", name)
	case err != io.EOF:
		return nil, errors.Wrapf(err, "%s: after all %d bytes", name, total)
	}
	return a, nil
}

// body reads n bytes into memory that grows with what arrives, so that a header that lies costs
// none. With an error it returns those that came.
func body(r io.Reader, n int) ([]byte, error) {
	const first = 1 << 20
	buf := make([]byte, 0, min(n, first))
	for {
		k, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+k]
		if err != nil || len(buf) == n {
			return buf, err
		}
		larger := make([]byte, len(buf), min(n, 2*cap(buf)))
		copy(larger, buf)
		buf = larger
	}
}

// ReadFile is Read on a file.
func ReadFile(path string, want ...Bound) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	return Read(path, f, want...)
}

// Write encodes an array in plain IDX.
func Write(w io.Writer, a *Array) error {
	if len(a.Dims) == 0 || len(a.Dims) > 255 {
		return errors.Errorf("idx: array has %d dimensions, want 1 to 255", len(a.Dims))
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(ubyte<<8|len(a.Dims)))
	for i, d := range a.Dims {
		if d < 1 || uint64(d) > math.MaxUint32 {
			return errors.Errorf("idx: dimension %d is %d, want 1 to %d", i, d, uint32(math.MaxUint32))
		}
		header = binary.BigEndian.AppendUint32(header, uint32(d))
	}
	total, err := size.Product(a.Dims...)
	if err != nil {
		return errors.WithMessage(err, "idx")
	}
	if total != len(a.Data) {
		return errors.Errorf("idx: dimensions %v want %d bytes, array has %d", a.Dims, total, len(a.Data))
	}
	if _, err := w.Write(header); err != nil {
		return errors.Wrap(err, "idx: writing the header")
	}
	_, err = w.Write(a.Data)
	return errors.Wrap(err, "idx: writing the elements")
}
