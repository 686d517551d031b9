package kernel

// eachTap calls f for every kernel tap and output row that meet the image:
// the tap's index in the kernel, the start of the input row, the start of the
// output row, and the output columns [lo, hi) that fall inside.
func eachTap(c Conv, f func(tap, in, out, lo, hi int)) {
	oh, ow := c.OutH(), c.OutW()
	for kh := range c.KH {
		top, bottom := reach(oh, c.H, c.SH, kh*c.DH-c.PH)
		for kw := range c.KW {
			off := kw*c.DW - c.PW
			lo, hi := reach(ow, c.W, c.SW, off)
			if lo >= hi {
				continue
			}
			for i := top; i < bottom; i++ {
				row := i*c.SH + kh*c.DH - c.PH
				f(kh*c.KW+kw, row*c.W+off+lo*c.SW, i*ow, lo, hi)
			}
		}
	}
}

func convForwardPlain[T Float](c Conv, x, w []T, ep Epilogue[T], y []T) {
	inC, outC := c.C/c.Groups, c.O/c.Groups
	hw, taps, plane := c.H*c.W, c.KH*c.KW, c.OutH()*c.OutW()
	ForEach(c.N*c.O, func(part int) {
		n, o := part/c.O, part%c.O
		dst := y[part*plane : (part+1)*plane]
		var bias T
		if ep.Bias != nil {
			bias = ep.Bias[o]
		}
		for i := range dst {
			dst[i] = bias
		}
		for ci := range inC {
			src := x[(n*c.C+o/outC*inC+ci)*hw:][:hw]
			ws := w[(o*inC+ci)*taps:][:taps]
			eachTap(c, func(tap, in, out, lo, hi int) {
				row := dst[out+lo : out+hi]
				if c.SW == 1 {
					axpy(ws[tap], src[in:in+hi-lo], row)
					return
				}
				v := ws[tap]
				for j := range row {
					row[j] += v * src[in+j*c.SW]
				}
			})
		}
		if ep.Add != nil {
			axpy(1, ep.Add[part*plane:(part+1)*plane], dst)
		}
		actRange(ep.Act, dst, dst)
	})
}

func convBackwardDataPlain[T Float](c Conv, dy, w, dx []T) {
	inC, outC := c.C/c.Groups, c.O/c.Groups
	hw, taps, plane := c.H*c.W, c.KH*c.KW, c.OutH()*c.OutW()
	ForEach(c.N*c.C, func(part int) {
		n, ch := part/c.C, part%c.C
		g, ci := ch/inC, ch%inC
		dst := dx[part*hw : (part+1)*hw]
		clear(dst)
		for o := g * outC; o < (g+1)*outC; o++ {
			src := dy[(n*c.O+o)*plane:][:plane]
			ws := w[(o*inC+ci)*taps:][:taps]
			eachTap(c, func(tap, in, out, lo, hi int) {
				row := src[out+lo : out+hi]
				if c.SW == 1 {
					axpy(ws[tap], row, dst[in:in+hi-lo])
					return
				}
				v := ws[tap]
				for j, s := range row {
					dst[in+j*c.SW] += v * s
				}
			})
		}
	})
}

func convBackwardWeightsPlain[T Float](c Conv, x, dy, dw []T) {
	inC, outC := c.C/c.Groups, c.O/c.Groups
	hw, taps, plane := c.H*c.W, c.KH*c.KW, c.OutH()*c.OutW()
	ForEach(c.O*inC, func(part int) {
		o, ci := part/inC, part%inC
		dst := dw[part*taps : (part+1)*taps]
		clear(dst)
		for n := range c.N {
			src := x[(n*c.C+o/outC*inC+ci)*hw:][:hw]
			grad := dy[(n*c.O+o)*plane:][:plane]
			eachTap(c, func(tap, in, out, lo, hi int) {
				row := grad[out+lo : out+hi]
				if c.SW == 1 {
					dst[tap] += dot(src[in:in+hi-lo], row)
					return
				}
				var s T
				for j, g := range row {
					s += g * src[in+j*c.SW]
				}
				dst[tap] += s
			})
		}
	})
}
