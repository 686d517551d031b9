// Package weights reads and writes files of named tensors.
//
// The format is safetensors, which PyTorch, Hugging Face and others share: a
// header in JSON and the elements as they stand in memory. Reading one executes
// nothing and allocates no more than the file is long.
//
//	f, err := weights.ReadFile("resnet20.safetensors")
//	w, err := f.Tensor("conv1.weight")
//	values, err := w.Float32s()
package weights

import (
	"encoding/binary"
	"math"
	"unsafe"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/size"
)

// Dtype is the type of a tensor's elements, by its name in the file.
type Dtype string

// The types that the format has. Float16 is IEEE 754's binary16, BFloat16 the
// upper half of a float32.
const (
	Bool     Dtype = "BOOL"
	Uint8    Dtype = "U8"
	Int8     Dtype = "I8"
	Int16    Dtype = "I16"
	Uint16   Dtype = "U16"
	Float16  Dtype = "F16"
	BFloat16 Dtype = "BF16"
	Int32    Dtype = "I32"
	Uint32   Dtype = "U32"
	Float32  Dtype = "F32"
	Float64  Dtype = "F64"
	Int64    Dtype = "I64"
	Uint64   Dtype = "U64"
)

// dtypes in the order of the reference implementation, which writes the types
// that need the largest alignment first: from this list's end to its start.
var dtypes = []struct {
	name  Dtype
	width int
}{
	{Bool, 1}, {Uint8, 1}, {Int8, 1}, {Int16, 2}, {Uint16, 2}, {Float16, 2}, {BFloat16, 2},
	{Int32, 4}, {Uint32, 4}, {Float32, 4}, {Float64, 8}, {Int64, 8}, {Uint64, 8},
}

// rank is the type's place in dtypes, -1 for an unknown one.
func (d Dtype) rank() int {
	for i, t := range dtypes {
		if t.name == d {
			return i
		}
	}
	return -1
}

// Width is the number of bytes of an element, 0 for an unknown type.
func (d Dtype) Width() int {
	if i := d.rank(); i >= 0 {
		return dtypes[i].width
	}
	return 0
}

// Tensor is a named array, row-major.
type Tensor struct {
	Name  string
	Dtype Dtype
	Shape []int  // none for a scalar
	Bytes []byte // the elements, little-endian
}

// FromFloat32s makes a tensor of elements. On little-endian machines it shares
// their memory.
func FromFloat32s(name string, shape []int, elements []float32) Tensor {
	return Tensor{name, Float32, shape, bytesOf(elements, 4, func(b []byte, v float32) {
		binary.LittleEndian.PutUint32(b, math.Float32bits(v))
	})}
}

// FromFloat64s is FromFloat32s for float64.
func FromFloat64s(name string, shape []int, elements []float64) Tensor {
	return Tensor{name, Float64, shape, bytesOf(elements, 8, func(b []byte, v float64) {
		binary.LittleEndian.PutUint64(b, math.Float64bits(v))
	})}
}

// littleEndian says whether elements in memory are already as the format wants
// them.
var littleEndian = func() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 1
}()

func bytesOf[T any](elements []T, width int, put func([]byte, T)) []byte {
	if len(elements) == 0 {
		return nil
	}
	if littleEndian {
		return inMemory(elements, width)
	}
	b := make([]byte, len(elements)*width)
	for i, v := range elements {
		put(b[i*width:], v)
	}
	return b
}

// inMemory is the memory of elements of that width.
func inMemory[T any](elements []T, width int) []byte {
	if len(elements) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&elements[0])), len(elements)*width)
}

// Len is the number of elements.
func (t Tensor) Len() int {
	if w := t.Dtype.Width(); w > 0 {
		return len(t.Bytes) / w
	}
	return 0
}

// check holds the bytes to type and shape.
func (t Tensor) check() error { return t.checkSize(len(t.Bytes)) }

// checkSize holds a number of bytes to type and shape.
func (t Tensor) checkSize(has int) error {
	width := t.Dtype.Width()
	if width == 0 {
		return errors.Errorf("tensor %q: unknown type %q", t.Name, t.Dtype)
	}
	n, err := size.Product(append([]int{width}, t.Shape...)...)
	if err != nil {
		return errors.WithMessagef(err, "tensor %q", t.Name)
	}
	if n != has {
		return errors.Errorf("tensor %q: shape %v of %s takes %d bytes, has %d", t.Name, t.Shape, t.Dtype, n, has)
	}
	return nil
}

// Float32s copies the elements out as float32, from any type but Bool. A number
// beyond float32's range becomes an infinity, as everywhere.
func (t Tensor) Float32s() ([]float32, error) {
	out := make([]float32, t.Len())
	return out, t.float32s(out)
}

// float32s writes the elements into a slice of as many.
func (t Tensor) float32s(out []float32) error {
	if t.Dtype != Float32 {
		return t.each(func(i int, v float64) { out[i] = float32(v) })
	}
	if err := t.check(); err != nil {
		return err
	}
	if littleEndian {
		copy(inMemory(out, 4), t.Bytes)
		return nil
	}
	for i := range out { // not by way of float64, which would change a NaN's bits
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Bytes[4*i:]))
	}
	return nil
}

// Float64s copies the elements out as float64, from any type but Bool.
func (t Tensor) Float64s() ([]float64, error) {
	out := make([]float64, t.Len())
	return out, t.float64s(out)
}

func (t Tensor) float64s(out []float64) error {
	return t.each(func(i int, v float64) { out[i] = v })
}

func (t Tensor) each(f func(i int, v float64)) error {
	if err := t.check(); err != nil {
		return err
	}
	le, b := binary.LittleEndian, t.Bytes
	var at func(i int) float64
	switch t.Dtype {
	case Float64:
		at = func(i int) float64 { return math.Float64frombits(le.Uint64(b[8*i:])) }
	case Float32:
		at = func(i int) float64 { return float64(math.Float32frombits(le.Uint32(b[4*i:]))) }
	case Float16:
		at = func(i int) float64 { return halfToFloat(le.Uint16(b[2*i:])) }
	case BFloat16:
		at = func(i int) float64 { return float64(math.Float32frombits(uint32(le.Uint16(b[2*i:])) << 16)) }
	case Int64:
		at = func(i int) float64 { return float64(int64(le.Uint64(b[8*i:]))) }
	case Uint64:
		at = func(i int) float64 { return float64(le.Uint64(b[8*i:])) }
	case Int32:
		at = func(i int) float64 { return float64(int32(le.Uint32(b[4*i:]))) }
	case Uint32:
		at = func(i int) float64 { return float64(le.Uint32(b[4*i:])) }
	case Int16:
		at = func(i int) float64 { return float64(int16(le.Uint16(b[2*i:]))) }
	case Uint16:
		at = func(i int) float64 { return float64(le.Uint16(b[2*i:])) }
	case Int8:
		at = func(i int) float64 { return float64(int8(b[i])) }
	case Uint8:
		at = func(i int) float64 { return float64(b[i]) }
	default:
		return errors.Errorf("tensor %q: elements are %s, want numbers", t.Name, t.Dtype)
	}
	for i := range t.Len() {
		f(i, at(i))
	}
	return nil
}

// halfToFloat widens a binary16: one sign bit, five of exponent with bias 15, ten
// of fraction. Every one is a float64.
func halfToFloat(h uint16) float64 {
	sign, exponent, fraction := 1.0, int(h>>10&31), float64(h&1023)
	if h>>15 == 1 {
		sign = -1
	}
	switch {
	case exponent == 31 && fraction != 0:
		return math.NaN()
	case exponent == 31:
		return math.Inf(int(sign))
	case exponent == 0:
		return sign * math.Ldexp(fraction, -24)
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}
