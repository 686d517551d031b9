package kernel

// convBackwardData32 is ConvBackwardData by implicit matrix product. For
// strides over 1 the input positions are sorted by their remainder modulo the
// stride: those of one remainder meet the same taps, and their gradient is a
// convolution of stride 1 with these taps.
func convBackwardData32(s *tileSet, c Conv, dy, w, dx []float32) {
	inC, taps := c.C/c.Groups, c.KH*c.KW
	outC := c.O / c.Groups
	// Weights as (C, taps, O): for a channel and a tap, o is consecutive.
	work := borrow[tileWork]()
	defer giveBack(work)
	wt := grow(&work.c, len(w))
	rows := inC * taps
	cut := (rows + s.lanes - 1) / s.lanes
	Parallel(c.Groups*cut, 1<<14/(outC*s.lanes)+1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			g, r := i/cut, i%cut*s.lanes
			n := min(s.lanes, rows-r)
			s.transposeTo(wt[g*outC*rows+r*outC:], outC, w[g*outC*rows+r:], rows, outC, n, false)
		}
	})
	if !reachesAll(c) {
		clear(dx)
	}
	d := dataJob{isa: s, c: c, dy: dy, wt: wt, dx: dx}
	if c.SH*c.SW > 1 && c.N > 1 {
		// A few images after the other, so that their gradients stay in the
		// cache until all remainders are written.
		few := 1
		if plane := (c.H / c.SH) * (c.W / c.SW); plane < smallPlane {
			few = smallPlane * 3 / max(plane, 1)
		}
		few = max(1, min(few, c.N/Threads()))
		ForEach((c.N+few-1)/few, func(i int) { d.images(i*few, min(c.N, (i+1)*few), true) })
		return
	}
	d.images(0, c.N, false)
}

// dataJob is what the convolutions of a backward pass share.
type dataJob struct {
	isa        *tileSet
	c          Conv
	dy, wt, dx []float32
}

// images makes the gradient of images [lo, hi).
func (d *dataJob) images(lo, hi int, serial bool) {
	c := d.c
	inC, outC, taps := c.C/c.Groups, c.O/c.Groups, c.KH*c.KW
	oh, ow := c.OutH(), c.OutW()
	for a := range min(c.SH, c.H) {
		for b := range min(c.SW, c.W) {
			// Positions ih = a + i·SH, iw = b + k·SW.
			j := borrow[convJob]()
			j.isa, j.images, j.groups, j.serial = d.isa, hi-lo, c.Groups, serial
			j.inC, j.outC = outC, inC
			j.srcImg, j.srcCh = c.O*oh*ow, oh*ow
			j.src = d.dy[lo*j.srcImg:]
			j.inH, j.inW = oh, ow
			j.outH, j.outW = (c.H-a+c.SH-1)/c.SH, (c.W-b+c.SW-1)/c.SW
			j.sh, j.sw = 1, 1
			for kh := range c.KH {
				for kw := range c.KW {
					y, x := a+c.PH-kh*c.DH, b+c.PW-kw*c.DW
					if y%c.SH == 0 && x%c.SW == 0 {
						j.taps = append(j.taps, shift{y / c.SH, x / c.SW})
						j.tapAt = append(j.tapAt, 4*(kh*c.KW+kw)*outC)
					}
				}
			}
			j.a, j.lda, j.aGroup, j.tapMajor = d.wt, taps*outC, outC*inC*taps, true
			j.dstCh, j.dstImg = c.H*c.W, c.C*c.H*c.W
			j.dst = d.dx[lo*j.dstImg:]
			j.dstW, j.dstSH, j.dstSW, j.dstRow, j.dstCol = c.W, c.SH, c.SW, a, b
			if len(j.taps) > 0 {
				j.run()
			}
			giveBack(j)
		}
	}
}

// reachesAll reports whether every remainder of an input position modulo the
// stride meets at least one tap.
func reachesAll(c Conv) bool {
	return axisReachesAll(c.KH, c.SH, c.DH) && axisReachesAll(c.KW, c.SW, c.DW)
}

func axisReachesAll(k, s, d int) bool {
	for a := range s {
		met := false
		for i := range k {
			met = met || (i*d-a)%s == 0
		}
		if !met {
			return false
		}
	}
	return true
}
