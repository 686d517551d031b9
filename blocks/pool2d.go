package blocks

import (
	"fmt"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
)

// MaxPool2D is the maximum over windows of the image.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, OH, OW), OH = floor((H + 2*padding - kernel)/stride) + 1
//
// With CeilMode the division rounds up, so that a last window may run off the
// image.
type MaxPool2D struct {
	Kernel   int  // side of the window; required, here or in KernelHW
	Stride   int  // 0 means the kernel: windows side by side
	Padding  int  // on every side, at most half the kernel; or Same
	CeilMode bool // round the output's size up

	// Height and width apart, {vertical, horizontal}; a number that is not 0
	// replaces the square size above.
	KernelHW, StrideHW, PaddingHW [2]int
}

// Build adds the pooling.
func (p MaxPool2D) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	kernel, padding, err := poolWindow("max_pool2d", p.Kernel, p.KernelHW, p.Padding, p.PaddingHW)
	if err != nil {
		return nil, err
	}
	return ops.MaxPool2D(x, ops.MaxPool2DConfig{Kernel: kernel, Stride: pair(p.Stride, p.StrideHW, 0), Padding: padding, CeilMode: p.CeilMode})
}

// String describes it: "MaxPool2D 3x3, stride 2".
func (p MaxPool2D) String() string {
	w := words{"MaxPool2D " + by(pair(p.Kernel, p.KernelHW, 0))}
	w.note("stride", p.Stride, p.StrideHW, 0)
	w.note("padding", p.Padding, p.PaddingHW, 0)
	if p.CeilMode {
		w.add("ceil")
	}
	return w.String()
}

// AvgPool2D is the mean over windows of the image. Padding counts as zeros,
// unless ExcludePad is set.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, OH, OW), OH = floor((H + 2*padding - kernel)/stride) + 1
//
// With CeilMode the division rounds up, so that a last window may run off the
// image.
type AvgPool2D struct {
	Kernel     int  // side of the window; required, here or in KernelHW
	Stride     int  // 0 means the kernel: windows side by side
	Padding    int  // on every side, at most half the kernel; or Same
	CeilMode   bool // round the output's size up
	ExcludePad bool // divide by the number of elements inside the image

	// Height and width apart, {vertical, horizontal}; a number that is not 0
	// replaces the square size above.
	KernelHW, StrideHW, PaddingHW [2]int
}

// Build adds the pooling.
func (p AvgPool2D) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	kernel, padding, err := poolWindow("avg_pool2d", p.Kernel, p.KernelHW, p.Padding, p.PaddingHW)
	if err != nil {
		return nil, err
	}
	return ops.AvgPool2D(x, ops.AvgPool2DConfig{
		Kernel: kernel, Stride: pair(p.Stride, p.StrideHW, 0), Padding: padding, CeilMode: p.CeilMode, ExcludePad: p.ExcludePad,
	})
}

// String describes it: "AvgPool2D 5x5, stride 3".
func (p AvgPool2D) String() string {
	w := words{"AvgPool2D " + by(pair(p.Kernel, p.KernelHW, 0))}
	w.note("stride", p.Stride, p.StrideHW, 0)
	w.note("padding", p.Padding, p.PaddingHW, 0)
	if p.CeilMode {
		w.add("ceil")
	}
	if p.ExcludePad {
		w.add("padding excluded")
	}
	return w.String()
}

// poolWindow completes a window's sizes.
func poolWindow(name string, kernel int, kernelHW [2]int, padding int, paddingHW [2]int) (k, p [2]int, err error) {
	k = pair(kernel, kernelHW, 0)
	p, err = pad(pair(padding, paddingHW, 0), k, [2]int{1, 1})
	return k, p, errors.WithMessage(err, name)
}

// AdaptiveAvgPool2D is the mean over windows that cover the image evenly, as many
// as wanted whatever the image's size.
//
//	Input:  (N, C, H, W)
//	Output: (N, C, Out, Out)
type AdaptiveAvgPool2D struct {
	Out   int    // side of the output; required, here or in OutHW
	OutHW [2]int // height and width apart, {vertical, horizontal}; a number that is not 0 replaces Out
}

// Build adds the pooling.
func (p AdaptiveAvgPool2D) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	out := pair(p.Out, p.OutHW, 0)
	return ops.AdaptiveAvgPool2D(x, out)
}

// String describes it: "AdaptiveAvgPool2D to 7x7".
func (p AdaptiveAvgPool2D) String() string {
	return fmt.Sprintf("AdaptiveAvgPool2D to %s", by(pair(p.Out, p.OutHW, 0)))
}

// GlobalAvgPool2D is the mean of every channel.
//
//	Input:  (N, C, H, W)
//	Output: (N, C)
//
// Lin, Chen and Yan 2013, Network In Network, arXiv 1312.4400, section 3.2.
type GlobalAvgPool2D struct{}

// Build adds the pooling.
func (GlobalAvgPool2D) Build(_ *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	return ops.GlobalAvgPool2D(x)
}

func (GlobalAvgPool2D) String() string { return "GlobalAvgPool2D" }
