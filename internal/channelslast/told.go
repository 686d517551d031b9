package channelslast

import (
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/op"
	"github.com/stheno-ml/stheno/ops"
)

// Each operation is told as its sibling of package ops, with that one's settings.

var (
	_ op.Teller = conv{}
	_ op.Teller = maxPool{}
	_ op.Teller = avgPool{}
	_ op.Teller = adaptiveAvgPool{}
	_ op.Teller = globalAvgPool{}
	_ op.Teller = add{}
	_ op.Teller = activate{}
	_ op.Teller = affine{}
	_ op.Teller = scaleChannels{}
	_ op.Teller = localResponseNorm{}
	_ op.Teller = concat{}
	_ op.Teller = slice{}
	_ op.Teller = padChannels{}
	_ op.Teller = subsample{}
)

// Tell has the size of the kernel, too: the prepared weight doesn't show it.
func (o conv) Tell() op.Told {
	c := o.cfg.Conv
	return op.Told{Name: "conv2d", Type: "ops.conv2D", Settings: fmt.Sprintf("kernel=%dx%d stride=%dx%d padding=%dx%d dilation=%dx%d groups=%d%s bias=%t sum=%t",
		c.KH, c.KW, max(c.SH, 1), max(c.SW, 1), c.PH, c.PW, max(c.DH, 1), max(c.DW, 1), max(c.Groups, 1), writeTold(o.act), o.bias, o.sum)}
}

// Tell is that of ops.MaxPool2D.
func (o maxPool) Tell() op.Told {
	return op.Told{Name: "max_pool2d", Type: "ops.maxPool2D", Settings: window(o.pool)}
}

// Tell is that of ops.AvgPool2D.
func (o avgPool) Tell() op.Told {
	return op.Told{Name: "avg_pool2d", Type: "ops.avgPool2D", Settings: fmt.Sprintf("%s exclude_pad=%t", window(o.pool), !o.pool.CountIncludePad)}
}

func window(p kernel.Pool) string {
	return fmt.Sprintf("kernel=%dx%d stride=%dx%d padding=%dx%d dilation=%dx%d", p.KH, p.KW, max(p.SH, 1), max(p.SW, 1), p.PH, p.PW, max(p.DH, 1), max(p.DW, 1))
}

// Tell is that of ops.AdaptiveAvgPool2D.
func (o adaptiveAvgPool) Tell() op.Told {
	return op.Told{Name: "adaptive_avg_pool2d", Type: "ops.adaptiveAvgPool2D", Settings: fmt.Sprintf("output=%dx%d", o.h, o.w)}
}

// Tell is that of ops.GlobalAvgPool2D.
func (globalAvgPool) Tell() op.Told {
	return op.Told{Name: "global_avg_pool2d", Type: "ops.globalAvgPool2D"}
}

// Tell is that of ops.Add, with an activation that of ops.AddAct.
func (o add) Tell() op.Told {
	if o.act == (kernel.Act{}) {
		return op.Told{Name: "add", Type: "ops.add"}
	}
	return op.Told{Name: "add_act", Type: "ops.addAct", Settings: writeTold(o.act)}
}

// Tell is that of ops.Activate.
func (o activate) Tell() op.Told {
	act := ops.ActOf(o.act)
	if act == nil {
		return op.Told{Name: "act", Type: "ops.activate"}
	}
	name, setting, ok := strings.Cut(act.String(), ":")
	if ok {
		setting = "a=" + setting
	}
	return op.Told{Name: name, Type: "ops.activate", Settings: setting}
}

// Tell is that of ops.BatchNormInference: a factor and a shift for every channel.
func (o affine) Tell() op.Told {
	return op.Told{Name: "batch_norm", Type: "ops.batchNorm", Settings: writeTold(o.act)}
}

// Tell is that of ops.ScaleChannels.
func (scaleChannels) Tell() op.Told {
	return op.Told{Name: "scale_channels", Type: "ops.scaleChannels"}
}

// Tell is that of ops.LocalResponseNorm.
func (o localResponseNorm) Tell() op.Told {
	return op.Told{Name: "local_response_norm", Type: "ops.localResponseNorm", Settings: fmt.Sprintf("size=%d alpha=%v beta=%v k=%v", o.cfg.Size, o.cfg.Alpha, o.cfg.Beta, o.cfg.K)}
}

// Tell is that of ops.Concat.
func (concat) Tell() op.Told { return op.Told{Name: "concat", Type: "ops.concat"} }

// Tell is that of ops.SliceChannels.
func (o slice) Tell() op.Told {
	return op.Told{Name: "slice_channels", Type: "ops.sliceChannels", Settings: fmt.Sprintf("from=%d to=%d", o.from, o.to)}
}

// Tell is that of ops.PadChannels.
func (o padChannels) Tell() op.Told {
	return op.Told{Name: "pad_channels", Type: "ops.padChannels", Settings: fmt.Sprintf("before=%d after=%d", o.before, o.after)}
}

// Tell is that of ops.Subsample.
func (o subsample) Tell() op.Told {
	return op.Told{Name: "subsample", Type: "ops.subsample", Settings: fmt.Sprintf("stride=%dx%d", o.step[0], o.step[1])}
}

// writeTold is an activation as a setting.
func writeTold(a kernel.Act) string {
	if act := ops.ActOf(a); act != nil {
		return " act=" + act.String()
	}
	return ""
}

// Tell says what it makes of its input: (N, C, H, W) to channels last.
func (o fromNCHW) Tell() op.Told {
	return op.Told{Name: "to_channels_last", Type: "channelslast.fromNCHW", Settings: o.String()}
}

// Tell says what it makes of its input: channels last to (N, C, H, W).
func (o toNCHW) Tell() op.Told {
	return op.Told{Name: "to_nchw", Type: "channelslast.toNCHW", Settings: o.from.String()}
}

// Tell says for which algorithm it lays a weight out.
func (o prepare) Tell() op.Told {
	return op.Told{Name: "prepare_weight", Type: "channelslast.prepare", Settings: o.Attributes()}
}
