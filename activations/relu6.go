package activations

import "github.com/stheno-ml/stheno/internal/kernel"

// ReLU6 is ReLU cut off at 6:
//
//	f(x)  = min(max(x, 0), 6)
//	f'(x) = 1 for 0 < x < 6, else 0
//
// Range: [0, 6]. Use it where low-precision arithmetic wants a bounded range, as
// MobileNetV2 does.
//
// Krizhevsky 2010, Convolutional Deep Belief Networks on CIFAR-10; Sandler et
// al. 2018, arXiv:1801.04381 (MobileNetV2).
var ReLU6 Activation = pointwise{name: "relu6", act: kernel.Act{Kind: kernel.ActReLU6}}
