package kernel

// PixelSeparable is a depthwise convolution with the 1×1 convolutions around
// it: the inverted residual of MobileNetV2 (Sandler et al. 2018, arXiv
// 1801.04381), without Expand the separable convolution of MobileNet. They are
// done band by band: the rows that a band of the depthwise convolution's
// results needs are made, then those results, then what the last convolution
// makes of them. So what lies between the convolutions, which is several times
// as wide as what goes in and comes out, stays in the second-level cache.
//
// Bands go on from image to image. Rows that the next band needs, too, are kept
// and not made again.
type PixelSeparable struct {
	Expand    Conv // O of 0: none
	Depthwise Conv
	Project   Conv
}

// PixelStage is what one of the convolutions has besides its geometry. Weights
// are those that Prepare of "direct", or of "depthwise", makes.
type PixelStage struct {
	Prepared, Bias []float32 // no Bias: nil
	Act            Act
}

// Fits reports whether the convolutions can be done so: the outer ones by
// "direct" on pixels as they lie, the inner one by "depthwise".
func (s PixelSeparable) Fits() bool {
	d := s.Depthwise.normal()
	if isa == nil || !pixelDepthwise.Fits(d) || d.N*d.C*d.OutH()*d.OutW() == 0 || !pointwise(s.Project, d.N, d.C, d.OutH(), d.OutW()) {
		return false
	}
	return !s.expands() || s.Expand.O == d.C && pointwise(s.Expand, d.N, s.Expand.C, d.H, d.W)
}

func (s PixelSeparable) expands() bool { return s.Expand.O > 0 }

// pointwise reports whether c is a 1×1 convolution of such images, pixel by
// pixel.
func pointwise(c Conv, n, channels, h, w int) bool {
	c = c.normal()
	return pixelDirect.Fits(c) && c.N == n && c.C == channels && c.H == h && c.W == w && c.Groups == 1 &&
		c.KH == 1 && c.KW == 1 && c.SH == 1 && c.SW == 1 && c.PH == 0 && c.PW == 0
}

// separableBand is the number of floats that a band has between its
// convolutions: half of the second-level cache, which weights, input and result
// share with it.
var separableBand = caches.l2 / 8

// Pays reports whether what lies between the convolutions would otherwise leave
// the second-level caches, and the weights, which every band reads, are few
// beside a band.
func (s PixelSeparable) Pays() bool {
	d := s.Depthwise.normal()
	between := d.N * d.C * d.OutH() * d.OutW()
	weights := d.C * s.Project.O
	if s.expands() {
		between += d.N * d.C * d.H * d.W
		weights += d.C * s.Expand.C
	}
	return between > separableBand*Threads() && 2*weights < 3*separableBand
}

// Run computes
//
//	y = Project(Depthwise(Expand(x))) + add
//
// each with its bias and activation, the last one's after the sum. add has no
// Data where there is nothing to add.
func (s PixelSeparable) Run(x Pixels, expand, depthwise, project PixelStage, add, y Pixels) {
	j := pixelSeparableJob{c: s, x: x, y: y, add: add, expand: expand, depthwise: depthwise, project: project}
	j.c.Depthwise = s.Depthwise.normal()
	d := j.c.Depthwise
	parallel(d.N*d.OutH(), max(1, elementGrain/(d.C*d.OutW())), j)
}

type pixelSeparableJob struct {
	c                          PixelSeparable
	x, y, add                  Pixels
	expand, depthwise, project PixelStage
}

// bandRows is the number of rows of results of a band.
func (j *pixelSeparableJob) bandRows(most int) int {
	d := j.c.Depthwise
	stride := PixelStride(d.C)
	row, first := stride*d.OutW(), 0
	if j.c.expands() {
		row += stride * d.W * d.SH
		first = stride * d.W * ((d.KH-1)*d.DH + 1 - d.SH)
	}
	rows := max(2, (separableBand-first)/row)
	return (most + (most+rows-1)/rows - 1) / ((most + rows - 1) / rows)
}

// reads returns the rows of the depthwise convolution's input, among those of
// all images, that rows [lo, hi) of its results are made of.
func (j *pixelSeparableJob) reads(lo, hi int) (from, to int) {
	d := j.c.Depthwise
	outH := d.OutH()
	from = lo/outH*d.H + min(d.H, max(0, lo%outH*d.SH-d.PH))
	hi--
	to = hi/outH*d.H + max(0, min(d.H, hi%outH*d.SH-d.PH+(d.KH-1)*d.DH+1))
	return from, max(from, to)
}

// run makes the results that belong to rows [lo, hi) of the depthwise
// convolution's, of all images.
func (j *pixelSeparableJob) run(lo, hi int) {
	d := j.c.Depthwise
	outW, stride := d.OutW(), PixelStride(d.C)
	step := j.bandRows(hi - lo)
	made := Pixels{scratch32.take(step * outW * stride), stride}
	defer scratch32.give(made.Data)
	wide, have, end := j.x, 0, 0 // the rows of the wide input that there are
	if j.c.expands() {
		rows := 0
		for row := lo; row < hi; row += step {
			from, to := j.reads(row, min(hi, row+step))
			rows = max(rows, to-from)
		}
		wide = Pixels{scratch32.take(rows * d.W * stride), stride}
		defer scratch32.give(wide.Data)
	}
	for row := lo; row < hi; row += step {
		next := min(hi, row+step)
		if j.c.expands() {
			from, to := j.reads(row, next)
			kept := 0
			if from < end {
				kept = min(end, to) - from
				copy(wide.Data, wide.Data[(from-have)*d.W*stride:][:kept*d.W*stride])
			}
			if first := from + kept; first < to {
				j.pointwise(j.c.Expand, d.W, first, to, j.x.fromRow(first, d.W), j.expand, Pixels{}, wide.fromRow(kept, d.W))
			}
			have, end = from, to
		}
		depthwiseRows(d, row, next, wide, have, j.depthwise.Prepared, PixelEpilogue{Bias: j.depthwise.Bias, Act: j.depthwise.Act}, made, row)
		add := j.add
		if add.Data != nil {
			add = add.fromRow(row, outW)
		}
		j.pointwise(j.c.Project, outW, row, next, made, j.project, add, j.y.fromRow(row, outW))
	}
}

// pointwise does a 1×1 convolution of rows [lo, hi) of w pixels, of which x, add
// and y begin with the first.
func (j *pixelSeparableJob) pointwise(c Conv, w, lo, hi int, x Pixels, s PixelStage, add, y Pixels) {
	c.N, c.H, c.W = 1, hi-lo, w
	runDirectAlone(c, x, s.Prepared, PixelEpilogue{Bias: s.Bias, Add: add, Act: s.Act}, y)
}
