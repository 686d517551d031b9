package ops

import (
	"github.com/stheno-ml/stheno/internal/kernel"
	"gorgonia.org/tensor"
)

// These are for package internal/channelslast, whose operations take the same
// settings as their siblings here and must read them in the same way.

// KernelAct is the kernel's name for an activation, nil is the identity. The
// error, of a setting that the activation can't have, begins with op.
func KernelAct(op string, a Act) (kernel.Act, error) { return resolve(op, a) }

// MaxPoolGeometry is what MaxPool2D does to images of shape x (N, C, H, W).
func MaxPoolGeometry(op string, x tensor.Shape, cfg MaxPool2DConfig) (kernel.Pool, error) {
	return window(cfg.Kernel, cfg.Stride, cfg.Padding, cfg.Dilation, cfg.CeilMode).geometry(op, x)
}

// AvgPoolGeometry is what AvgPool2D does to images of shape x (N, C, H, W).
func AvgPoolGeometry(op string, x tensor.Shape, cfg AvgPool2DConfig) (kernel.Pool, error) {
	w := window(cfg.Kernel, cfg.Stride, cfg.Padding, [2]int{}, cfg.CeilMode)
	w.excludePad = cfg.ExcludePad
	return w.geometry(op, x)
}

func (p poolWindow) geometry(op string, x tensor.Shape) (kernel.Pool, error) {
	y, err := p.outShape(op, x)
	if err != nil {
		return kernel.Pool{}, err
	}
	return p.pool(x, y), nil
}

// Resolve is the configuration with its zero values replaced. It returns an
// error, which begins with op, for a size below 1 or negative constants.
func (cfg LocalResponseNormConfig) Resolve(op string) (LocalResponseNormConfig, error) {
	o := cfg.operation()
	return LocalResponseNormConfig(o), o.check(op)
}
