package kernel

// pixelPlain is the definition in plain Go, for every convolution and machine.
// Its prepared weights are (O, KH, KW, C/Groups): consecutive as the input is.
var pixelPlain = PixelConv{
	Name: "plain",
	Fits: func(Conv) bool { return true },
	Cost: func(c Conv) float64 {
		c = c.normal()
		// About one multiply-add a nanosecond, and a loop's beginning and end
		// for each tap.
		taps := float64(c.N*c.OutH()*c.OutW()) * float64(c.O*c.KH*c.KW)
		return taps * (float64(c.C/c.Groups) + 4) / float64(Threads())
	},
	Prepared: func(c Conv) int { c = c.normal(); return c.O * (c.C / c.Groups) * c.KH * c.KW },
	Prepare: func(c Conv, w, dst []float32) {
		c = c.normal()
		inC, taps := c.C/c.Groups, c.KH*c.KW
		for i := range dst[:c.O*inC*taps] {
			o, t, ci := i/(taps*inC), i/inC%taps, i%inC
			dst[i] = w[(o*inC+ci)*taps+t]
		}
	},
	Run: func(c Conv, x Pixels, prepared []float32, ep PixelEpilogue, y Pixels) {
		c = c.normal()
		if c.O == 0 {
			return
		}
		rows, grain := c.N*c.OutH(), 1
		if flops := 2 * float64(len(prepared)) * float64(rows*c.OutW()); flops < smallFlops {
			grain = rows
		}
		parallel(rows, grain, pixelPlainJob{c, x, y, prepared, ep})
	},
}

type pixelPlainJob struct {
	Conv
	x, y Pixels
	w    []float32
	ep   PixelEpilogue
}

// run makes rows [lo, hi) of the results of all images.
func (j *pixelPlainJob) run(lo, hi int) {
	inC, outC := j.C/j.Groups, j.O/j.Groups
	width := j.OutW()
	for row := lo; row < hi; row++ {
		img, top := row/j.OutH(), row%j.OutH()*j.SH-j.PH
		for col := range width {
			left := col*j.SW - j.PW
			at := row*width + col
			y := j.y.Data[at*j.y.Stride:][:j.O]
			if j.ep.Bias != nil {
				copy(y, j.ep.Bias)
			} else {
				clear(y)
			}
			for t := 0; t < j.KH*j.KW; t++ {
				r, l := top+t/j.KW*j.DH, left+t%j.KW*j.DW
				if r < 0 || r >= j.H || l < 0 || l >= j.W || inC == 0 {
					continue
				}
				x := j.x.Data[((img*j.H+r)*j.W+l)*j.x.Stride:][:j.C]
				for o := range y {
					g := o / outC * inC
					y[o] += dot(x[g:g+inC], j.w[(o*j.KH*j.KW+t)*inC:])
				}
			}
			if j.ep.Add.Data != nil {
				axpy(1, j.ep.Add.Data[at*j.ep.Add.Stride:][:j.O], y)
			}
			actRange(j.ep.Act, y, y)
		}
	}
}
