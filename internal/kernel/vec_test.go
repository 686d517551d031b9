package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The kernels in float64 are plain Go and held to the references; on float32
// they must give the same but for rounding, on every instruction set, for any
// length and alignment.

// tensors draws the inputs of a property in both precisions. The float32 ones
// start at any offset and have guards behind them.
type tensors struct {
	t      *rapid.T
	guards []func() error
}

func (s *tensors) between(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(s.t, name) }

// input has n values in [-scale, scale), exact in float32.
func (s *tensors) input(name string, n int, scale float64) ([]float32, []float64) {
	x64 := random[float64](uint64(s.between(name, 0, 1<<30)), n, scale)
	x32 := s.output(n)
	for i, v := range x64 {
		x32[i] = float32(v)
		x64[i] = float64(x32[i])
	}
	return x32, x64
}

const guard = 12345

// output has n values that the kernel must overwrite, between guards.
func (s *tensors) output(n int) []float32 {
	at := s.between("offset", 0, 3)
	all := make([]float32, at+n+20)
	fill(all, guard)
	for i := range n {
		all[at+i] = float32(math.NaN())
	}
	s.guards = append(s.guards, func() error {
		for i, v := range all {
			if (i < at || i >= at+n) && v != guard {
				return fmt.Errorf("wrote element %d of a slice of %d", i-at, n)
			}
		}
		return nil
	})
	return all[at : at+n : at+n]
}

// same compares a result with what float64 gave, relative to the value or to
// floor if that is larger.
func (s *tensors) same(what string, got []float32, want []float64, rel, floor float64) {
	s.t.Helper()
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= rel*max(math.Abs(w), floor)) {
			s.t.Fatalf("%s: [%d] of %d is %v, want %v", what, i, len(want), got[i], w)
		}
	}
	for _, g := range s.guards {
		if err := g(); err != nil {
			s.t.Fatalf("%s: %v", what, err)
		}
	}
}

// onEachISA runs a property with every instruction set that the CPU has.
func onEachISA(t *testing.T, property func(s *tensors)) {
	was := isa
	defer func() { isa = was }()
	withThreads(t, 2)
	for _, set := range append([]*instructionSet{nil}, instructionSets...) {
		isa = set
		t.Run(ISA(), func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) { property(&tensors{t: r}) })
		})
	}
}

func TestActivationsOnVectors(t *testing.T) {
	for _, a := range allActs() {
		t.Run(fmt.Sprint(a.Kind), func(t *testing.T) {
			onEachISA(t, func(s *tensors) {
				n := s.between("n", 1, 200)
				scale := rapid.SampledFrom([]float64{0.1, 1, 5, 30, 100, 1e4}).Draw(s.t, "scale")
				x, x64 := s.input("x", n, scale)
				dy, dy64 := s.input("dy", n, 1)
				y, dx := s.output(n), s.output(n)
				y64, dx64 := make([]float64, n), make([]float64, n)
				ActForward(a, x, y)
				ActForward(a, x64, y64)
				// Values near 0 of functions that saturate there have an
				// absolute accuracy only; e^x has that of x.
				s.same("value", y, y64, 3e-6, 1e-6)
				ActBackward(a, x, dy, dx)
				ActBackward(a, x64, dy64, dx64)
				s.same("gradient", dx, dx64, 2e-6, 0.2)
				if a.FromOutput() {
					for i, v := range y {
						y64[i] = float64(v)
					}
					ActBackwardFromOutput(a, y, dy, dx)
					ActBackwardFromOutput(a, y64, dy64, dx64)
					s.same("gradient from output", dx, dx64, 1e-6, 0.2)
				}
				x2, x264 := s.input("x2", n, 1)
				for i := range x264 { // the sum rounds, which moves a kink
					x264[i] = float64(x[i]+x2[i]) - x64[i]
				}
				AddAct(a, x, x2, y)
				AddAct(a, x64, x264, y64)
				s.same("sum's value", y, y64, 3e-6, 1e-6)
				AddActBackward(a, x, x2, dy, dx)
				AddActBackward(a, x64, x264, dy64, dx64)
				s.same("sum's gradient", dx, dx64, 2e-6, 0.2)
			})
		})
	}
}

func TestExpAccuracy(t *testing.T) {
	was := isa
	defer func() { isa = was }()
	for _, isa = range instructionSets {
		const n = 1 << 16
		x, y := make([]float32, n), make([]float32, n)
		for i := range x {
			x[i] = -104 + 193*float32(i)/n
		}
		vecExpShifted(x, y, n, 1, 0, 0)
		worst := 0.0
		for i, v := range x {
			want := math.Exp(float64(v))
			if want < 1.2e-38 || want > math.MaxFloat32 {
				if d := math.Abs(float64(y[i]) - want); want < 1 && d > 3e-45 || want > 1 && !math.IsInf(float64(y[i]), 1) {
					t.Fatalf("%s: exp(%v) = %v, want %v", ISA(), v, y[i], want)
				}
				continue
			}
			ulp := float64(math.Nextafter32(float32(want), math.MaxFloat32) - float32(want))
			worst = max(worst, math.Abs(float64(y[i])-want)/ulp)
		}
		if worst > 1.5 {
			t.Errorf("%s: exp is off by %.2f ulp, want at most 1.5", ISA(), worst)
		}
		t.Logf("%s: exp within %.2f ulp", ISA(), worst)
	}
}

func TestArithmeticOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n := s.between("n", 1, 20000)
		if n > 300 {
			n = n/97*97 + 5
		}
		x1, a := s.input("x1", n, 1)
		x2, b := s.input("x2", n, 1)
		x3, c := s.input("x3", n, 1)
		y, y64 := s.output(n), make([]float64, n)
		AddN(y, x1, x2, x3)
		AddN(y64, a, b, c)
		s.same("sum", y, y64, 1e-6, 1)
		Mul(x1, x2, y)
		Mul(a, b, y64)
		s.same("product", y, y64, 1e-6, 1)
		scaleRange(0.5, x1, y)
		scaleRange(0.5, a, y64)
		s.same("multiple", y, y64, 1e-6, 1)
		addMultiple(1.5, x2, y)
		addMultiple(1.5, b, y64)
		s.same("axpy", y, y64, 1e-6, 1)
	})
}

func TestMaxoutOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c, pieces, hw := s.between("n", 1, 2), s.between("c", 1, 3), s.between("pieces", 1, 4), s.between("hw", 1, 50)
		x, x64 := s.input("x", n*c*pieces*hw, 1)
		y, y64 := s.output(n*c*hw), make([]float64, n*c*hw)
		MaxoutForward(n, c, pieces, hw, x, y)
		MaxoutForward(n, c, pieces, hw, x64, y64)
		s.same("maxout", y, y64, 0, 0)
		x[0] = float32(math.NaN())
		if MaxoutForward(n, c, pieces, hw, x, y); y[0] == y[0] {
			s.t.Fatalf("the maximum with NaN is %v", y[0])
		}
	})
}

func TestBatchNormOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c := s.between("n", 1, 4), s.between("c", 1, 5)
		hw := rapid.OneOf(rapid.IntRange(1, 300), rapid.IntRange(bigPlane, 5000)).Draw(s.t, "hw")
		const eps = 1e-5
		m := n * c * hw
		a := rapid.SampledFrom([]Act{{}, {Kind: ActReLU}, {Kind: ActSiLU}}).Draw(s.t, "act")
		x, x64 := s.input("x", m, 2)
		shift := rapid.SampledFrom([]float64{0, 3, 100}).Draw(s.t, "shift")
		for i := range x {
			x[i] += float32(shift)
			x64[i] = float64(x[i])
		}
		mean, mean64 := s.output(c), make([]float64, c)
		variance, variance64 := s.output(c), make([]float64, c)
		BatchNormStats(n, c, hw, x, mean, variance)
		BatchNormStats(n, c, hw, x64, mean64, variance64)
		s.same("mean", mean, mean64, 1e-6, 1)
		s.same("variance", variance, variance64, 2e-6, 1e-3)
		for i := range mean { // compare what follows on equal statistics
			mean64[i], variance[i] = float64(mean[i]), variance[i]+0.1
			variance64[i] = float64(variance[i])
		}
		wt, wt64 := s.input("weight", c, 1)
		bs, bs64 := s.input("bias", c, 1)
		dy, dy64 := s.input("dy", m, 1)
		y, y64 := s.output(m), make([]float64, m)
		BatchNormForward(n, c, hw, x, mean, variance, wt, bs, eps, a, y)
		BatchNormForward(n, c, hw, x64, mean64, variance64, wt64, bs64, eps, a, y64)
		s.same("y", y, y64, 2e-6, 5)
		dw, dw64 := s.output(c), make([]float64, c)
		db, db64 := s.output(c), make([]float64, c)
		// Away from ReLU's kink rounding can't change its slope.
		if a.Kind == ActReLU {
			for i, v := range y64 {
				if v < 1e-4 && v > 0 {
					dy[i], dy64[i] = 0, 0
				}
			}
		}
		BatchNormBackwardReduce(n, c, hw, x, mean, variance, wt, bs, dy, eps, a, dw, db)
		BatchNormBackwardReduce(n, c, hw, x64, mean64, variance64, wt64, bs64, dy64, eps, a, dw64, db64)
		size := float64(n * hw)
		s.same("dweight", dw, dw64, 1e-6, size)
		s.same("dbias", db, db64, 1e-6, size)
		for i := range dw {
			dw64[i], db64[i] = float64(dw[i]), float64(db[i])
		}
		for _, training := range []bool{true, false} {
			dx, dx64 := s.output(m), make([]float64, m)
			BatchNormBackwardInput(n, c, hw, x, mean, variance, wt, bs, dy, dw, db, eps, a, training, dx)
			BatchNormBackwardInput(n, c, hw, x64, mean64, variance64, wt64, bs64, dy64, dw64, db64, eps, a, training, dx64)
			s.same("dx", dx, dx64, 2e-6, 10)
		}
	})
}

func TestBatchNormStatsFarFromZero(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		const n, hw = 8, 1000
		x, x64 := s.input("x", n*hw, 1)
		for i := range x { // the first image far from the others
			x[i] += 1000
			if i < hw {
				x[i] += 300
			}
			x64[i] = float64(x[i])
		}
		mean, variance := s.output(1), s.output(1)
		mean64, variance64 := make([]float64, 1), make([]float64, 1)
		BatchNormStats(n, 1, hw, x, mean, variance)
		BatchNormStats(n, 1, hw, x64, mean64, variance64)
		s.same("mean", mean, mean64, 1e-7, 1)
		s.same("variance", variance, variance64, 3e-6, 1)
	})
}

func TestChannelsOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c := s.between("n", 1, 5), s.between("c", 1, 80)
		hw := rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(bigPlane, bigPlane+40)).Draw(s.t, "hw")
		x, x64 := s.input("x", n*c*hw, 1)
		dy, dy64 := s.input("dy", n*c*hw, 1)
		bias, bias64 := s.input("bias", c, 1)
		scale, scale64 := s.input("scale", n*c, 1)
		y, y64 := s.output(n*c*hw), make([]float64, n*c*hw)
		AddChannel(n, c, hw, x, bias, y)
		AddChannel(n, c, hw, x64, bias64, y64)
		s.same("added", y, y64, 1e-6, 1)
		ScaleChannel(n, c, hw, x, scale, y)
		ScaleChannel(n, c, hw, x64, scale64, y64)
		s.same("scaled", y, y64, 1e-6, 1)
		db, db64 := s.output(c), make([]float64, c)
		ChannelSum(n, c, hw, dy, db)
		ChannelSum(n, c, hw, dy64, db64)
		s.same("sum", db, db64, 1e-6, float64(n*hw))
		ds, ds64 := s.output(n*c), make([]float64, n*c)
		ScaleChannelBackwardScale(n, c, hw, x, dy, ds)
		ScaleChannelBackwardScale(n, c, hw, x64, dy64, ds64)
		s.same("dot", ds, ds64, 1e-6, float64(hw))
	})
}

func TestLRNOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n, c, hw := s.between("n", 1, 2), s.between("c", 1, 12), s.between("hw", 1, 300)
		size := s.between("size", 1, 6)
		beta := rapid.SampledFrom([]float64{0.75, 0.5}).Draw(s.t, "beta")
		x, x64 := s.input("x", n*c*hw, 3)
		dy, dy64 := s.input("dy", n*c*hw, 1)
		y, y64 := s.output(n*c*hw), make([]float64, n*c*hw)
		LRNForward(n, c, hw, size, 0.1, beta, 2, x, y)
		LRNForward(n, c, hw, size, 0.1, beta, 2, x64, y64)
		s.same("y", y, y64, 2e-6, 0.1)
		LRNBackward(n, c, hw, size, 0.1, beta, 2, x, dy, y)
		LRNBackward(n, c, hw, size, 0.1, beta, 2, x64, dy64, y64)
		s.same("dx", y, y64, 3e-6, 1)
	})
}

func TestRowsOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		rows, cols := s.between("rows", 1, 5), s.between("cols", 1, 70)
		scale := rapid.SampledFrom([]float64{1, 30, 1000}).Draw(s.t, "scale")
		x, x64 := s.input("x", rows*cols, scale)
		dy, dy64 := s.input("dy", rows*cols, 1)
		y, y64 := s.output(rows*cols), make([]float64, rows*cols)
		dx, dx64 := s.output(rows*cols), make([]float64, rows*cols)
		SoftmaxRows(rows, cols, x, y)
		SoftmaxRows(rows, cols, x64, y64)
		// The exponent's own rounding, at most 2·scale·2⁻²⁴, shows in p.
		rel := 2e-6 + scale*2e-7
		s.same("softmax", y, y64, rel, 1e-3)
		SoftmaxRowsBackward(rows, cols, y, dy, dx)
		SoftmaxRowsBackward(rows, cols, y64, dy64, dx64)
		s.same("softmax gradient", dx, dx64, rel, 1)
		LogSoftmaxRows(rows, cols, x, y)
		LogSoftmaxRows(rows, cols, x64, y64)
		s.same("log softmax", y, y64, 1e-6, scale)
		LogSoftmaxRowsBackward(rows, cols, y, dy, dx)
		LogSoftmaxRowsBackward(rows, cols, y64, dy64, dx64)
		s.same("log softmax gradient", dx, dx64, rel, float64(cols))
		labels := make([]int, rows)
		for i := range labels {
			labels[i] = s.between("label", 0, cols-1)
		}
		loss, loss64 := s.output(rows), make([]float64, rows)
		CrossEntropyForward(rows, cols, x, labels, 0.1, loss)
		CrossEntropyForward(rows, cols, x64, labels, 0.1, loss64)
		s.same("loss", loss, loss64, 1e-6, scale)
		CrossEntropyBackward(rows, cols, x, labels, 0.1, 0.5, dx)
		CrossEntropyBackward(rows, cols, x64, labels, 0.1, 0.5, dx64)
		s.same("loss gradient", dx, dx64, rel, 1)
	})
}

func TestDropoutOnVectors(t *testing.T) {
	onEachISA(t, func(s *tensors) {
		n := s.between("n", 1, 20000)
		seed, step := uint64(s.between("seed", 0, 1000)), uint64(s.between("step", 0, 1000))
		p := rapid.Float64Range(0, 1).Draw(s.t, "p")
		y, y64 := s.output(n), make([]float64, n)
		DropoutMask(seed, step, p, y)
		DropoutMask(seed, step, p, y64)
		s.same("mask", y, y64, 1e-6, 0)
	})
}

// Large results take another way to memory, from any alignment.
func TestStreaming(t *testing.T) {
	eachISA(t, func(t *testing.T) {
		const c, hw = 3, 1<<20 + 5
		const m = c * hw
		x1, x2, dy := random[float32](1, m+1, 1)[1:], random[float32](2, m, 1), random[float32](3, m, 1)
		got, want := make([]float32, m+2)[2:], make([]float32, m)
		withThreads(t, 1)
		compare := func(what string, f func(from, to int, y []float32)) {
			t.Helper()
			f(0, m, got)
			for at := 0; at < m; at += 1 << 18 { // each too short to stream
				end := min(at+1<<18, m)
				f(at, end, want[at:end])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: streaming changes the result", what)
			}
		}
		relu := Act{Kind: ActReLU}
		compare("relu", func(a, b int, y []float32) { ActForward(relu, x1[a:b], y) })
		compare("relu's gradient", func(a, b int, y []float32) { ActBackward(relu, x1[a:b], dy[a:b], y) })
		compare("sum", func(a, b int, y []float32) { AddN(y, x1[a:b], x2[a:b]) })
		compare("sum and relu", func(a, b int, y []float32) { AddAct(relu, x1[a:b], x2[a:b], y) })
		compare("its gradient", func(a, b int, y []float32) { AddActBackward(relu, x1[a:b], x2[a:b], dy[a:b], y) })
		mean, variance, scale, shift := []float32{0.1, 0.2, 0.3}, []float32{1, 2, 3}, []float32{2, 3, 4}, []float32{0.5, 0.6, 0.7}
		for _, a := range []Act{{}, relu} {
			BatchNormForward(1, c, hw, x1, mean, variance, scale, shift, 0.1, a, got)
			copy(want, x1) // in place it doesn't stream
			BatchNormForward(1, c, hw, want, mean, variance, scale, shift, 0.1, a, want)
			if !slices.Equal(got, want) {
				t.Errorf("batch norm: streaming changes the result")
			}
			BatchNormBackwardInput(1, c, hw, x1, mean, variance, scale, shift, dy, scale, shift, 0.1, a, true, got)
			copy(want, dy)
			BatchNormBackwardInput(1, c, hw, x1, mean, variance, scale, shift, want, scale, shift, 0.1, a, true, want)
			if !slices.Equal(got, want) {
				t.Errorf("batch norm's gradient: streaming changes the result")
			}
		}
	})
}
