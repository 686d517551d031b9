package lab

import (
	"context"
	"fmt"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/page"
)

// vanishing shows how far the loss's gradient reaches through deep stacks, by
// activation function and by initialisation.
var vanishing = Experiment{
	Name:  "vanishing",
	Title: Text{EN: "Vanishing gradients: activation functions and initialisation", KO: "기울기 소실: 활성화 함수와 초기화"},
	Question: Text{
		EN: "How much of the loss's gradient reaches the first layers of a deep network before training, with respect to the layers' outputs and to their weights? Is it the activation function that decides, or where the weights start?",
		KO: "학습 전의 깊은 신경망에서 손실의 기울기는 첫 층들까지 얼마나 도달할까? 층의 출력에 대한 기울기와 가중치에 대한 기울기는 어떻게 다를까? 이를 결정하는 것은 활성화 함수일까, 가중치의 초깃값일까?",
	},
	Papers: []Paper{
		{Authors: "Glorot and Bengio", Year: 2010, Title: "Understanding the difficulty of training deep feedforward neural networks", URL: "https://proceedings.mlr.press/v9/glorot10a.html"},
		{Authors: "He, Zhang, Ren and Sun", Year: 2015, Title: "Delving Deep into Rectifiers", URL: "https://arxiv.org/abs/1502.01852"},
	},
	Takes: "20 s",
	Run:   runVanishing,
}

// stackCase is a stack of one activation and one initialisation.
type stackCase struct{ act, init string }

func (c stackCase) String() string { return c.act + ", " + c.init }

// drawn are the cases whose gradients are drawn layer by layer.
var drawn = []stackCase{{"sigmoid", "default"}, {"tanh", "default"}, {"tanh", "standard"}, {"tanh", "glorot"}, {"relu", "default"}, {"relu", "he"}}

// vanishingCases are every activation that has a derivative with the default and
// with He's initialisation, and what else is drawn.
func vanishingCases(s Settings) (cases []stackCase) {
	seen := map[stackCase]bool{}
	put := func(c stackCase) {
		if !seen[c] {
			seen[c] = true
			cases = append(cases, c)
		}
	}
	for _, c := range drawn {
		put(c)
	}
	for _, act := range []string{"sigmoid", "tanh", "relu"} {
		for _, init := range []string{"default", "standard", "glorot", "he"} {
			put(stackCase{act, init})
		}
	}
	if s.tiny {
		return cases
	}
	for _, act := range activations.Names() {
		if act != "step" {
			put(stackCase{act, "default"})
			put(stackCase{act, "he"})
		}
	}
	return cases
}

func runVanishing(ctx context.Context, s Settings) (*Result, error) {
	const middle = 20 // the depth that is drawn
	width, batch := pick(s, 32, 64, 128), pick(s, 16, 64, 128)
	depths := pick(s, []int{5, middle}, []int{5, 10, middle, 50}, []int{5, 10, 15, middle, 25, 30, 35, 40, 45, 50})
	digits, _, name, err := s.digits(batch, 1)
	if err != nil {
		return nil, err
	}
	summary := Table{
		Name: "summary",
		Caption: Text{
			EN: "Gradients before training: the first hidden layer's norm divided by the last one's, and the mean singular value of the layers' Jacobians",
			KO: "학습 전의 기울기: 첫 은닉층의 노름을 마지막 은닉층의 노름으로 나눈 값과, 층별 야코비 행렬의 특잇값 평균"},
		Head:   []string{"activation", "initialisation", "hidden_layers", "seed", "activation_gradient_ratio", "weight_gradient_ratio", "activation_gradient_per_layer", "singular_value"},
		HeadKO: []string{"활성화 함수", "초기화", "은닉층", "시드", "출력 기울기의 비", "가중치 기울기의 비", "층마다의 출력 기울기 배율", "특잇값 평균"},
	}
	layers := Table{
		Name:    "layers",
		Caption: textf("Gradient norms by layer in stacks of %d; layer 1 is next to the input", "은닉층 %d개 신경망의 층별 기울기 노름. 1층이 입력 쪽이다", middle),
		Head:    []string{"activation", "initialisation", "seed", "layer", "activation_gradient", "weight_gradient", "singular_value"},
		HeadKO:  []string{"활성화 함수", "초기화", "시드", "층", "출력 기울기", "가중치 기울기", "특잇값 평균"},
	}
	type key struct {
		stackCase
		depth int
	}
	flows := map[key][]flow{}
	cases := vanishingCases(s)
	total, done := len(cases)*len(depths)*len(s.Seeds), 0
	for _, c := range cases {
		act, err := activations.Lookup(c.act)
		if err != nil {
			return nil, err
		}
		for _, depth := range depths {
			for _, seed := range s.Seeds {
				s.progress(done, total, fmt.Sprintf("%d layers of %s", depth, c))
				done++
				k := stack{hidden: depth, width: width, classes: 10, act: act, init: initials[c.init].init}
				f, err := measureFlow(ctx, k, digits, batch, seed, depth == middle)
				if err != nil {
					return nil, err
				}
				singular := ""
				if depth == middle {
					singular = cell(meanOf(f.singular))
				}
				n := depth - 1
				summary.add(c.act, c.init, depth, seed, f.activation[0]/f.activation[n], f.weight[0]/f.weight[n], perLayer(f.activation), singular)
				flows[key{c, depth}] = append(flows[key{c, depth}], f)
			}
		}
	}
	for _, c := range drawn {
		for i, f := range flows[key{c, middle}] {
			for l := range f.activation {
				singular := ""
				if l > 0 {
					singular = cell(f.singular[l])
				}
				layers.add(c.act, c.init, s.Seeds[i], l+1, f.activation[l], f.weight[l], singular)
			}
		}
	}
	over := func(c stackCase, depth int, of func(flow) float64) Spread {
		var v []float64
		for _, f := range flows[key{c, depth}] {
			v = append(v, of(f))
		}
		return spreadOf(v)
	}
	outputs := func(act, init string, depth int) Spread {
		return over(stackCase{act, init}, depth, func(f flow) float64 { return f.activation[0] / f.activation[len(f.activation)-1] })
	}
	weights := func(act, init string, depth int) Spread {
		return over(stackCase{act, init}, depth, func(f flow) float64 { return f.weight[0] / f.weight[len(f.weight)-1] })
	}
	factor := func(act, init string) Spread {
		return over(stackCase{act, init}, middle, func(f flow) float64 { return perLayer(f.activation) })
	}
	singular := func(act, init string) Spread {
		return over(stackCase{act, init}, middle, func(f flow) float64 { return meanOf(f.singular) })
	}
	mean := func(c stackCase, of func(flow) []float64) page.Series {
		line := page.Series{Name: caseName(c)}
		for l := range middle {
			v := over(c, middle, func(f flow) float64 { return of(f)[l] })
			line.X, line.Y = append(line.X, float64(l+1)), append(line.Y, v.Mean)
		}
		return line
	}
	var ofOutputs, ofWeights, byDepth []page.Series
	for _, c := range drawn {
		ofOutputs = append(ofOutputs, mean(c, func(f flow) []float64 { return f.activation }))
		ofWeights = append(ofWeights, mean(c, func(f flow) []float64 { return f.weight }))
		line := page.Series{Name: caseName(c)}
		for _, d := range depths {
			line.X, line.Y = append(line.X, float64(d)), append(line.Y, outputs(c.act, c.init, d).Mean)
		}
		byDepth = append(byDepth, line)
	}
	figures, err := vanishingFigures(ofOutputs, ofWeights, byDepth)
	if err != nil {
		return nil, err
	}
	sig, sigHe := outputs("sigmoid", "default", middle), outputs("sigmoid", "he", middle)
	relu, reluHe := outputs("relu", "default", middle), outputs("relu", "he", middle)
	tanhOut, tanhWeight := outputs("tanh", "standard", middle), weights("tanh", "standard", middle)
	tanhDefault := weights("tanh", "default", middle)
	before, after := singular("tanh", "standard"), singular("tanh", "glorot")
	level := func(s Spread) bool { return s.Low > 0.1 && s.High < 10 }
	deepest := depths[len(depths)-1]
	counts := map[string][2]int{} // how many of how many activations keep the gradient level
	for _, c := range cases {
		n := counts[c.init]
		if n[1]++; level(outputs(c.act, c.init, middle)) {
			n[0]++
		}
		counts[c.init] = n
	}
	return &Result{
		Data:    []string{name},
		Tables:  []Table{summary, layers},
		Figures: figures,
		Method: []Text{textf(
			"Stacks of %s hidden layers, %d units each, and a classifier of ten; float64; one batch of %d digits; no training. A ratio is the norm at the first hidden layer divided by that at the last one. Initialisations: default U(±1/√n) for weights and biases; standard the same with biases of 0; Glorot's and He's with biases of 0. The Jacobian of a layer is diag(f'(z))·W, for two digits.",
			"은닉층 %s개, 층마다 유닛 %d개, 클래스 10개의 분류기. float64, 숫자 %d장의 배치 하나, 학습 없음. 비는 첫 은닉층의 노름을 마지막 은닉층의 노름으로 나눈 것이다. 초기화: 기본은 가중치와 편향 모두 U(±1/√n), 표준은 같은 가중치에 편향 0, 글로로와 He 초기화는 편향 0. 층의 야코비 행렬은 diag(f'(z))·W이고 숫자 두 장에서 계산했다.",
			listed(depths), width, batch)},
		Claims: []Claim{{
			Textbook:  Text{EN: "Sigmoid's gradient vanishes with depth.", KO: "시그모이드의 기울기는 깊이에 따라 소실된다."},
			Published: Text{EN: "sigmoid nets: the top layer saturates at 0; depth 5 never escapes", KO: "시그모이드 신경망: 맨 위층이 0으로 포화하고, 깊이 5는 끝내 벗어나지 못한다"},
			Source:    "Glorot and Bengio 2010, section 3.1",
			Measured: textf("Gradient of the outputs, first of %d layers against the last: %s; a factor of %s a layer. With He's initialisation: %s.",
				"출력에 대한 기울기, %d층 중 첫 층과 마지막 층의 비: %s, 층마다 %s배. He 초기화로는 %s.", middle, sig.Short(), factor("sigmoid", "default").Fixed(2), sigHe.Short()),
			Table: "summary", Holds: verdict(sig.High < 1e-6 && sigHe.High < 1e-3, Partly),
			Why: map[Verdict]Text{Holds: {EN: "The slope is 1/4 at most, and the weights shrink what is left; a larger start does not save it.", KO: "도함수는 최대 1/4이고 남은 것도 가중치가 줄인다. 초깃값을 키워도 살아나지 않는다."}},
		}, {
			Textbook:  Text{EN: "ReLU cures vanishing gradients, since its slope is 1 for x > 0.", KO: "ReLU는 x > 0에서 기울기가 1이므로 기울기 소실을 해결한다."},
			Published: Text{EN: "with the former initialisation a 30-layer ReLU net stalls, with theirs it converges", KO: "기존 초기화로는 30층 ReLU 신경망의 학습이 멈추고, 제안한 초기화로는 수렴한다"},
			Source:    "He et al. 2015, section 2.2 and figure 3",
			Measured: textf("First against last of %d layers: %s with the default initialisation, %s with He's. At %d layers: %s and %s.",
				"%d층 중 첫 층과 마지막 층의 비: 기본 초기화 %s, He 초기화 %s. %d층에서는 %s, %s.", middle, relu.Short(), reluHe.Short(), deepest, outputs("relu", "default", deepest).Short(), outputs("relu", "he", deepest).Short()),
			Table: "summary", Holds: verdict(level(relu), Partly),
			Why: map[Verdict]Text{Partly: {EN: "Only together with an initialisation that makes up for the half that ReLU cuts away.", KO: "ReLU가 잘라 내는 절반을 메우는 초기화와 함께일 때만 그렇다."}},
		}, {
			Textbook:  Text{EN: "Where gradients vanish, the first layers' weights get none.", KO: "기울기가 소실되면 첫 층들의 가중치에는 기울기가 오지 않는다."},
			Published: Text{EN: "with the standard initialisation, gradients of the activations shrink towards the input, those of the weights are about equal", KO: "표준 초기화에서 활성화에 대한 기울기는 입력 쪽으로 줄지만, 가중치에 대한 기울기는 거의 같다"},
			Source:    "Glorot and Bengio 2010, section 4.2.2, figures 7 and 8",
			Measured: textf("tanh, standard initialisation, first of %d layers against the last: outputs %s, weights %s. With the default one, which has biases: weights %s.",
				"tanh, 표준 초기화, %d층 중 첫 층과 마지막 층의 비: 출력 %s, 가중치 %s. 편향이 있는 기본 초기화에서는 가중치 %s.", middle, tanhOut.Short(), tanhWeight.Short(), tanhDefault.Short()),
			Table: "summary", Holds: verdict(tanhWeight.High < 0.1, Partly),
			Why: map[Verdict]Text{Partly: {EN: "A weight's gradient is the gradient above it times the activation below it. Without biases both shrink at the same rate in opposite directions and the product stays level; biases keep activations alive, and then it vanishes.", KO: "가중치의 기울기는 위에서 오는 기울기와 아래의 활성화를 곱한 것이다. 편향이 없으면 둘이 반대 방향으로 같은 비율로 줄어 곱이 고르게 유지된다. 편향이 있으면 활성화가 살아 있어 기울기가 소실된다."}},
		}, {
			Textbook:  Text{EN: "A normalised initialisation brings the layers' Jacobians closer to 1.", KO: "정규화된 초기화는 층의 야코비 행렬을 1에 가깝게 한다."},
			Published: Text{EN: "mean singular value 0.5 with the standard, 0.8 with the normalised initialisation (tanh)", KO: "특잇값 평균: 표준 초기화 0.5, 정규화된 초기화 0.8 (tanh)"},
			Source:    "Glorot and Bengio 2010, section 4.2.1",
			Measured: textf("tanh, %d layers: %s standard, %s normalised; sigmoid %s; ReLU %s with the default, %s with He's.",
				"tanh, %d층: 표준 %s, 정규화 %s. 시그모이드 %s. ReLU는 기본 %s, He %s.", middle, before.Fixed(2), after.Fixed(2), singular("sigmoid", "default").Fixed(2), singular("relu", "default").Fixed(2), singular("relu", "he").Fixed(2)),
			Table: "summary", Holds: verdict(before.High < after.Low && after.High < 1.05, Partly),
			Why: map[Verdict]Text{Holds: {EN: "As published. The mean of ReLU's says little: half of the directions are cut off, the other half grow.", KO: "논문과 같다. ReLU의 평균은 말해 주는 것이 적다. 방향의 절반은 끊기고 나머지 절반은 커진다."}},
		}, {
			Textbook:  Text{EN: "It is the activation function that decides whether gradients vanish.", KO: "기울기가 소실되는지는 활성화 함수가 결정한다."},
			Published: Text{EN: "the initialisation as much as the function", KO: "함수만큼 초기화도 중요하다"},
			Source:    "Glorot and Bengio 2010; He et al. 2015",
			Measured: textf("First against last of %d layers between 0.1 and 10, all seeds: %d of %d activations with the default initialisation, %d of %d with He's.",
				"%d층 중 첫 층과 마지막 층의 비가 모든 시드에서 0.1과 10 사이인 활성화 함수: 기본 초기화로 %[3]d개 중 %[2]d개, He 초기화로 %[5]d개 중 %[4]d개.", middle, counts["default"][0], counts["default"][1], counts["he"][0], counts["he"][1]),
			Table: "summary", Holds: verdict(counts["default"][0] >= counts["he"][0], Partly),
			Why: map[Verdict]Text{Partly: {EN: "No activation of one layer's arithmetic is safe by itself: scale and slope have to fit each other.", KO: "활성화 함수만으로는 안전하지 않다. 가중치의 크기와 함수의 기울기가 서로 맞아야 한다."}},
		}},
	}, nil
}

// caseName is a case as figures name it.
func caseName(c stackCase) Text {
	acts := map[string]Text{"relu": {EN: "ReLU", KO: "ReLU"}, "sigmoid": {EN: "sigmoid", KO: "시그모이드"}}
	act, ok := acts[c.act]
	if !ok {
		act = Text{EN: c.act, KO: c.act}
	}
	init := map[string]Text{
		"default": {EN: "default", KO: "기본 초기화"}, "standard": {EN: "no biases", KO: "편향 없음"},
		"he": {EN: "He", KO: "He 초기화"}, "glorot": {EN: "Glorot", KO: "글로로 초기화"},
	}[c.init]
	return Text{EN: act.EN + ", " + init.EN, KO: act.KO + ", " + init.KO}
}

func vanishingFigures(ofOutputs, ofWeights, byDepth []page.Series) ([]Figure, error) {
	layer := Text{EN: "layer (1 is next to the input)", KO: "층 (1층이 입력 쪽)"}
	size := Text{EN: "gradient norm", KO: "기울기 노름"}
	return drawAll(lines{
		name: "activations", x: layer, y: size, log: true, series: ofOutputs,
		title:   Text{EN: "Gradient of the loss with respect to each layer's output", KO: "각 층의 출력에 대한 손실의 기울기"},
		caption: Text{EN: "What reaches each layer's output before training, mean over the seeds. A line that falls towards the left is a vanishing gradient.", KO: "학습 전에 각 층의 출력에 도달하는 기울기(시드 평균). 왼쪽으로 갈수록 내려가는 선이 기울기 소실이다."},
		alt: Text{
			EN: "On a logarithmic axis a line of gradient norms over the layers for each activation function and initialisation.",
			KO: "활성화 함수와 초기화마다 층별 기울기 노름을 로그 축에 그린 곡선.",
		},
	}, lines{
		name: "weights", x: layer, y: size, log: true, series: ofWeights,
		title:   Text{EN: "Gradient of the loss with respect to each layer's weights", KO: "각 층의 가중치에 대한 손실의 기울기"},
		caption: Text{EN: "The same networks, with respect to the weights, mean over the seeds. Compare tanh without biases in this figure and in the one before.", KO: "같은 신경망의 가중치에 대한 기울기(시드 평균). 편향 없는 tanh를 앞의 그림과 비교해 보라."},
		alt:     Text{EN: "On a logarithmic axis lines of the weights' gradient norms over the layers.", KO: "로그 축에 그린 층별 가중치 기울기 노름 곡선."},
	}, lines{
		name: "depth", log: true, series: byDepth,
		x:       Text{EN: "hidden layers", KO: "은닉층 수"},
		y:       Text{EN: "ratio", KO: "비"},
		title:   Text{EN: "Output gradient of the first layer divided by the last layer's", KO: "첫 층의 출력 기울기를 마지막 층의 것으로 나눈 값"},
		caption: Text{EN: "How much of the last layer's gradient the first layer has, by depth, mean over the seeds. On this axis a constant factor a layer is a straight line.", KO: "깊이에 따라 마지막 층의 기울기 가운데 첫 층에 남은 몫(시드 평균). 층마다 같은 배율이면 이 축에서 직선이 된다."},
		alt:     Text{EN: "Lines of that ratio over the number of hidden layers on a logarithmic axis.", KO: "은닉층 수에 따른 그 비를 로그 축에 그린 곡선."},
	})
}
