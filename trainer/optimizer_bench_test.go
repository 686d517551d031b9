package trainer

import (
	"fmt"
	"testing"
)

// BenchmarkUpdate is a step on as many parameters as ResNet-18 has.
func BenchmarkUpdate(b *testing.B) {
	const n, parts = 11_689_512, 60
	var params []Parameter
	for i := range parts {
		size := n / parts
		params = append(params, Parameter{Name: fmt.Sprint("p", i), Value: dense(make([]float32, size)...), Grad: dense(filled(size, float32(1e-3))...)})
	}
	for _, o := range []Optimizer{SGD{}, SGD{Momentum: 0.9, WeightDecay: 1e-4}, SGD{Momentum: 0.9, Nesterov: true}, Adam{}, AdamW{AMSGrad: true}, RMSprop{}, Adagrad{}} {
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
