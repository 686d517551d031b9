package kernel

import "math"

// poolPlan says how the vector code walks over a pooling's planes. Where
// windows reach beyond the plane, the plane is first copied into a larger one.
type poolPlan struct {
	Pool
	padded     bool
	rows, cols int // of what the vector code reads
}

// planVec returns false where the vector code can't help.
func planVec(p Pool) (poolPlan, bool) {
	if isa == nil || p.DH != 1 || p.DW != 1 || p.SW > 2 || p.KH < 1 || p.KW < 1 || p.OH < 1 || p.OW < 1 {
		return poolPlan{}, false
	}
	plan := poolPlan{Pool: p, rows: p.H, cols: p.W}
	if reachH, reachW := (p.OH-1)*p.SH+p.KH, (p.OW-1)*p.SW+p.KW; p.PH > 0 || p.PW > 0 || reachH > p.H || reachW > p.W {
		plan.padded, plan.rows, plan.cols = true, max(reachH, p.PH+p.H), max(reachW, p.PW+p.W)
		if area := float64(plan.rows) * float64(plan.cols); area > 1<<22 && area > 8*float64(p.H*p.W+p.OH*p.OW) {
			return poolPlan{}, false // too large a copy of too small a plane
		}
	}
	// The search for maxima counts elements of the plane in 32 bits.
	return plan, plan.rows <= math.MaxInt32/plan.cols
}

// scratch lends the enlarged plane, filled with what padding counts as.
func (p *poolPlan) scratch(padding float32) []float32 {
	if !p.padded {
		return nil
	}
	s := scratch32.take(p.rows * p.cols)
	fill(s, padding)
	return s
}

// widen copies a plane into the enlarged one.
func (p *poolPlan) widen(x, wide []float32) []float32 {
	if !p.padded {
		return x
	}
	for h := range p.H {
		copy(wide[(h+p.PH)*p.cols+p.PW:], x[h*p.W:(h+1)*p.W])
	}
	return wide
}

// narrow copies the enlarged plane's middle back.
func (p *poolPlan) narrow(wide, x []float32) {
	for h := range p.H {
		from := (h+p.PH)*p.cols + p.PW
		copy(x[h*p.W:(h+1)*p.W], wide[from:from+p.W])
	}
}

// searches are the kernels for one geometry.
type searches struct {
	max func(x *float32, pitch, step, kh, kw, ow, oh int, y *float32) bool
	arg func(x *float32, pitch, step, kh, kw, ow, oh int, at *int32, atPitch int, dy, grads *float32) bool
}

var (
	searchNaN = [3]searches{1: {vecMaxPoolNaN1, vecArgMaxPool1}, 2: {vecMaxPoolNaN2, vecArgMaxPool2}}
	search    = [3]searches{1: {vecMaxPool1, vecArgMaxPool1}, 2: {vecMaxPool2, vecArgMaxPool2}}
	search3x3 = [3]searches{1: {vecMaxPool3x3s1, vecArgMaxPool3x3s1}, 2: {vecMaxPool3x3s2, vecArgMaxPool3x3s2}}
)

// searches picks the kernels for a plane. A look for NaN first makes the
// comparisons several times cheaper.
func (p *poolPlan) searches(x []float32) *searches {
	nan, _ := vecCountNaN(x, len(x), 1, 0)
	switch {
	case nan > 0:
		return &searchNaN[p.SW]
	case p.KH == 3 && p.KW == 3:
		return &search3x3[p.SW]
	}
	return &search[p.SW]
}

func maxPoolVec(p Pool, lo, hi int, x, y []float32) bool {
	plan, ok := planVec(p)
	if !ok {
		return false
	}
	wide := plan.scratch(float32(math.Inf(-1)))
	for plane := lo; plane < hi; plane++ {
		src := plan.widen(x[plane*p.H*p.W:(plane+1)*p.H*p.W], wide)
		dst := y[plane*p.OH*p.OW : (plane+1)*p.OH*p.OW]
		f := plan.searches(src).max
		f(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &dst[0])
	}
	scratch32.give(wide)
	return true
}

// blocks2x2 reports whether the windows are 2×2 blocks inside the plane.
func (p Pool) blocks2x2() bool {
	return p.KH == 2 && p.KW == 2 && p.SH == 2 && p.SW == 2 && p.PH == 0 && p.PW == 0 &&
		p.DH == 1 && p.DW == 1 && p.OH == p.H/2 && p.OW == p.W/2 && p.OH > 0 && p.OW > 0
}

func maxPoolBackwardVec(p Pool, lo, hi int, x, dy, dx []float32) bool {
	plan, ok := planVec(p)
	if !ok {
		return false
	}
	if p.blocks2x2() {
		for plane := lo; plane < hi; plane++ {
			from, to := plane*p.H*p.W, (plane+1)*p.H*p.W
			g := dy[plane*p.OH*p.OW:]
			if p.H%2+p.W%2 > 0 { // no window covers the last row or column
				clear(dx[from:to])
			}
			vecMaxPool2x2Grad(&x[from], p.W, p.OW, p.OH, &g[0], &dx[from])
		}
		return true
	}
	if p.SH != p.SW {
		return false
	}
	wide := plan.scratch(float32(math.Inf(-1)))
	m := plan.maxima()
	for plane := lo; plane < hi; plane++ {
		from, to := plane*p.H*p.W, (plane+1)*p.H*p.W
		src := plan.widen(x[from:to], wide)
		m.find(src, dy[plane*p.OH*p.OW:(plane+1)*p.OH*p.OW])
		m.collect(dx[from:to])
	}
	m.release()
	scratch32.give(wide)
	return true
}

// inverseCounts lends the factors that turn windows' sums into averages. They
// are a product of one for the row and one for the column.
func (p Pool) inverseCounts() []float32 {
	s := scratch32.take(p.OH + p.OW)
	for o := range p.OH {
		_, _, n := avgWindow(o, p.KH, p.SH, p.PH, p.H, p.CountIncludePad)
		s[o] = 1 / float32(n)
	}
	for o := range p.OW {
		_, _, n := avgWindow(o, p.KW, p.SW, p.PW, p.W, p.CountIncludePad)
		s[p.OH+o] = 1 / float32(n)
	}
	return s
}

// everyWindowFull reports whether all averages have the same divisor.
func (p Pool) everyWindowFull() bool {
	return (p.PH == 0 && p.PW == 0 || p.CountIncludePad) &&
		(p.OH-1)*p.SH+p.KH <= p.H+2*p.PH && (p.OW-1)*p.SW+p.KW <= p.W+2*p.PW
}

func avgPoolVec(p Pool, lo, hi int, x, y []float32) bool {
	p.DH, p.DW = 1, 1
	plan, ok := planVec(p)
	if !ok || !p.windowsMeetImage() {
		return false
	}
	wide, full := plan.scratch(0), p.everyWindowFull()
	inverse := p.inverseCounts()
	for plane := lo; plane < hi; plane++ {
		src := plan.widen(x[plane*p.H*p.W:(plane+1)*p.H*p.W], wide)
		dst := y[plane*p.OH*p.OW : (plane+1)*p.OH*p.OW]
		if p.SW == 1 {
			vecSumPool1(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &dst[0])
		} else {
			vecSumPool2(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &dst[0])
		}
		if full {
			vecScale(dst, dst, 1/float32(p.KH*p.KW))
			continue
		}
		for oh := range p.OH {
			row := dst[oh*p.OW : (oh+1)*p.OW]
			vecMul(row, inverse[p.OH:], row)
			vecScale(row, row, inverse[oh])
		}
	}
	scratch32.give(wide)
	scratch32.give(inverse)
	return true
}

// windowsMeetImage reports whether no window lies in the padding altogether.
func (p Pool) windowsMeetImage() bool {
	return p.PH < p.KH && p.PW < p.KW && (p.OH-1)*p.SH-p.PH < p.H && (p.OW-1)*p.SW-p.PW < p.W
}

func avgPoolBackwardVec(p Pool, lo, hi int, dy, dx []float32) bool {
	p.DH, p.DW = 1, 1
	plan, ok := planVec(p)
	if !ok || !p.windowsMeetImage() {
		return false
	}
	if p.blocks2x2() {
		for plane := lo; plane < hi; plane++ {
			out := dx[plane*p.H*p.W : (plane+1)*p.H*p.W]
			if p.H%2+p.W%2 > 0 {
				clear(out)
			}
			vecSpread2x2(&dy[plane*p.OH*p.OW], p.OW, p.OH, &out[0], p.W, 0.25)
		}
		return true
	}
	if p.SW != 1 {
		return false
	}
	wide, inverse, row := plan.scratch(0), p.inverseCounts(), scratch32.take(p.OW)
	for plane := lo; plane < hi; plane++ {
		out := dx[plane*p.H*p.W : (plane+1)*p.H*p.W]
		if plan.padded {
			out = wide
		}
		clear(out)
		for oh := range p.OH {
			vecMul(dy[plane*p.OH*p.OW+oh*p.OW:], inverse[p.OH:], row)
			for h := oh * p.SH; h < oh*p.SH+p.KH; h++ {
				for k := range p.KW {
					vecAxpy(row, out[h*plan.cols+k:h*plan.cols+k+p.OW], inverse[oh])
				}
			}
		}
		if plan.padded {
			plan.narrow(wide, dx[plane*p.H*p.W:(plane+1)*p.H*p.W])
		}
	}
	scratch32.give(wide)
	scratch32.give(inverse)
	scratch32.give(row)
	return true
}
