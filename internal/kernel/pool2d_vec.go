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
	}
	return plan, true
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

func maxPoolVec(p Pool, lo, hi int, x, y []float32) bool {
	plan, ok := planVec(p)
	if !ok {
		return false
	}
	wide := plan.scratch(float32(math.Inf(-1)))
	for plane := lo; plane < hi; plane++ {
		src := plan.widen(x[plane*p.H*p.W:(plane+1)*p.H*p.W], wide)
		dst := y[plane*p.OH*p.OW : (plane+1)*p.OH*p.OW]
		// A look for NaN first makes the comparisons three times cheaper.
		nan, _ := vecCountNaN(src, len(src), 1, 0)
		switch {
		case nan == 0 && p.SW == 1:
			vecMaxPool1(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &dst[0])
		case nan == 0:
			vecMaxPool2(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &dst[0])
		case p.SW == 1:
			vecMaxPoolNaN1(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &dst[0])
		default:
			vecMaxPoolNaN2(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &dst[0])
		}
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
	// For each window, where its maximum is; then each element of x takes the
	// gradients of the windows that it is the maximum of. Windows are looked
	// at to the left and right of a row's ends, so there are some that have
	// their maximum nowhere.
	taps := (p.KW + p.SW - 1) / p.SW
	before := taps - 1
	windows := (plan.cols+p.SW-1)/p.SW + 2*16 // a vector may begin at the last column
	pitch := before + max(windows, p.OW)
	at := scratchInt.take(p.OH * pitch)
	fill(at, -1)
	grads := scratch32.take(p.OH * pitch)
	fill(grads, 0)
	row := scratch32.take(plan.cols + 2*16)
	wide := plan.scratch(float32(math.Inf(-1)))
	for plane := lo; plane < hi; plane++ {
		from, to := plane*p.H*p.W, (plane+1)*p.H*p.W
		src, out := plan.widen(x[from:to], wide), dx[from:to]
		if p.SW == 1 {
			vecArgMaxPool1(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &at[before], pitch)
		} else {
			vecArgMaxPool2(&src[0], plan.cols, p.SH*plan.cols, p.KH, p.KW, p.OW, p.OH, &at[before], pitch)
		}
		for oh := range p.OH {
			o := plane*p.OH*p.OW + oh*p.OW
			copy(grads[oh*pitch+before:], dy[o:o+p.OW])
		}
		for h := range p.H {
			r := h + p.PH
			first := max(0, (r-p.KH+p.SH)/p.SH) // the first window whose last row is r or below
			last := min(p.OH-1, r/p.SH)
			if first > last {
				clear(out[h*p.W : (h+1)*p.W])
				continue
			}
			o := first*pitch + before
			if p.SW == 1 {
				vecCollect1(&at[o], &grads[o], pitch, last-first+1, taps, plan.cols, int32(r*plan.cols), &row[0])
			} else {
				vecCollect2(&at[o], &grads[o], pitch, last-first+1, taps, plan.cols, int32(r*plan.cols), &row[0])
			}
			copy(out[h*p.W:(h+1)*p.W], row[p.PW:])
		}
	}
	scratchInt.give(at)
	scratch32.give(grads)
	scratch32.give(row)
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
