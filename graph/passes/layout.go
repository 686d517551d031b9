package passes

import (
	"fmt"
	"slices"

	"github.com/stheno-ml/stheno/internal/channelslast"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// layout lays images out with their channels last inside of float32 inference,
// which is what the fastest kernels read, and chooses each convolution's
// algorithm. What goes in and comes out stays (N, C, H, W): neighbours that can
// be channels last become so together, where the conversions at their borders
// cost less than their convolutions gain.
var layout = Pass{
	Name:      "layout",
	Purpose:   "lay images out with channels last where convolutions gain by it, and choose their algorithms",
	Inference: true,
	run:       func(r *Result, set Settings) ([]Change, error) { return r.layout(set) },
}

func (r *Result) layout(set Settings) ([]Change, error) {
	if set.PlanesOnly {
		return nil, nil
	}
	l := &layouter{r: r, set: set, order: op.Topological(r.Roots...), images: map[*gorgonia.Node]channelslast.Image{}, planes: map[*gorgonia.Node]*gorgonia.Node{}, stride: map[*gorgonia.Node]int{}}
	l.choose()
	l.strides()
	for _, n := range l.order {
		if err := l.emit(n); err != nil {
			return nil, err
		}
	}
	for i, n := range r.Roots {
		y, err := l.asPlanes(n)
		if err != nil {
			return nil, err
		}
		r.Roots[i] = y
	}
	r.adopt(setOf(l.order))
	return l.changes, nil
}

// layouter is the pass under way.
type layouter struct {
	r       *Result
	set     Settings
	order   gorgonia.Nodes
	chosen  map[*gorgonia.Node]bool // to be channels last
	stride  map[*gorgonia.Node]int  // of a chosen node that a concatenation reads: the concatenation's
	images  map[*gorgonia.Node]channelslast.Image
	planes  map[*gorgonia.Node]*gorgonia.Node // what a node became as (N, C, H, W), or as anything else
	changes []Change
}

// able reports whether an operation has a sibling on channels-last images.
func able(n *gorgonia.Node) bool {
	o := op.Of(n)
	if o == nil || o.Dtype() != tensor.Float32 {
		return false
	}
	switch cfg := ops.Configuration(n).(type) {
	case ops.Conv2DConfig:
		return fast(n, cfg)
	case ops.Conv2DInferenceConfig:
		return fast(n, cfg.Conv2DConfig)
	case ops.MaxPool2DConfig, ops.AvgPool2DConfig, ops.AdaptiveAvgPool2DConfig,
		ops.GlobalAvgPool2DConfig, ops.LocalResponseNormConfig, ops.ScaleChannelsConfig, ops.SqueezeExciteConfig, ops.SliceChannelsConfig, ops.PadChannelsConfig, ops.ZeroPad2DConfig, ops.SubsampleConfig:
		return true
	case ops.BatchNormInferenceConfig:
		return n.Dims() == 4 && o.Arity() == 5 && cfg.Eps > 0
	case ops.ActivateConfig, ops.AddConfig, ops.ConcatConfig:
		return n.Dims() == 4
	}
	return false
}

// fast reports whether there is more than plain Go for a convolution.
func fast(n *gorgonia.Node, cfg ops.Conv2DConfig) bool {
	in := op.Inputs(n)
	return kernel.PixelConvs(cfg.Geometry(in[0].Shape(), in[1].Shape()))[0].Name != "plain"
}

// reads lists the operands that n reads as images.
func reads(n *gorgonia.Node) gorgonia.Nodes {
	in := op.Inputs(n)
	switch cfg := ops.Configuration(n).(type) {
	case ops.Conv2DInferenceConfig:
		if cfg.Sum != nil {
			return gorgonia.Nodes{in[0], cfg.Sum}
		}
		return in[:1]
	case ops.SqueezeExciteConfig:
		if cfg.Sum != nil {
			return gorgonia.Nodes{in[0], cfg.Sum}
		}
		return in[:1]
	case ops.AddConfig, ops.ConcatConfig:
		return in
	}
	return in[:1]
}

// makesImage reports whether n's result is one.
func makesImage(n *gorgonia.Node) bool { return n.Dims() == 4 }

// choose groups neighbours that are able and takes the groups that gain.
func (l *layouter) choose() {
	group := map[*gorgonia.Node]*gorgonia.Node{}
	var root func(n *gorgonia.Node) *gorgonia.Node
	root = func(n *gorgonia.Node) *gorgonia.Node {
		if group[n] != n {
			group[n] = root(group[n])
		}
		return group[n]
	}
	for _, n := range l.order {
		if !able(n) {
			continue
		}
		group[n] = n
		for _, x := range reads(n) {
			if group[x] != nil && makesImage(x) {
				group[root(x)] = root(n)
			}
		}
	}
	gain := map[*gorgonia.Node]float64{}
	type border struct{ of, at *gorgonia.Node }
	crossed := map[border]bool{}
	cross := func(x, g *gorgonia.Node) {
		if b := (border{x, g}); !crossed[b] {
			crossed[b] = true
			gain[g] -= conversion(x)
		}
	}
	for _, n := range l.order {
		g := (*gorgonia.Node)(nil)
		if group[n] != nil {
			g = root(n)
			gain[g] += advantage(n)
			for _, x := range reads(n) {
				if group[x] == nil || !makesImage(x) {
					cross(x, g)
				}
			}
		}
		for _, x := range op.Inputs(n) {
			if group[x] != nil && makesImage(x) && g == nil {
				cross(x, root(x))
			}
		}
	}
	for _, n := range l.r.Roots {
		if group[n] != nil && makesImage(n) {
			cross(n, root(n))
		}
	}
	l.chosen = map[*gorgonia.Node]bool{}
	for n := range group {
		l.chosen[n] = gain[root(n)] > 0
	}
}

// conversion is what laying an image out anew costs, in nanoseconds: a pass over
// memory, at a rate that any machine reaches.
func conversion(x *gorgonia.Node) float64 { return 200 + float64(op.Size(x))*0.25 }

// advantage is what a convolution gains by channels last, in nanoseconds: planes
// are gathered for the kernels, and their results laid out again.
func advantage(n *gorgonia.Node) float64 {
	switch ops.Configuration(n).(type) {
	case ops.Conv2DConfig, ops.Conv2DInferenceConfig:
		in := op.Inputs(n)
		return 1000 + 0.5*float64(op.Size(in[0])+op.Size(n)) + 0.002*float64(op.Of(n).MACs())
	}
	return 0
}

// strides gives the operands of a concatenation its pixel stride, so that they
// can be computed where it wants them. The last one that reads an operand has it:
// of dense blocks' many concatenations each holds the one before.
func (l *layouter) strides() {
	for i := len(l.order) - 1; i >= 0; i-- {
		n := l.order[i]
		if _, ok := ops.Configuration(n).(ops.ConcatConfig); !ok || !l.chosen[n] {
			continue
		}
		s := l.stride[n]
		if s == 0 {
			s = kernel.PixelStride(n.Shape()[1])
		}
		for _, x := range reads(n) {
			if l.chosen[x] && l.stride[x] == 0 {
				l.stride[x] = s
			}
		}
	}
}

// emit makes what n becomes.
func (l *layouter) emit(n *gorgonia.Node) error {
	if n.Op() == nil {
		l.planes[n] = n
		return nil
	}
	if l.chosen[n] {
		return l.emitImage(n)
	}
	old := op.Inputs(n)
	in := make(gorgonia.Nodes, len(old))
	for i, x := range old {
		var err error
		if in[i], err = l.asPlanes(x); err != nil {
			return err
		}
	}
	y, err := again(n, in)
	if err != nil {
		return err
	}
	l.planes[n] = y
	l.r.made(y, n)
	return nil
}

// asPlanes is what x became, as (N, C, H, W) if it is an image.
func (l *layouter) asPlanes(x *gorgonia.Node) (*gorgonia.Node, error) {
	if y := l.planes[x]; y != nil {
		return y, nil
	}
	y, err := channelslast.ToNCHW(l.images[x])
	if err != nil {
		return nil, err
	}
	l.planes[x] = y
	l.r.made(y, x)
	l.changes = append(l.changes, Change{y, "converted to (N, C, H, W)"})
	return y, nil
}

// asImage is what x became, with channels last.
func (l *layouter) asImage(x *gorgonia.Node) (channelslast.Image, error) {
	if y, ok := l.images[x]; ok {
		return y, nil
	}
	y, err := channelslast.FromNCHW(l.planes[x])
	if err != nil {
		return y, err
	}
	l.images[x] = y
	l.r.made(y.Node, x)
	l.changes = append(l.changes, Change{y.Node, "converted to channels last"})
	return y, nil
}

// emitImage makes the sibling of n on channels-last images.
func (l *layouter) emitImage(n *gorgonia.Node) error {
	old := op.Inputs(n)
	operands := reads(n)
	x := make([]channelslast.Image, len(operands))
	for i, o := range operands {
		var err error
		if x[i], err = l.asImage(o); err != nil {
			return err
		}
	}
	y, note, err := l.sibling(n, old, x)
	if err != nil || y.Node == nil {
		return err
	}
	if s := l.stride[n]; s != 0 && y.Stride() != s && !slices.Contains(x, y) {
		if y, err = channelslast.Restride(y, s); err != nil {
			return err
		}
		note += ", into the concatenation"
	}
	l.images[n] = y
	l.r.made(y.Node, n)
	l.changes = append(l.changes, Change{y.Node, note})
	return nil
}

// sibling makes it on images x, one for each of n's that it reads as such. Where
// the result is no image it notes it itself and returns none.
func (l *layouter) sibling(n *gorgonia.Node, in gorgonia.Nodes, x []channelslast.Image) (y channelslast.Image, note string, err error) {
	note = "channels last"
	switch cfg := ops.Configuration(n).(type) {
	case ops.Conv2DConfig:
		return l.convolution(n, in, x, cfg)
	case ops.Conv2DInferenceConfig:
		if cfg.Sum != nil {
			in = in[:len(in)-1]
		}
		return l.convolution(n, in, x, cfg.Conv2DConfig)
	case ops.MaxPool2DConfig:
		y, err = channelslast.MaxPool(x[0], cfg)
	case ops.AvgPool2DConfig:
		y, err = channelslast.AvgPool(x[0], cfg)
	case ops.AdaptiveAvgPool2DConfig:
		y, err = channelslast.AdaptiveAvgPool(x[0], cfg.Out)
	case ops.GlobalAvgPool2DConfig:
		var flat *gorgonia.Node
		if flat, err = channelslast.GlobalAvgPool(x[0]); err == nil {
			l.planes[n] = flat
			l.r.made(flat, n)
			l.changes = append(l.changes, Change{flat, "from channels last to (N, C)"})
		}
	case ops.LocalResponseNormConfig:
		y, err = channelslast.LocalResponseNorm(x[0], cfg)
	case ops.ScaleChannelsConfig:
		var s *gorgonia.Node
		if s, err = l.asPlanes(in[1]); err == nil {
			y, err = channelslast.ScaleChannels(x[0], s)
		}
	case ops.SqueezeExciteConfig:
		y, err = l.squeezeExcite(x, cfg)
	case ops.SliceChannelsConfig:
		y, err = channelslast.Slice(x[0], cfg.From, cfg.To)
	case ops.PadChannelsConfig:
		y, err = channelslast.PadChannels(x[0], cfg.Before, cfg.After)
	case ops.ZeroPad2DConfig:
		y, err = channelslast.ZeroPad(x[0], cfg.Before, cfg.After)
	case ops.SubsampleConfig:
		y, err = channelslast.Subsample(x[0], cfg.Stride)
	case ops.BatchNormInferenceConfig:
		var scale, shift *gorgonia.Node
		if scale, shift, err = ops.BatchNormAffine(ops.BatchNormNodes{Mean: in[1], Variance: in[2], Weight: in[3], Bias: in[4]}, cfg.Eps); err == nil {
			y, err = channelslast.Affine(x[0], scale, shift, cfg.Act)
		}
	case ops.ActivateConfig:
		y, err = channelslast.Act(x[0], cfg.Act)
	case ops.AddConfig:
		y, err = channelslast.AddAct(cfg.Act, x...)
	case ops.ConcatConfig:
		y, err = channelslast.Concat(x...)
	}
	return y, note, err
}

// convolution makes it on x[0], with the sum x[1] if there is one.
func (l *layouter) convolution(n *gorgonia.Node, in gorgonia.Nodes, x []channelslast.Image, cfg ops.Conv2DConfig) (y channelslast.Image, note string, err error) {
	c := cfg.Geometry(x[0].Shape(), in[1].Shape())
	var algorithm string
	if l.set.Algorithm != nil {
		algorithm = l.set.Algorithm(c)
	} else {
		algorithm = kernel.PixelConvs(c)[0].Name
	}
	settings := channelslast.ConvConfig{Conv: c, Algorithm: algorithm, Act: cfg.Act}
	weight, err := l.asPlanes(in[1])
	if err != nil {
		return y, "", err
	}
	prepared, err := channelslast.Prepare(weight, settings)
	if err != nil {
		return y, "", err
	}
	var bias *gorgonia.Node
	if len(in) > 2 {
		if bias, err = l.asPlanes(in[2]); err != nil {
			return y, "", err
		}
	}
	var sum channelslast.Image
	if len(x) > 1 {
		sum = x[1]
	}
	y, err = channelslast.Conv(x[0], prepared, bias, sum, settings)
	return y, fmt.Sprintf("channels last, algorithm %s", algorithm), err
}

// squeezeExcite makes it on x[0], with the sum x[1] if there is one.
func (l *layouter) squeezeExcite(x []channelslast.Image, cfg ops.SqueezeExciteConfig) (channelslast.Image, error) {
	nodes := cfg.SqueezeExciteNodes
	for _, n := range []**gorgonia.Node{&nodes.Weight1, &nodes.Bias1, &nodes.Weight2, &nodes.Bias2} {
		if *n == nil {
			continue
		}
		var err error
		if *n, err = l.asPlanes(*n); err != nil {
			return channelslast.Image{}, err
		}
	}
	var sum channelslast.Image
	if len(x) > 1 {
		sum = x[1]
	}
	return channelslast.SqueezeExcite(x[0], sum, nodes, cfg.SqueezeExciteInferenceConfig)
}
