package lab

import (
	"context"
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// shortcut compares what stands on the shortcut: nothing, a factor, a convolution.
var shortcut = Experiment{
	Name:  "shortcut",
	Title: Text{EN: "Why the shortcut is the identity", KO: "스킵 연결이 항등 함수인 까닭"},
	Question: Text{
		EN: "F(x) + x has the derivative F'(x) + 1. What happens when the 1 becomes 0.5, or the weights of a convolution?",
		KO: "F(x) + x의 도함수는 F'(x) + 1이다. 이 1이 0.5가 되거나 합성곱의 가중치가 되면 어떻게 될까?",
	},
	Papers: []Paper{
		{Authors: "He, Zhang, Ren and Sun", Year: 2016, Title: "Identity Mappings in Deep Residual Networks", URL: "https://arxiv.org/abs/1603.05027"},
	},
	Takes: "3 min",
	Run:   runShortcut,
}

// shortcutKinds are the shortcuts that are compared, as figures name them.
var shortcutKinds = []struct{ kind, name string }{
	{residualKind, "identity: x + F"}, {halfKind, "0.5 x + 0.5 F"}, {halfPastKind, "0.5 x + F"}, {convKind, "1x1 convolution of x + F"},
}

func runShortcut(ctx context.Context, s Settings) (*Result, error) {
	depth, width, side := pick(s, 20, 44, 110), pick(s, 4, 16, 16), pick(s, 8, 16, 32)
	images, epochs := pick(s, 128, 3072, 50000), pick(s, 2, 4, 8)
	train, test, name, err := s.small(images, pick(s, 64, 2000, 10000), side)
	if err != nil {
		return nil, err
	}
	runs := Table{
		Name:    "training",
		Caption: Text{EN: "Training by epoch, by what stands on the shortcut", KO: "스킵 연결에 무엇이 있는지에 따른 에폭별 학습"},
		Head:    []string{"shortcut", "seed", "epoch", "train_loss", "train_error", "test_error"},
		HeadKO:  []string{"스킵 연결", "시드", "에폭", "학습 손실", "학습 오류율", "시험 오류율"},
	}
	flow := Table{
		Name:    "gradients",
		Caption: Text{EN: "Before training: norm of the loss's gradient with respect to each unit's output", KO: "학습 전: 각 유닛의 출력에 대한 손실의 기울기 노름"},
		Head:    []string{"shortcut", "seed", "unit", "norm"},
		HeadKO:  []string{"스킵 연결", "시드", "유닛", "노름"},
	}
	all, flows := map[string][]trained{}, map[string][][]float64{}
	total, done := len(shortcutKinds)*len(s.Seeds), 0
	for _, k := range shortcutKinds {
		for _, seed := range s.Seeds {
			s.progress(done, total, fmt.Sprintf("%s, seed %d", k.name, seed))
			done++
			net := thin{depth: depth, width: width, kind: k.kind, classes: 10}
			norms, err := net.flow(ctx, train, seed)
			if err != nil {
				return nil, err
			}
			for i, v := range norms {
				flow.add(k.kind, seed, i+1, v)
			}
			flows[k.kind] = append(flows[k.kind], norms)
			t, err := net.train(ctx, trainer.Data{Train: train, Test: test}, epochs, seed)
			if err != nil {
				return nil, err
			}
			for e := range t.loss {
				tested := ""
				if e == len(t.loss)-1 {
					tested = cell(t.test)
				}
				runs.add(k.kind, seed, e+1, t.loss[e], t.wrong[e], tested)
			}
			all[k.kind] = append(all[k.kind], t)
		}
	}
	wrong := func(kind string) Spread {
		var v []float64
		for _, t := range all[kind] {
			v = append(v, t.wrong[len(t.wrong)-1])
		}
		return spreadOf(v)
	}
	ratio := func(kind string) Spread {
		var v []float64
		for _, f := range flows[kind] {
			v = append(v, f[0]/f[len(f)-1])
		}
		return spreadOf(v)
	}
	figures, err := shortcutFigures(all, flows)
	if err != nil {
		return nil, err
	}
	identity, half, halfPast, conv := wrong(residualKind), wrong(halfKind), wrong(halfPastKind), wrong(convKind)
	cleaner := Fails
	switch {
	case identity.High < half.Low && identity.High < conv.Low:
		cleaner = Holds
	case identity.Mean < half.Mean && identity.Mean < conv.Mean || identity.High < half.Low:
		cleaner = Partly
	}
	one, none := ratio(residualKind), ratio(halfKind)
	units := len(flows[residualKind][0])
	shrinks := verdict(none.High < one.Low, Fails)
	return &Result{
		Data:    []string{name},
		Tables:  []Table{runs, flow},
		Figures: figures,
		Method: []Text{textf(
			"%d layers (%d units) as in the experiment skip, %d channels wide at first; %d epochs, batch 64, SGD with momentum 0.9, rate 0.02 falling along a cosine. Where a unit changes the shape the shortcut is zero padding, but for the 1x1 convolutions. Gradients: one batch of 64 images, batch norm by its statistics.",
			"실험 skip과 같은 %d층(유닛 %d개), 첫 너비 %d채널. %d에폭, 배치 64, 모멘텀 0.9의 SGD, 학습률 0.02에서 코사인으로 감소. 크기가 바뀌는 유닛의 스킵 연결은 1x1 합성곱의 경우를 빼고는 0 채우기이다. 기울기: 이미지 64장의 배치 하나, 그 배치의 통계로 배치 정규화.",
			depth, units, width, epochs)},
		Claims: []Claim{{
			Textbook:  Text{EN: "The shortcut is best left alone: scaling or convolving it makes training harder.", KO: "스킵 연결은 그대로 두는 것이 가장 좋다: 배율을 곱하거나 합성곱을 두면 학습이 어려워진다."},
			Published: Text{EN: "ResNet-110, CIFAR-10 test error: identity 6.61 %, 0.5 x + 0.5 F 12.35 %, 1x1 convolution 12.22 %, 0.5 x + F failed", KO: "ResNet-110, CIFAR-10 시험 오류율: 항등 6.61 %, 0.5x+0.5F 12.35 %, 1x1 합성곱 12.22 %, 0.5x+F는 실패"},
			Source:    "He et al. 2016, table 1",
			Measured: textf("Training error after %d epochs: identity %s, 0.5 x + 0.5 F %s, 0.5 x + F %s, 1x1 convolution %s.",
				"%d에폭 뒤 학습 오류율: 항등 %s, 0.5x+0.5F %s, 0.5x+F %s, 1x1 합성곱 %s.", epochs, identity.Percent(), half.Percent(), halfPast.Percent(), conv.Percent()),
			Table: "training", Holds: cleaner,
			Why: map[Verdict]Text{
				Holds:  {EN: "The identity is best in every seed.", KO: "모든 시드에서 항등이 가장 낫다."},
				Partly: {EN: "Not every variant loses in every seed at this depth; the paper's gaps are those of 110 layers and a whole training.", KO: "이 깊이에서는 모든 시드에서 모든 변형이 지는 것은 아니다. 논문의 차이는 110층을 끝까지 학습한 것이다."},
				Fails:  {EN: "Not at this depth in a training this short.", KO: "이 깊이의 짧은 학습에서는 그렇지 않다."},
			},
		}, {
			Textbook:  Text{EN: "The derivative F'(x) + 1 carries the gradient through any number of units; with 0.5 it would shrink by 2 to the power of their number.", KO: "도함수 F'(x) + 1은 유닛이 몇 개든 기울기를 전달한다. 0.5라면 유닛 수만큼 절반씩 줄어들 것이다."},
			Published: Text{EN: "a product of the factors stands before the direct term", KO: "직접 항 앞에 배율들의 곱이 붙는다"},
			Source:    "He et al. 2016, equation 8",
			Measured: textf("Gradient at the first of %d units divided by that at the last: identity %s, 0.5 x + 0.5 F %s, 0.5 x + F %s, 1x1 convolution %s. The power alone would give %s.",
				"유닛 %d개 중 첫 유닛과 마지막 유닛의 기울기 비: 항등 %s, 0.5x+0.5F %s, 0.5x+F %s, 1x1 합성곱 %s. 거듭제곱만이라면 %s.",
				units, one.Short(), none.Short(), ratio(halfPastKind).Short(), ratio(convKind).Short(), short(math.Pow(0.5, float64(units-1)))),
			Table: "gradients", Holds: shrinks,
			Why: map[Verdict]Text{
				Holds: {EN: "The less the shortcut carries, the less gradient arrives.", KO: "스킵 연결이 적게 전달할수록 도달하는 기울기도 적다."},
				Fails: {EN: "The direct term does shrink like that, but it is one of many. With batch norm the branches F carry the gradient too, and the less the shortcut carries, the more the network behaves like a plain one, whose gradient grows towards the input. What the factor costs is not the gradient's size.", KO: "직접 항은 정말 그렇게 줄지만 여러 항 가운데 하나일 뿐이다. 배치 정규화가 있으면 가지 F도 기울기를 전달하며, 스킵 연결이 적게 전달할수록 신경망은 입력 쪽으로 기울기가 커지는 일반 신경망에 가까워진다. 배율이 해치는 것은 기울기의 크기가 아니다."},
			},
		}},
	}, nil
}

// flow is the norm of the loss's gradient at each unit's output before training.
func (n thin) flow(ctx context.Context, data *datasets.Dataset, seed uint64) ([]float64, error) {
	batch := min(64, data.Len())
	cfg := graph.TrainingConfig(data.Shape().WithBatch(batch)...)
	cfg.TapGradients = true
	p, err := graph.Build(n.block(), graph.NewParams(seed), cfg)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	images, labels, err := insight.Read(data, firstOf(batch)...)
	if err != nil {
		return nil, err
	}
	if _, err := p.Step(ctx, images, graph.Labels(labels)); err != nil {
		return nil, err
	}
	return tapNorms(p, unitsOf(p))
}

func shortcutFigures(all map[string][]trained, flows map[string][][]float64) ([]Figure, error) {
	var errorLines, gradientLines []plots.Series
	for _, k := range shortcutKinds {
		errorLines = append(errorLines, numbered(k.name, 100, meanOver(all[k.kind], func(t trained) []float64 { return t.wrong })))
		gradientLines = append(gradientLines, numbered(k.name, 1, meanOver(flows[k.kind], func(f []float64) []float64 { return f })))
	}
	training, err := curves("training", false,
		Text{EN: "Training error by what stands on the shortcut", KO: "스킵 연결에 놓인 것에 따른 학습 오류율"},
		Text{EN: "epoch", KO: "에폭"}, Text{EN: "training error (%)", KO: "학습 오류율 (%)"},
		Text{EN: "Training error by epoch, mean over the seeds.", KO: "에폭별 학습 오류율(시드 평균)."},
		Text{EN: "Four curves of training error by epoch, one for each kind of shortcut.", KO: "스킵 연결의 종류별 학습 오류율 곡선 네 개."},
		errorLines...)
	if err != nil {
		return nil, err
	}
	gradients, err := curves("gradients", true,
		Text{EN: "Gradient of the loss at each unit's output, before training", KO: "학습 전, 각 유닛의 출력에서의 손실 기울기"},
		Text{EN: "unit (1 is next to the input)", KO: "유닛 (1이 입력 쪽)"}, Text{EN: "gradient norm", KO: "기울기 노름"},
		Text{EN: "What reaches each unit before training, mean over the seeds.", KO: "학습 전에 각 유닛에 도달하는 기울기(시드 평균)."},
		Text{EN: "Four lines of gradient norms over the units on a logarithmic axis.", KO: "로그 축에 그린 유닛별 기울기 노름 곡선 네 개."},
		gradientLines...)
	return []Figure{training, gradients}, err
}
