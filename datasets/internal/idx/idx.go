// Package idx reads and writes the IDX format in which MNIST is published: a magic number, the
// dimensions as big-endian 32-bit integers, then the bytes of the array, row-major.
package idx

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"os"

	"github.com/pkg/errors"
)

// Array is an array of bytes with its dimensions, outermost first.
type Array struct {
	Dims []int
	Data []byte
}

const (
	ubyte = 0x08 // the format's code for unsigned bytes, the only element type MNIST uses

	// maxElements bounds what a header may claim: far above MNIST's 47,040,000 bytes, far below
	// what would exhaust a machine's memory.
	maxElements = 1 << 32
)

// Read decodes an array of unsigned bytes with the given number of dimensions, gzipped or plain
// (told apart by the first two bytes). name appears in errors. It refuses a wrong magic number,
// a zero dimension, a file that ends early and a file that goes on after the last element.
func Read(name string, r io.Reader, dims int) (*Array, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	if head, _ := br.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, errors.Wrapf(err, "%s: gzip header", name)
		}
		return read(name, z, dims)
	}
	return read(name, br, dims)
}

func read(name string, r io.Reader, dims int) (*Array, error) {
	header := make([]byte, 4+4*dims)
	if n, err := io.ReadFull(r, header); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, errors.Errorf("%s: file ends after %d bytes, the IDX header alone has %d", name, n, len(header))
		}
		return nil, errors.Wrapf(err, "%s: reading the IDX header", name)
	}
	want := uint32(ubyte<<8 | dims)
	if magic := binary.BigEndian.Uint32(header); magic != want {
		return nil, errors.Errorf("%s: magic number is %d (0x%08x), want %d (0x%08x: unsigned bytes, %d dimensions)",
			name, magic, magic, want, want, dims)
	}
	a := &Array{Dims: make([]int, dims)}
	total := int64(1)
	for i := range a.Dims {
		d := int64(binary.BigEndian.Uint32(header[4+4*i:]))
		if d == 0 {
			return nil, errors.Errorf("%s: dimension %d of the IDX header is 0", name, i)
		}
		if total > maxElements/d {
			return nil, errors.Errorf("%s: the IDX header claims more than %d elements", name, int64(maxElements))
		}
		total *= d
		a.Dims[i] = int(d)
	}
	// The buffer starts at a modest size and grows with what really arrives, so that a header
	// that lies costs no memory. One byte more than wanted shows whether anything follows.
	buf := bytes.NewBuffer(make([]byte, 0, min(total+bytes.MinRead+1, 1<<20)))
	n, err := io.Copy(buf, io.LimitReader(r, total+1))
	switch {
	case n < total && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)):
		return nil, errors.Errorf("%s: truncated: header announces %v = %d bytes, found %d", name, a.Dims, total, n)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.Errorf("%s: truncated: the gzip stream ends before its checksum", name)
	case err != nil:
		return nil, errors.Wrapf(err, "%s: after %d of %d bytes", name, n, total)
	case n > total:
		return nil, errors.Errorf("%s: trailing bytes: header announces %v = %d bytes, the file goes on", name, a.Dims, total)
	}
	a.Data = buf.Bytes()[:total:total]
	return a, nil
}

// ReadFile is Read on a file.
func ReadFile(path string, dims int) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	return Read(path, f, dims)
}

// Write encodes an array in plain IDX.
func Write(w io.Writer, a *Array) error {
	if len(a.Dims) == 0 || len(a.Dims) > 255 {
		return errors.Errorf("idx: array has %d dimensions, want 1 to 255", len(a.Dims))
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(ubyte<<8|len(a.Dims)))
	total := 1
	for i, d := range a.Dims {
		if d < 1 || d > math.MaxUint32 {
			return errors.Errorf("idx: dimension %d is %d, want 1 to %d", i, d, uint32(math.MaxUint32))
		}
		total *= d
		header = binary.BigEndian.AppendUint32(header, uint32(d))
	}
	if total != len(a.Data) {
		return errors.Errorf("idx: dimensions %v want %d bytes, array has %d", a.Dims, total, len(a.Data))
	}
	if _, err := w.Write(header); err != nil {
		return errors.Wrap(err, "idx: writing the header")
	}
	_, err := w.Write(a.Data)
	return errors.Wrap(err, "idx: writing the elements")
}
