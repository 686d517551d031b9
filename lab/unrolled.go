package lab

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/ops"
	"github.com/stheno-ml/stheno/page"
	"gonum.org/v1/gonum/mat"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// unrolled multiplies out what the textbooks unroll: three residual units and
// their eight paths.
var unrolled = Experiment{
	Name:  "unrolled",
	Title: Text{EN: "Three residual units unroll into eight paths", KO: "잔차 유닛 셋은 여덟 경로로 펼쳐진다"},
	Question: Text{
		EN: "The gradient of three residual units is said to be the sum over eight paths. Is it, to the last digit? Is the output such a sum, too? And does the 1 in F'(x) + 1 keep the gradient alive in fifty units?",
		KO: "잔차 유닛 셋의 기울기는 여덟 경로의 합이라고 한다. 마지막 자리까지 그럴까? 출력도 그런 합일까? F'(x) + 1의 1은 유닛 쉰 개에서도 기울기를 살려 둘까?",
	},
	Papers: []Paper{
		{Authors: "Veit, Wilber and Belongie", Year: 2016, Title: "Residual Networks Behave Like Ensembles of Relatively Shallow Networks", URL: "https://arxiv.org/abs/1605.06431"},
		{Authors: "He, Zhang, Ren and Sun", Year: 2016, Title: "Identity Mappings in Deep Residual Networks", URL: "https://arxiv.org/abs/1603.05027"},
	},
	Takes: "1 s",
	Run:   runUnrolled,
}

// residualMap is F(x) = B f(A x) of one residual unit.
type residualMap struct {
	act  activations.Activation
	a, b *mat.Dense
}

// at is F(x) and its Jacobian B diag(f'(Ax)) A.
func (f residualMap) at(x []float64) (y []float64, jacobian *mat.Dense, err error) {
	n := len(x)
	z := mat.NewVecDense(n, nil)
	z.MulVec(f.a, mat.NewVecDense(n, x))
	values, slopes, err := activations.Curve(f.act, z.RawVector().Data)
	if err != nil {
		return nil, nil, err
	}
	out := mat.NewVecDense(n, nil)
	out.MulVec(f.b, mat.NewVecDense(n, values))
	inner := mat.DenseCopyOf(f.a)
	for i := range n {
		for j := range n {
			inner.Set(i, j, slopes[i]*inner.At(i, j))
		}
	}
	jacobian = mat.NewDense(n, n, nil)
	jacobian.Mul(f.b, inner)
	return out.RawVector().Data, jacobian, nil
}

// residualNet is a network of residual units without biases.
func residualNet(units, width int, act activations.Activation) blocks.Sequence {
	var net blocks.Sequence
	for i := 1; i <= units; i++ {
		f := blocks.Sequence{
			blocks.As("a", blocks.Linear{Out: width, NoBias: true, Init: graph.HeNormal}), blocks.As("act", blocks.Act{Func: act}),
			blocks.As("b", blocks.Linear{Out: width, NoBias: true, Init: graph.HeNormal}),
		}
		net = append(net, blocks.As(fmt.Sprintf("unit%d", i), blocks.Sum{blocks.Identity{}, f}))
	}
	return net
}

// throughLibrary builds the network with the library in float64 and reads its
// Jacobian at x from the gradient with respect to the input: sample k of the
// batch has output k alone in its loss.
func throughLibrary(ctx context.Context, units int, act activations.Activation, x []float32, seed uint64) (jacobian *mat.Dense, maps []residualMap, err error) {
	n := len(x)
	cfg := graph.TrainingConfig(n, n, 1, 1)
	cfg.InputGradient = true
	cfg.Loss = graph.LossFunc{Kind: graph.RealValues, Func: func(output, target *gorgonia.Node) (*gorgonia.Node, error) {
		chosen, err := ops.Mul(output, target)
		if err != nil {
			return nil, err
		}
		return gorgonia.Sum(chosen)
	}}
	params := graph.NewParams(seed, graph.WithDtype(tensor.Float64))
	net := append(blocks.Sequence{blocks.As("flat", blocks.Flatten{})}, residualNet(units, n, act)...)
	p, err := graph.Build(net, params, cfg)
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	images, choice := make([]float32, n*n), make([]float32, n*n)
	for k := range n {
		copy(images[k*n:], x)
		choice[k*n+k] = 1
	}
	if _, err := p.Step(ctx, images, graph.Values(choice)); err != nil {
		return nil, nil, err
	}
	g, err := p.InputGradient()
	if err != nil {
		return nil, nil, err
	}
	all := params.All()
	if len(all) != 2*units {
		return nil, nil, errors.Errorf("%d parameters of %d units, want two each", len(all), units)
	}
	for i := range units {
		maps = append(maps, residualMap{act,
			mat.NewDense(n, n, append([]float64(nil), all[2*i].Value.Float64s()...)), mat.NewDense(n, n, append([]float64(nil), all[2*i+1].Value.Float64s()...))})
	}
	return mat.NewDense(n, n, append([]float64(nil), g.Float64s()...)), maps, nil
}

func runUnrolled(ctx context.Context, s Settings) (*Result, error) {
	const width, units = 16, 3
	paths := Table{
		Name:    "paths",
		Caption: Text{EN: "Three units: the library's gradient against the sum of the eight products of Jacobians, and the output against the sum of eight nested functions (difference divided by size)", KO: "유닛 셋: 라이브러리의 기울기와 야코비 행렬 곱 여덟 개의 합, 출력과 합성 함수 여덟 개의 합(차이 나누기 크기)"},
		Head:    []string{"activation", "seed", "gradient_difference", "output_difference"},
		HeadKO:  []string{"활성화 함수", "시드", "기울기의 차이", "출력의 차이"},
	}
	lengths := Table{
		Name:    "lengths",
		Caption: Text{EN: "Norms of the eight products by number of units on the path, for units of He's initialisation", KO: "경로에 있는 유닛 수에 따른 여덟 곱의 노름(He 초기화)"},
		Head:    []string{"activation", "seed", "path", "units_on_it", "norm"},
		HeadKO:  []string{"활성화 함수", "시드", "경로", "유닛 수", "노름"},
	}
	deep := Table{
		Name:    "deep",
		Caption: Text{EN: "Norm of the gradient through ReLU units, with and without shortcuts, divided by that of the identity", KO: "스킵 연결이 있을 때와 없을 때 ReLU 유닛들을 지나는 기울기의 노름(항등 함수의 노름으로 나눔)"},
		Head:    []string{"kind", "initialisation", "seed", "units", "norm"},
		HeadKO:  []string{"종류", "초기화", "시드", "유닛", "노름"},
	}
	gradient, output := map[string][]float64{}, map[string][]float64{}
	acts := []activations.Activation{activations.Identity{}, activations.Tanh{}, activations.ReLU{}}
	total, done := len(acts)*len(s.Seeds)+2*len(s.Seeds), 0
	for _, act := range acts {
		for _, seed := range s.Seeds {
			s.progress(done, total, "three units with "+act.String())
			done++
			x32, x := normals(width, seed)
			whole, maps, err := throughLibrary(ctx, units, act, x32, seed)
			if err != nil {
				return nil, err
			}
			g, o, err := overPaths(maps, x, whole, func(mask int, product *mat.Dense) {
				lengths.add(act, seed, pathName(mask, units), bits.OnesCount(uint(mask)), mat.Norm(product, 2))
			})
			if err != nil {
				return nil, err
			}
			paths.add(act, seed, g, o)
			gradient[act.String()], output[act.String()] = append(gradient[act.String()], g), append(output[act.String()], o)
		}
	}
	most := pick(s, 20, 50, 100)
	norms := map[string][][]float64{}
	for _, init := range []string{"standard", "he"} {
		for _, seed := range s.Seeds {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			s.progress(done, total, fmt.Sprintf("%d units, %s", most, init))
			done++
			for _, shortcut := range []bool{false, true} {
				kind := "plain"
				if shortcut {
					kind = "residual"
				}
				v, err := gradientThrough(most, pick(s, 16, 32, 64), init, shortcut, seed)
				if err != nil {
					return nil, err
				}
				for i, norm := range v {
					if u := i + 1; u == 1 || u%5 == 0 {
						deep.add(kind, init, seed, u, norm)
					}
				}
				norms[kind+" "+init] = append(norms[kind+" "+init], v)
			}
		}
	}
	at := func(kind string, unit int) Spread {
		var v []float64
		for _, run := range norms[kind] {
			v = append(v, run[unit-1])
		}
		return spreadOf(v)
	}
	var curves []page.Series
	for _, c := range []struct {
		kind string
		name Text
	}{
		{"plain standard", Text{EN: "plain, small weights", KO: "스킵 없음, 작은 가중치"}}, {"residual standard", Text{EN: "residual, small weights", KO: "잔차, 작은 가중치"}},
		{"plain he", Text{EN: "plain, He", KO: "스킵 없음, He"}}, {"residual he", Text{EN: "residual, He", KO: "잔차, He"}},
	} {
		line := page.Series{Name: c.name}
		for u := 1; u <= most; u++ {
			line.X, line.Y = append(line.X, float64(u)), append(line.Y, at(c.kind, u).Mean)
		}
		curves = append(curves, line)
	}
	figures, err := drawAll(lines{
		name: "deep", log: true, x: Text{EN: "units", KO: "유닛 수"}, y: Text{EN: "gradient norm", KO: "기울기 노름"}, series: curves,
		title:   Text{EN: "The gradient through more and more units", KO: "점점 많은 유닛을 지나는 기울기"},
		caption: Text{EN: "No normalisation, mean over the seeds; 1 is the gradient of the identity. Compare the lines with and without a shortcut for each initialisation.", KO: "정규화 없음, 시드 평균. 1은 항등 함수의 기울기이다. 초기화마다 스킵 연결이 있을 때와 없을 때의 선을 비교해 보라."},
		alt:     Text{EN: "Four lines of the gradient's norm over the number of units on a logarithmic axis.", KO: "유닛 수에 따른 기울기 노름을 로그 축에 그린 곡선 네 개."},
	})
	if err != nil {
		return nil, err
	}
	all := spreadOf(append(append(append([]float64{}, gradient["identity"]...), gradient["tanh"]...), gradient["relu"]...))
	outTanh, outReLU, outLinear := spreadOf(output["tanh"]), spreadOf(output["relu"]), spreadOf(output["identity"])
	plain, residual, explodes := at("plain standard", most), at("residual standard", most), at("residual he", most)
	return &Result{
		Tables:  []Table{paths, lengths, deep},
		Figures: figures,
		Method: []Text{textf("Units x + B f(A x) without biases and without normalisation. Eight paths: width %d, He's initialisation, float64, f linear, tanh and ReLU, one random input a seed; the gradient comes from the library's symbolic derivative, the Jacobians from B diag(f'(Ax)) A. Fifty units: ReLU, one random input a seed.",
			"편향과 정규화가 없는 유닛 x + B f(A x). 여덟 경로: 너비 %d, He 초기화, float64, f는 선형·tanh·ReLU, 시드마다 무작위 입력 하나. 기울기는 라이브러리의 기호 미분에서, 야코비 행렬은 B diag(f'(Ax)) A에서 얻었다. 유닛 쉰 개: ReLU, 시드마다 무작위 입력 하나.", width)},
		Claims: []Claim{{
			Textbook: Text{EN: "The gradient of three residual units is the sum over 2³ = 8 paths.", KO: "잔차 유닛 셋의 기울기는 2³ = 8개 경로의 합이다."},
			Source:   "Veit et al. 2016, section 3; He et al. 2016, equation 5",
			Measured: textf("Largest difference between the library's gradient and the sum of eight products of Jacobians, linear, tanh and ReLU units: %s of its size.",
				"라이브러리의 기울기와 야코비 행렬 곱 여덟 개의 합의 가장 큰 차이(선형, tanh, ReLU 유닛): 크기의 %s배.", short(all.High)),
			Table: "paths", Holds: verdict(all.High < 1e-10, Fails),
			Why: map[Verdict]Text{Holds: {EN: "Exactly: (1 + J3)(1 + J2)(1 + J1) multiplied out.", KO: "정확히 그렇다. (1 + J3)(1 + J2)(1 + J1)을 전개한 것이다."}},
		}, {
			Textbook:  Text{EN: "So a residual network is the sum of eight networks.", KO: "그러므로 잔차 신경망은 신경망 여덟 개의 합이다."},
			Published: Text{EN: "an unraveled view: paths that share weights, behaving like an ensemble", KO: "펼쳐 본 모습: 가중치를 공유하고 앙상블처럼 행동하는 경로들"},
			Source:    "Veit et al. 2016, section 3",
			Measured: textf("Output against the sum of the eight nested functions, difference by size: linear units %s, tanh %s, ReLU %s.",
				"출력과 합성 함수 여덟 개의 합, 크기에 대한 차이: 선형 유닛 %s, tanh %s, ReLU %s.", outLinear.Short(), outTanh.Fixed(2), outReLU.Fixed(2)),
			Table: "paths", Holds: verdict(outTanh.High < 1e-6 && outReLU.High < 1e-6, Partly),
			Why: map[Verdict]Text{Partly: {EN: "For linear units only. F2(x + F1(x)) is not F2(x) + F2(F1(x)): the paths are a picture of the gradient, not of the function.", KO: "선형 유닛에서만 그렇다. F2(x + F1(x))는 F2(x) + F2(F1(x))가 아니다. 경로는 기울기의 모습이지 함수의 모습이 아니다."}},
		}, {
			Textbook:  Text{EN: "F(x) + x has the derivative F'(x) + 1, so the gradient cannot vanish.", KO: "F(x) + x의 도함수는 F'(x) + 1이므로 기울기가 소실될 수 없다."},
			Published: Text{EN: "the gradient does not vanish even when the weights are arbitrarily small", KO: "가중치가 아무리 작아도 기울기는 소실되지 않는다"},
			Source:    "He et al. 2016, section 2, after equation 5",
			Measured: textf("Gradient norm after %d units: small weights, plain %s, residual %s; He's initialisation, residual %s.",
				"유닛 %d개 뒤의 기울기 노름: 작은 가중치, 스킵 없음 %s, 잔차 %s. He 초기화, 잔차 %s.", most, plain.Short(), residual.Short(), explodes.Short()),
			Table: "deep", Holds: verdict(residual.Low > 0.1 && explodes.High < 100, Partly),
			Why: map[Verdict]Text{Partly: {EN: "It does not vanish. Without normalisation it grows with every unit instead, and for weights of usual size it explodes.", KO: "소실되지는 않는다. 정규화가 없으면 유닛마다 커지고, 보통 크기의 가중치에서는 폭발한다."}},
		}},
	}, nil
}

// normals are n numbers from N(0, 1), which float32 holds exactly.
func normals(n int, seed uint64) (x32 []float32, x []float64) {
	rng := rand.New(rand.NewPCG(seed, 0x9a7))
	for range n {
		v := float32(rng.NormFloat64())
		x32, x = append(x32, v), append(x, float64(v))
	}
	return x32, x
}

// pathName says which units a path goes through: "F1 F3", or "shortcuts".
func pathName(mask, units int) string {
	name := ""
	for i := range units {
		if mask>>i&1 == 1 {
			name += fmt.Sprintf("F%d ", i+1)
		}
	}
	if name == "" {
		return "shortcuts"
	}
	return name[:len(name)-1]
}

// overPaths sums the products of Jacobians and the nested functions over all
// paths, and returns how far they are from the gradient and from the output, by
// their sizes.
func overPaths(maps []residualMap, x []float64, gradient *mat.Dense, each func(mask int, product *mat.Dense)) (gradientOff, outputOff float64, err error) {
	n := len(x)
	h := append([]float64(nil), x...)
	var jacobians []*mat.Dense
	for _, f := range maps {
		y, j, err := f.at(h)
		if err != nil {
			return 0, 0, err
		}
		jacobians = append(jacobians, j)
		for i := range h {
			h[i] += y[i]
		}
	}
	sum, nested := mat.NewDense(n, n, nil), make([]float64, n)
	for mask := range 1 << len(maps) {
		product := mat.NewDense(n, n, nil)
		for i := range n {
			product.Set(i, i, 1)
		}
		v := append([]float64(nil), x...)
		for i, j := range jacobians {
			if mask>>i&1 == 0 {
				continue
			}
			next := mat.NewDense(n, n, nil)
			next.Mul(j, product)
			product = next
			if v, _, err = maps[i].at(v); err != nil {
				return 0, 0, err
			}
		}
		each(mask, product)
		sum.Add(sum, product)
		for i := range nested {
			nested[i] += v[i]
		}
	}
	size := mat.Norm(gradient, 2)
	sum.Sub(sum, gradient)
	difference := 0.0
	for i := range h {
		difference += (h[i] - nested[i]) * (h[i] - nested[i])
	}
	return mat.Norm(sum, 2) / size, math.Sqrt(difference) / norm(h), nil
}

// gradientThrough is the Frobenius norm of d(output)/d(input) after 1, 2, ...
// ReLU units, divided by the identity's.
func gradientThrough(units, width int, init string, shortcut bool, seed uint64) ([]float64, error) {
	rng := rand.New(rand.NewPCG(seed, 0xdee9))
	weights := func() *mat.Dense {
		w := make([]float64, width*width)
		draw := initials[init].init(rng, tensor.Shape{width, width})
		for i := range w {
			w[i] = draw()
		}
		return mat.NewDense(width, width, w)
	}
	_, h := normals(width, seed)
	product := mat.NewDense(width, width, nil)
	for i := range width {
		product.Set(i, i, 1)
	}
	var norms []float64
	for range units {
		y, j, err := residualMap{activations.ReLU{}, weights(), weights()}.at(h)
		if err != nil {
			return nil, err
		}
		if shortcut {
			for i := range h {
				y[i] += h[i]
				j.Set(i, i, j.At(i, i)+1)
			}
		}
		next := mat.NewDense(width, width, nil)
		next.Mul(j, product)
		h, product = y, next
		norms = append(norms, mat.Norm(product, 2)/math.Sqrt(float64(width)))
	}
	return norms, nil
}
