package trainer

import (
	"fmt"
	"testing"

	"gorgonia.org/tensor"
)

// BenchmarkMuonResNet20 is a step on the matrices of the ResNet-20 for CIFAR.
func BenchmarkMuonResNet20(b *testing.B) {
	var params []Parameter
	add := func(out, in, count int) {
		for range count {
			w := func() *tensor.Dense {
				return tensor.New(tensor.WithShape(out, in, 3, 3), tensor.WithBacking(filled(out*in*9, float32(1e-3))))
			}
			params = append(params, Parameter{Name: fmt.Sprint("p", len(params)), Value: w(), Grad: w()})
		}
	}
	add(16, 3, 1)
	add(16, 16, 6)
	add(32, 16, 1)
	add(32, 32, 5)
	add(64, 32, 1)
	add(64, 64, 5)
	s := newSolver(b, Muon{})
	for b.Loop() {
		if err := s.Update(params); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUpdate is a step on as many parameters as ResNet-18 has.
func BenchmarkUpdate(b *testing.B) {
	const n, parts = 11_689_512, 60
	var params []Parameter
	for i := range parts {
		size := n / parts
		params = append(params, Parameter{Name: fmt.Sprint("p", i), Value: dense(make([]float32, size)...), Grad: dense(filled(size, float32(1e-3))...)})
	}
	for _, o := range []Optimizer{SGD{}, SGD{Momentum: 0.9, WeightDecay: 1e-4}, SGD{Momentum: 0.9, Nesterov: true}, Adam{}, AdamW{AMSGrad: true}, RMSprop{}, Adagrad{}, LARS{Momentum: 0.9}, LAMB{}} {
		s := newSolver(b, o)
		b.Run(fmt.Sprintf("%T", o)[8:], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Update(params); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
