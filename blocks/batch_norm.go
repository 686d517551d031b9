package blocks

import (
	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// BatchNorm normalises every channel, by the statistics of the batch in
// training and by running averages of them in inference:
//
//	y = (x - mean)/sqrt(variance + Eps) * weight + bias
//
// Each training run moves the averages: running = (1 - Momentum)*running +
// Momentum*batch, with the unbiased variance. Training on a single value a
// channel, which has no variance, is an error.
//
//	Input:  (N, C) or (N, C, H, W)
//	Output: the same
//
// Parameters: weight (C), bias (C). Buffers: running_mean (C), running_var (C),
// and with NoScale the weight, which is not trained.
//
// Ioffe and Szegedy 2015, arXiv 1502.03167.
type BatchNorm struct {
	Eps      float64 // 0 means 1e-5
	Momentum float64 // in (0, 1], the weight of the newest batch; 0 means 0.1
	NoScale  bool    // the weight stays as it starts

	Init     graph.Init // of weight; nil means ones
	BiasInit graph.Init // of bias; nil means zeros
}

// Build adds the normalisation and, in training, the running averages' update.
func (b BatchNorm) Build(s *graph.Scope, x *gorgonia.Node) (*gorgonia.Node, error) {
	shape := x.Shape()
	if len(shape) != 2 && len(shape) != 4 {
		return nil, errors.Errorf("batch_norm: input has shape %v, want (N, C) or (N, C, H, W)", shape)
	}
	v, err := b.variables(s, shape[1])
	if err != nil {
		return nil, err
	}
	cfg := ops.BatchNormConfig{Eps: v.eps}
	if !s.Training() {
		return ops.BatchNormInference(x, v.nodes(), cfg)
	}
	y, mean, variance, err := ops.BatchNormTraining(x, v.weight, v.bias, cfg)
	if err != nil {
		return nil, err
	}
	momentum := b.Momentum
	if momentum == 0 {
		momentum = 0.1
	}
	count := float64(shape.TotalSize() / shape[1])
	for _, u := range []struct {
		name           string
		running, batch *gorgonia.Node
		factor         float64
	}{
		{"running_mean", v.mean, mean, 1},
		{"running_var", v.variance, variance, count / (count - 1)},
	} {
		next, err := ops.BatchNormRunning(u.running, u.batch, momentum, u.factor)
		if err != nil {
			return nil, err
		}
		if err := s.Update(u.name, next); err != nil {
			return nil, err
		}
	}
	return y, nil
}

// normVariables are a batch norm's tensors in one graph.
type normVariables struct {
	weight, bias, mean, variance *gorgonia.Node
	eps                          float64
}

func (v normVariables) nodes() ops.BatchNormNodes {
	return ops.BatchNormNodes{Weight: v.weight, Bias: v.bias, Mean: v.mean, Variance: v.variance}
}

// variables checks the settings and makes the tensors for so many channels.
func (b BatchNorm) variables(s *graph.Scope, channels int) (normVariables, error) {
	v := normVariables{eps: b.Eps}
	if v.eps == 0 {
		v.eps = 1e-5
	}
	if !(v.eps > 0) {
		return v, errors.Errorf("batch_norm: Eps = %v, want more than 0", b.Eps)
	}
	if !(b.Momentum >= 0 && b.Momentum <= 1) {
		return v, errors.Errorf("batch_norm: Momentum = %v, want at most 1 and more than 0", b.Momentum)
	}
	weight, bias := b.Init, b.BiasInit
	if weight == nil {
		weight = graph.Ones
	}
	if bias == nil {
		bias = graph.Zeros
	}
	shape := tensor.Shape{channels}
	var err error
	if b.NoScale {
		v.weight, err = s.Buffer("weight", shape, weight)
	} else {
		v.weight, err = s.Param("weight", shape, weight)
	}
	if err != nil {
		return v, err
	}
	if v.bias, err = s.Param("bias", shape, bias); err != nil {
		return v, err
	}
	if v.mean, err = s.Buffer("running_mean", shape, graph.Zeros); err != nil {
		return v, err
	}
	v.variance, err = s.Buffer("running_var", shape, graph.Ones)
	return v, err
}

// String describes it: "BatchNorm", "BatchNorm eps 0.001".
func (b BatchNorm) String() string {
	w := words{}
	if b.Eps != 0 && b.Eps != 1e-5 {
		w.add("eps %g", b.Eps)
	}
	if b.Momentum != 0 && b.Momentum != 0.1 {
		w.add("momentum %g", b.Momentum)
	}
	if b.NoScale {
		w.add("without scale")
	}
	if len(w) == 0 {
		return "BatchNorm"
	}
	return "BatchNorm " + w.String()
}
