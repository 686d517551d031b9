package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Windows over images with channels last fold the pixels of a window into one,
// channel by channel: depthwise convolution and pooling. One call makes tiles
// times as many pixels of results as its name says, all with the same count
// taps. A tap is a pair of distances in bytes: from x to its pixel, and from w
// to its weights. step and yStep are the bytes from a result's window, and from
// a result, to the next. What is beyond the channels is neither read nor
// written.
const windowArgs = "x *float32, step int, taps *int, count int, y *float32, yStep, channels, tiles int"

// windowOutputs are the numbers of results of a tile.
var windowOutputs = []int{1, 2, 4, 8}

const depthwiseArgs = ", w, bias, add *float32, addStep int, lo, hi float32"

var windows = func() []kernel {
	var list []kernel
	for _, n := range windowOutputs {
		list = append(list,
			kernel{
				name: fmt.Sprintf("Depthwise%d", n), doc: "computes y = min(max(conv + bias + add, lo), hi); add may be nil.",
				args:  windowArgs + depthwiseArgs,
				write: func(v *vec) { v.window(n, &depthwise{}) },
			},
			kernel{
				name: fmt.Sprintf("WindowMax%d", n), doc: "takes the maximum of each window, or NaN.",
				args:  windowArgs,
				write: func(v *vec) { v.window(n, &windowMax{}) },
			},
			kernel{
				name: fmt.Sprintf("WindowSum%d", n), doc: "adds up each window, times scale.",
				args:  windowArgs + ", scale float32",
				write: func(v *vec) { v.window(n, &windowSum{}) },
			},
		)
	}
	// Where a window's columns lie side by side, a column that is in several
	// windows of a tile is loaded once for all of them.
	for _, columns := range []int{3, 5} {
		for stride := 1; stride <= 2; stride++ {
			for _, n := range []int{4, 8} {
				list = append(list, kernel{
					name: fmt.Sprintf("Depthwise%dColumns%ds%d", n, columns, stride),
					doc:  fmt.Sprintf("is vecDepthwise%d for windows of %d columns, pixel bytes apart; count is that of their rows. On the way it fetches rows of x, row bytes apart and ahead bytes from it.", n, columns),
					args: windowArgs + depthwiseArgs + ", pixel, ahead, row int",
					write: func(v *vec) {
						v.window(n, &depthwiseRows{columns: columns, stride: stride})
					},
				})
			}
		}
	}
	for stride := 1; stride <= 2; stride++ {
		for _, part := range []int{1, 2} {
			list = append(list, kernel{
				name: fmt.Sprintf("WindowMax%s3s%d", []string{1: "Whole", 2: "Half"}[part], stride),
				doc:  fmt.Sprintf("makes %d results, %d with fewer lanes than 16, of windows of rows rows, row bytes apart, and 3 columns, pixel bytes apart.", 8/part, 4/part),
				args: windowArgs + ", rows, pixel, row int",
				write: func(v *vec) {
					n := 4 / part
					if v.wide() {
						n = 8 / part
					}
					v.window(n, &windowMaxColumns{columns: 3, stride: stride})
				},
			})
		}
	}
	// Two rows of results at once share most of their windows' rows.
	for stride := 1; stride <= 2; stride++ {
		for _, part := range []int{1, 2} {
			name := fmt.Sprintf("Depthwise%s3s%d", []string{1: "Pair", 2: "HalfPair"}[part], stride)
			list = append(list, kernel{
				name: name,
				doc:  fmt.Sprintf("makes two rows of %d results, %d with fewer lanes than 16, yRow and addRow bytes apart, of 3×3 windows.", 8/part, 4/part),
				args: windowArgs + depthwiseArgs + ", pixel, ahead, row, yRow, addRow int",
				write: func(v *vec) {
					n := 4 / part
					if v.wide() {
						n = 8 / part
					}
					v.window(n, &depthwisePair{depthwise: depthwise{rows: 2}, size: 3, stride: stride})
				},
			})
		}
	}
	return list
}()

// windowFold is what is done with a window. An accumulator is a vector of one
// result; t counts the results of a tile.
type windowFold interface {
	// load broadcasts parameters, once a call.
	load(v *vec)
	// begin is written before the taps of a block of vectors: where it begins,
	// off bytes into a pixel, and its accumulators, a vector's after another's.
	begin(v *vec, off reg.GPVirtual, acc [][]reg.VecVirtual)
	// tap folds the pixels of one tap in. tap points to its pair.
	tap(v *vec, tap reg.GPVirtual, acc [][]reg.VecVirtual, at func(vector, t int) operand.Mem)
	// end is written after the taps. again writes the loop over them anew, with
	// another tap.
	end(v *vec, off reg.GPVirtual, acc [][]reg.VecVirtual, again func(tap func(at func(vector, t int) operand.Mem)))
}

// windowVectors is how many vectors of channels go together: there must be as
// many independent sums as multiply-adds take cycles times the number of units.
func (v *vec) windowVectors(outputs int) int {
	sums := 8
	if v.wide() {
		sums = 16
	}
	return max(1, min(4, sums/outputs))
}

func (v *vec) window(outputs int, f windowFold) {
	x, step, step3 := v.loadArg("x"), v.loadArg("step"), v.GP64()
	v.LEAQ(operand.Mem{Base: step, Index: step, Scale: 2}, step3)
	width := 4 * v.lanes
	f.load(v)
	off, bound := v.GP64(), v.GP64()
	labels := 0
	rows := 1
	if _, ok := f.(*depthwisePair); ok {
		rows = 2
	}
	block := func(vectors int) {
		at := v.GP64()
		v.LEAQ(operand.Mem{Base: x, Index: off, Scale: 1}, at)
		acc := make([][]reg.VecVirtual, vectors)
		for i := range acc {
			for range outputs * rows {
				acc[i] = append(acc[i], v.new())
			}
		}
		f.begin(v, off, acc)
		loop := func(tap func(next reg.GPVirtual, at func(vector, t int) operand.Mem)) {
			labels++
			label := fmt.Sprintf("tap%d", labels)
			next, left := v.loadArg("taps"), v.loadArg("count")
			v.Label(label)
			even, odd := v.GP64(), v.GP64()
			v.MOVQ(operand.Mem{Base: next}, even)
			v.ADDQ(at, even)
			if outputs > 1 {
				v.LEAQ(operand.Mem{Base: even, Index: step, Scale: 1}, odd)
			}
			tap(next, func(vector, t int) operand.Mem {
				m := operand.Mem{Base: even, Disp: vector * width}
				if t%2 == 1 {
					m.Base = odd
				}
				switch t / 2 {
				case 1:
					m.Index, m.Scale = step, 2
				case 2:
					m.Index, m.Scale = step, 4
				case 3:
					m.Index, m.Scale = step3, 2
				}
				return m
			})
			v.ADDQ(operand.I32(16), next)
			v.DECQ(left)
			v.JNE(operand.LabelRef(label))
		}
		if whole, ok := f.(interface {
			loop(v *vec, start reg.GPVirtual, acc [][]reg.VecVirtual)
		}); ok {
			whole.loop(v, at, acc)
		} else {
			loop(func(next reg.GPVirtual, at func(vector, t int) operand.Mem) { f.tap(v, next, acc, at) })
		}
		f.end(v, off, acc, func(tap func(at func(vector, t int) operand.Mem)) {
			loop(func(_ reg.GPVirtual, at func(vector, t int) operand.Mem) { tap(at) })
		})
		// Out with them.
		for row := range rows {
			y := v.loadArg("y")
			v.ADDQ(off, y)
			if row > 0 {
				v.ADDQ(v.argMem("yRow"), y)
			}
			for t := range outputs {
				for i := range acc {
					v.store(acc[i][row*outputs+t], operand.Mem{Base: y, Disp: i * width})
				}
				if t < outputs-1 {
					v.ADDQ(v.argMem("yStep"), y)
				}
			}
		}
	}
	v.Label("tile")
	v.XORQ(off, off)
	v.Load(v.Param("channels"), bound)
	v.SHLQ(operand.U8(2), bound)
	v.alongChannels(off, bound, v.windowVectors(outputs*rows), block)
	for range outputs {
		v.ADDQ(step, x)
	}
	yStep := v.GP64()
	v.MOVQ(v.argMem("yStep"), yStep)
	v.IMUL3Q(operand.I32(outputs), yStep, yStep)
	v.ADDQ(yStep, v.argMem("y"))
	if d, ok := f.(interface{ advance(v *vec, outputs int) }); ok {
		d.advance(v, outputs)
	}
	v.DECQ(v.argMem("tiles"))
	v.JNE(operand.LabelRef("tile"))
	v.VZEROUPPER()
	v.RET()
}

// depthwise adds up products with weights, which are padded to whole vectors.
type depthwise struct {
	weights reg.GPVirtual
	blocks  int
	rows    int // of results, 1 if 0
}

func (d *depthwise) load(*vec) {}

func (d *depthwise) begin(v *vec, off reg.GPVirtual, acc [][]reg.VecVirtual) {
	bias := v.loadArg("bias")
	v.ADDQ(off, bias)
	for i, a := range acc {
		b := v.load(operand.Mem{Base: bias, Disp: 4 * v.lanes * i})
		for _, r := range a {
			v.VMOVAPS(b, r)
		}
	}
	d.weights = v.loadArg("w")
	v.ADDQ(off, d.weights)
}

func (d *depthwise) tap(v *vec, tap reg.GPVirtual, acc [][]reg.VecVirtual, at func(vector, t int) operand.Mem) {
	w := v.GP64()
	v.MOVQ(operand.Mem{Base: tap, Disp: 8}, w)
	for i, a := range acc {
		weight := v.new()
		v.mov(operand.Mem{Base: d.weights, Index: w, Scale: 1, Disp: 4 * v.lanes * i}, weight)
		for t, r := range a {
			if v.live == nil {
				v.VFMADD231PS(at(i, t), weight, r)
			} else {
				v.VFMADD231PS(v.load(at(i, t)), weight, r)
			}
		}
	}
}

func (d *depthwise) end(v *vec, off reg.GPVirtual, acc [][]reg.VecVirtual, _ func(func(at func(vector, t int) operand.Mem))) {
	d.blocks++
	label := fmt.Sprintf("alone%d", d.blocks)
	add := v.loadArg("add")
	v.TESTQ(add, add)
	v.JEQ(operand.LabelRef(label))
	v.ADDQ(off, add)
	outputs := len(acc[0]) / max(1, d.rows)
	for t := range acc[0] {
		if t > 0 && t%outputs == 0 { // the next row
			v.MOVQ(v.argMem("add"), add)
			v.ADDQ(off, add)
			v.ADDQ(v.argMem("addRow"), add)
		}
		for i, a := range acc {
			m := operand.Mem{Base: add, Disp: 4 * v.lanes * i}
			v.VADDPS(v.load(m), a[t], a[t])
		}
		if t%outputs < outputs-1 {
			v.ADDQ(v.argMem("addStep"), add)
		}
	}
	v.Label(label)
	// Of two operands, one of them NaN, the first as written here results.
	lo, hi := v.new(), v.new()
	v.VBROADCASTSS(v.argMem("lo"), lo)
	v.VBROADCASTSS(v.argMem("hi"), hi)
	for _, a := range acc {
		for _, r := range a {
			v.VMAXPS(r, lo, r)
			v.VMINPS(r, hi, r)
		}
	}
}

func (d *depthwise) advance(v *vec, outputs int) {
	v.CMPQ(v.argMem("add"), operand.I32(0))
	v.JEQ(operand.LabelRef("noadd"))
	step := v.GP64()
	v.MOVQ(v.argMem("addStep"), step)
	v.IMUL3Q(operand.I32(outputs), step, step)
	v.ADDQ(step, v.argMem("add"))
	v.Label("noadd")
}

// windowSum adds up.
type windowSum struct{ scale reg.VecVirtual }

func (s *windowSum) load(v *vec) {
	s.scale = v.new()
	v.VBROADCASTSS(v.argMem("scale"), s.scale)
}

func (s *windowSum) begin(v *vec, _ reg.GPVirtual, acc [][]reg.VecVirtual) {
	for _, a := range acc {
		for _, r := range a {
			v.mov(v.bits(0), r) // the allocator takes an exclusive or for a use
		}
	}
}

func (s *windowSum) tap(v *vec, _ reg.GPVirtual, acc [][]reg.VecVirtual, at func(vector, t int) operand.Mem) {
	for i, a := range acc {
		for t, r := range a {
			if v.live == nil {
				v.VADDPS(at(i, t), r, r)
			} else {
				v.VADDPS(v.load(at(i, t)), r, r)
			}
		}
	}
}

func (s *windowSum) end(v *vec, _ reg.GPVirtual, acc [][]reg.VecVirtual, _ func(func(at func(vector, t int) operand.Mem))) {
	for _, a := range acc {
		for _, r := range a {
			v.VMULPS(s.scale, r, r)
		}
	}
}

// windowMax takes maxima as if there were no NaN and looks for one on the way,
// in two vectors with one comparison. Where there is, it takes them anew.
type windowMax struct {
	ordered reg.Register
	blocks  int
}

const ordered = 0x07

func (m *windowMax) load(*vec) {}

func (m *windowMax) begin(v *vec, _ reg.GPVirtual, acc [][]reg.VecVirtual) {
	for _, a := range acc {
		for _, r := range a {
			v.mov(v.bits(0xFF800000), r)
		}
	}
	m.allOrdered(v)
}

func (m *windowMax) allOrdered(v *vec) {
	if v.wide() {
		k := v.K()
		v.KXNORW(k, k, k)
		m.ordered = k
	} else {
		y := v.new()
		v.VPCMPEQD(y, y, y)
		m.ordered = y
	}
}

func (m *windowMax) tap(v *vec, _ reg.GPVirtual, acc [][]reg.VecVirtual, at func(vector, t int) operand.Mem) {
	for i, a := range acc {
		var other reg.VecVirtual
		for t, r := range a {
			x := v.load(at(i, t))
			v.VMAXPS(x, r, r)
			other = m.look(v, x, other, t == len(a)-1)
		}
	}
}

// look looks for NaN in x and in another vector at once. Without one yet x
// waits as such, unless it is the last.
func (m *windowMax) look(v *vec, x, other reg.VecVirtual, last bool) (waiting reg.VecVirtual) {
	if other == nil {
		if !last {
			return x
		}
		other = x
	}
	if v.wide() {
		v.VCMPPS(operand.U8(ordered), x, other, m.ordered, m.ordered)
	} else {
		v.VANDPS(v.cmp(ordered, other, x), m.ordered, m.ordered)
	}
	return nil
}

func (m *windowMax) end(v *vec, _ reg.GPVirtual, acc [][]reg.VecVirtual, again func(func(at func(vector, t int) operand.Mem))) {
	m.blocks++
	label := fmt.Sprintf("numbers%d", m.blocks)
	if v.wide() {
		v.KORTESTW(m.ordered, m.ordered)
		v.JCS(operand.LabelRef(label))
	} else {
		bits := v.GP32()
		v.VMOVMSKPS(m.ordered, bits)
		v.CMPL(bits, operand.U8(1<<v.lanes-1))
		v.JEQ(operand.LabelRef(label))
	}
	for _, a := range acc {
		for _, r := range a {
			v.mov(v.bits(0xFF800000), r)
		}
	}
	again(func(at func(vector, t int) operand.Mem) {
		for i, a := range acc {
			for t, r := range a {
				takeMaxOrNaN.into(v, v.load(at(i, t)), r)
			}
		}
	})
	v.Label(label)
}

// depthwiseRows goes over windows row by row and takes every column of the
// tile's windows once.
type depthwiseRows struct {
	depthwise
	columns, stride int
	loops           int
}

func (d *depthwiseRows) loop(v *vec, start reg.GPVirtual, acc [][]reg.VecVirtual) {
	d.loops++
	label := fmt.Sprintf("row%d", d.loops)
	next, left, pixel := v.loadArg("taps"), v.loadArg("count"), v.loadArg("pixel")
	pixel3 := v.GP64()
	v.LEAQ(operand.Mem{Base: pixel, Index: pixel, Scale: 2}, pixel3)
	v.Label(label)
	for i, a := range acc {
		disp := 4 * v.lanes * i
		weights := d.rowWeights(v, next, d.columns, disp)
		first := v.GP64()
		v.MOVQ(operand.Mem{Base: next}, first)
		v.ADDQ(start, first)
		v.columns(first, pixel, pixel3, (len(a)-1)*d.stride+d.columns, disp, func(col int, x reg.VecVirtual) {
			for t, r := range a {
				if k := col - t*d.stride; k >= 0 && k < d.columns {
					v.VFMADD231PS(weights[k], x, r)
				}
			}
		})
	}
	v.ADDQ(operand.I32(16*d.columns), next)
	v.DECQ(left)
	v.JNE(operand.LabelRef(label))
	if len(acc[0]) == 4 {
		return
	}
	d.fetch(v, start, pixel, len(acc[0])*d.stride, d.stride, len(acc))
}

// rowWeights loads those of a row of taps, of which next is the first.
func (d *depthwise) rowWeights(v *vec, next reg.GPVirtual, columns, disp int) []reg.VecVirtual {
	weights := make([]reg.VecVirtual, columns)
	w := v.GP64()
	for k := range weights {
		v.MOVQ(operand.Mem{Base: next, Disp: 16*k + 8}, w)
		weights[k] = v.new()
		v.mov(operand.Mem{Base: d.weights, Index: w, Scale: 1, Disp: disp}, weights[k])
	}
	return weights
}

// columns loads n pixels side by side, disp bytes into each, and calls use for
// every one. pixel3 is three times pixel.
func (v *vec) columns(first, pixel, pixel3 reg.GPVirtual, n, disp int, use func(col int, x reg.VecVirtual)) {
	even, odd := v.GP64(), v.GP64()
	v.MOVQ(first, even)
	v.LEAQ(operand.Mem{Base: even, Index: pixel, Scale: 1}, odd)
	for col := range n {
		if col > 0 && col%8 == 0 {
			v.LEAQ(operand.Mem{Base: even, Index: pixel, Scale: 8}, even)
			v.LEAQ(operand.Mem{Base: odd, Index: pixel, Scale: 8}, odd)
		}
		m := operand.Mem{Base: even, Disp: disp}
		if col%2 == 1 {
			m.Base = odd
		}
		switch col % 8 / 2 {
		case 1:
			m.Index, m.Scale = pixel, 2
		case 2:
			m.Index, m.Scale = pixel, 4
		case 3:
			m.Index, m.Scale = pixel3, 2
		}
		use(col, v.load(m))
	}
}

// fetch asks for the rows that the windows below these have and these have not.
func (d *depthwise) fetch(v *vec, start, pixel reg.GPVirtual, columns, rows, vectors int) {
	line := v.GP64()
	v.MOVQ(start, line)
	v.ADDQ(v.argMem("ahead"), line)
	for row := range rows {
		if row > 0 {
			v.ADDQ(v.argMem("row"), line)
		}
		p := v.GP64()
		v.MOVQ(line, p)
		for col := range columns {
			for disp := 0; disp < 4*v.lanes*vectors; disp += 64 {
				v.PREFETCHT0(operand.Mem{Base: p, Disp: disp})
			}
			if col < columns-1 {
				v.ADDQ(pixel, p)
			}
		}
	}
}

// depthwisePair makes two rows of results at once, whose windows lie stride
// rows apart: of the rows of both, the first stride are in the upper windows
// alone and the last in the lower ones.
type depthwisePair struct {
	depthwise
	size, stride int
	loops        int
}

func (d *depthwisePair) loop(v *vec, start reg.GPVirtual, acc [][]reg.VecVirtual) {
	pixel, pixel3, line := v.loadArg("pixel"), v.GP64(), v.GP64()
	v.LEAQ(operand.Mem{Base: pixel, Index: pixel, Scale: 2}, pixel3)
	v.MOVQ(start, line)
	outputs := len(acc[0]) / 2
	width := 4 * v.lanes
	upper, lower := v.loadArg("taps"), v.loadArg("taps")
	for _, part := range []struct {
		count      int
		isUp, isLo bool
	}{{d.stride, true, false}, {d.size - d.stride, true, true}, {d.stride, false, true}} {
		d.loops++
		label := fmt.Sprintf("row%d", d.loops)
		left := v.GP64()
		v.MOVQ(operand.I32(part.count), left)
		v.Label(label)
		for i, a := range acc {
			var up, lo []reg.VecVirtual
			if part.isUp {
				up = d.rowWeights(v, upper, d.size, i*width)
			}
			if part.isLo {
				lo = d.rowWeights(v, lower, d.size, i*width)
			}
			v.columns(line, pixel, pixel3, (outputs-1)*d.stride+d.size, i*width, func(col int, x reg.VecVirtual) {
				for t := range outputs {
					k := col - t*d.stride
					if k < 0 || k >= d.size {
						continue
					}
					if up != nil {
						v.VFMADD231PS(up[k], x, a[t])
					}
					if lo != nil {
						v.VFMADD231PS(lo[k], x, a[outputs+t])
					}
				}
			})
		}
		if part.isUp {
			v.ADDQ(operand.I32(16*d.size), upper)
		}
		if part.isLo {
			v.ADDQ(operand.I32(16*d.size), lower)
		}
		v.ADDQ(v.argMem("row"), line)
		v.DECQ(left)
		v.JNE(operand.LabelRef(label))
	}
	d.fetch(v, start, pixel, outputs*d.stride, 2*d.stride, len(acc))
}

// windowMaxColumns takes the maximum of each column first, once for all the
// windows that it is in.
type windowMaxColumns struct {
	windowMax
	columns, stride int
	loops           int
}

func (m *windowMaxColumns) begin(v *vec, _ reg.GPVirtual, _ [][]reg.VecVirtual) { m.allOrdered(v) }

func (m *windowMaxColumns) loop(v *vec, start reg.GPVirtual, acc [][]reg.VecVirtual) {
	pixel, pixel3, line := v.loadArg("pixel"), v.GP64(), v.GP64()
	v.LEAQ(operand.Mem{Base: pixel, Index: pixel, Scale: 2}, pixel3)
	for i, a := range acc {
		m.loops++
		label, done := fmt.Sprintf("row%d", m.loops), fmt.Sprintf("rows%d", m.loops)
		n, disp := (len(a)-1)*m.stride+m.columns, 4*v.lanes*i
		most := make([]reg.VecVirtual, n)
		var other reg.VecVirtual
		v.MOVQ(start, line)
		v.columns(line, pixel, pixel3, n, disp, func(col int, x reg.VecVirtual) {
			most[col] = x
			other = m.look(v, x, other, col == n-1)
		})
		left := v.loadArg("rows")
		v.Label(label)
		v.DECQ(left)
		v.JEQ(operand.LabelRef(done))
		v.ADDQ(v.argMem("row"), line)
		v.columns(line, pixel, pixel3, n, disp, func(col int, x reg.VecVirtual) {
			v.VMAXPS(x, most[col], most[col])
			other = m.look(v, x, other, col == n-1)
		})
		v.JMP(operand.LabelRef(label))
		v.Label(done)
		for t, r := range a {
			v.VMAXPS(most[t*m.stride], most[t*m.stride+1], r)
			for k := 2; k < m.columns; k++ {
				v.VMAXPS(most[t*m.stride+k], r, r)
			}
		}
	}
}
