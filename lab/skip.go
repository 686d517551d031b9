package lab

import (
	"context"
	"fmt"
	"strings"

	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// skip trains plain and residual networks of growing depth.
var skip = Experiment{
	Name:  "skip",
	Title: Text{EN: "Degradation and its cure: skip connections", KO: "성능 저하 문제와 그 해법: 스킵 연결"},
	Question: Text{
		EN: "Does a deeper plain network fit its own training images worse, do shortcuts cure that, and is it because its gradients vanish?",
		KO: "스킵 연결이 없는 신경망은 깊어질수록 학습 이미지조차 더 못 맞출까? 스킵 연결은 이를 해결할까? 그리고 그 원인은 기울기 소실일까?",
	},
	Papers: []Paper{
		{Authors: "He, Zhang, Ren and Sun", Year: 2015, Title: "Deep Residual Learning for Image Recognition", URL: "https://arxiv.org/abs/1512.03385"},
		{Authors: "Yang, Pennington, Rao, Sohl-Dickstein and Schoenholz", Year: 2019, Title: "A Mean Field Theory of Batch Normalization", URL: "https://arxiv.org/abs/1902.08129"},
	},
	Takes: "3 min",
	Run:   runSkip,
}

// trained is what became of one thin network.
type trained struct {
	loss, wrong []float64 // of training, by epoch
	test        float64   // share of test images taken for something else
	start, next []float64 // gradient of each convolution's weights, before training and after one step
	layers      []string
}

// train trains a thin network by SGD with momentum, its rate falling to zero.
func (n thin) train(ctx context.Context, data trainer.Data, epochs int, seed uint64) (trained, error) {
	var out trained
	watch := trainer.Hook{Name: "gradients", OnStep: func(_ *trainer.Run, p trainer.Progress) error {
		if p.Total > 2 {
			return nil
		}
		grads, err := p.Program.Gradients()
		if err != nil {
			return err
		}
		var norms []float64
		var names []string
		for _, g := range grads {
			if g.Param.Dims() == 4 && !strings.Contains(g.Name, "downsample") {
				names, norms = append(names, strings.TrimSuffix(g.Name, ".weight")), append(norms, norm(g.Grad.Float32s()))
			}
		}
		if out.layers = names; p.Total == 1 {
			out.start = norms
		} else {
			out.next = norms
		}
		return nil
	}}
	run, _, err := fit(ctx, n.block(), data, trainer.Config{
		Epochs: epochs, Batch: 64, Optimizer: trainer.SGD{LR: 0.02, Momentum: 0.9, WeightDecay: 1e-4},
		Schedule: trainer.Cosine{}, ScheduleBy: trainer.ByStep, Seed: seed, EvalEvery: epochs, EvalBatch: 128, Hooks: []trainer.Hook{watch},
	})
	if err != nil {
		return out, err
	}
	for _, e := range run.History {
		out.loss, out.wrong = append(out.loss, e.TrainLoss), append(out.wrong, 1-e.TrainAccuracy)
	}
	out.test = 1 - last(run).TestAccuracy
	return out, nil
}

func runSkip(ctx context.Context, s Settings) (*Result, error) {
	depths := pick(s, []int{8, 32}, []int{8, 20, 56}, []int{8, 20, 32, 44, 56})
	width, side := pick(s, 4, 16, 16), pick(s, 8, 16, 32)
	images, epochs := pick(s, 256, 2304, 50000), pick(s, 4, 4, 8)
	train, test, name, err := s.small(images, pick(s, 64, 2000, 10000), side)
	if err != nil {
		return nil, err
	}
	runs := Table{
		Name:    "training",
		Caption: Text{EN: "Training by epoch: loss and error are means over the epoch while the weights moved", KO: "에폭별 학습: 손실과 오류율은 가중치가 움직이는 동안의 에폭 평균"},
		Head:    []string{"network", "depth", "seed", "epoch", "train_loss", "train_error", "test_error"},
		HeadKO:  []string{"신경망", "깊이", "시드", "에폭", "학습 손실", "학습 오류율", "시험 오류율"},
	}
	gradients := Table{
		Name:    "gradients",
		Caption: Text{EN: "Gradient norm of each convolution's weights before training (step 1) and after one step (step 2)", KO: "합성곱 층 가중치의 기울기 노름: 학습 전(1단계)과 한 스텝 뒤(2단계)"},
		Head:    []string{"network", "depth", "seed", "step", "layer", "norm"},
		HeadKO:  []string{"신경망", "깊이", "시드", "단계", "층", "노름"},
	}
	all := map[string][]trained{}
	key := func(kind string, depth int) string { return fmt.Sprintf("%s-%d", kind, depth) }
	total, done := 2*len(depths)*len(s.Seeds), 0
	for _, depth := range depths {
		for _, kind := range []string{plainKind, residualKind} {
			for _, seed := range s.Seeds {
				s.progress(done, total, fmt.Sprintf("%s, seed %d", key(kind, depth), seed))
				done++
				t, err := thin{depth: depth, width: width, kind: kind, classes: 10}.train(ctx, trainer.Data{Train: train, Test: test}, epochs, seed)
				if err != nil {
					return nil, err
				}
				for e := range t.loss {
					tested := ""
					if e == len(t.loss)-1 {
						tested = cell(t.test)
					}
					runs.add(kind, depth, seed, e+1, t.loss[e], t.wrong[e], tested)
				}
				for i, layer := range t.layers {
					gradients.add(kind, depth, seed, 1, layer, t.start[i])
					gradients.add(kind, depth, seed, 2, layer, t.next[i])
				}
				all[key(kind, depth)] = append(all[key(kind, depth)], t)
			}
		}
	}
	of := func(kind string, depth int, value func(trained) float64) Spread {
		var v []float64
		for _, t := range all[key(kind, depth)] {
			v = append(v, value(t))
		}
		return spreadOf(v)
	}
	wrong := func(t trained) float64 { return t.wrong[len(t.wrong)-1] }
	start := func(t trained) float64 { return t.start[0] / t.start[len(t.start)-1] }
	next := func(t trained) float64 { return t.next[0] / t.next[len(t.next)-1] }
	shallow, deep := pick(s, 8, 20, 20), depths[len(depths)-1]
	plainShallow, plainDeep := of(plainKind, shallow, wrong), of(plainKind, deep, wrong)
	resShallow, resDeep := of(residualKind, shallow, wrong), of(residualKind, deep, wrong)
	plainStart, plainNext := of(plainKind, deep, start), of(plainKind, deep, next)
	figures, err := skipFigures(depths, deep, func(kind string, depth int, value func(trained) []float64) []float64 {
		return meanOver(all[key(kind, depth)], value)
	})
	if err != nil {
		return nil, err
	}
	cured := Fails
	if resDeep.High < plainDeep.Low {
		cured = Partly
		if resDeep.Mean <= resShallow.Mean {
			cured = Holds
		}
	}
	return &Result{
		Data:    []string{name},
		Tables:  []Table{runs, gradients},
		Figures: figures,
		Method: []Text{textf(
			"Networks of He et al. 2015, section 4.2, %d channels wide at first, with batch norm and He's initialisation, shortcuts without parameters; %d epochs, batch 64, SGD with momentum 0.9, rate 0.02 falling to 0 along a cosine, weight decay 1e-4, no augmentation. Training error is the mean over the last epoch. Gradients are those of the first two batches.",
			"He 등 2015, 4.2절의 신경망, 첫 너비 %d채널, 배치 정규화와 He 초기화, 매개변수 없는 스킵 연결. %d에폭, 배치 64, 모멘텀 0.9의 SGD, 학습률 0.02에서 코사인으로 0까지, 가중치 감쇠 1e-4, 데이터 증강 없음. 학습 오류율은 마지막 에폭의 평균, 기울기는 처음 두 배치의 것이다.",
			width, epochs)},
		Claims: []Claim{{
			Textbook:  Text{EN: "A plain network that is made deeper ends up with a higher training error.", KO: "스킵 연결이 없는 신경망은 깊게 만들면 학습 오류율이 오히려 높아진다."},
			Published: Text{EN: "ImageNet, plain 18 / 34 layers: 27.94 / 28.54 % validation error, the deeper worse in training, too; CIFAR-10, plain 110 layers: over 60 %", KO: "ImageNet, 일반 신경망 18/34층: 검증 오류율 27.94/28.54 %, 학습에서도 깊은 쪽이 나쁘다. CIFAR-10 110층: 60 % 초과"},
			Source:    "He et al. 2015, sections 4.1 and 4.2, figures 4 and 6",
			Measured:  textf("Training error of the plain nets: %s with %d layers, %s with %d.", "일반 신경망의 학습 오류율: %[2]d층 %[1]s, %[4]d층 %[3]s.", plainShallow.Percent(), shallow, plainDeep.Percent(), deep),
			Table:     "training", Holds: verdict(plainDeep.Low > plainShallow.High, Fails),
			Why: map[Verdict]Text{Holds: {EN: "The deeper one could copy the shallower and set the rest to the identity; training does not find that. In a training as short as this, part of the gap is a slow start.", KO: "깊은 신경망은 얕은 것을 베끼고 나머지를 항등 함수로 두면 되지만, 학습은 그 답을 찾지 못한다. 이렇게 짧은 학습에서는 느린 출발도 차이의 일부이다."}},
		}, {
			Textbook:  Text{EN: "Skip connections cure the degradation: deeper is better again.", KO: "스킵 연결은 이 문제를 해결한다: 다시 깊을수록 좋아진다."},
			Published: Text{EN: "CIFAR-10 test error of ResNet-20/32/44/56/110: 8.75, 7.51, 7.17, 6.97, 6.43 %", KO: "CIFAR-10 시험 오류율, ResNet-20/32/44/56/110: 8.75, 7.51, 7.17, 6.97, 6.43 %"},
			Source:    "He et al. 2015, table 6",
			Measured: textf("Training error with shortcuts: %s with %d layers, %s with %d; without them the latter had %s.",
				"스킵 연결이 있을 때의 학습 오류율: %[2]d층 %[1]s, %[4]d층 %[3]s. 없을 때 후자는 %[5]s.", resShallow.Percent(), shallow, resDeep.Percent(), deep, plainDeep.Percent()),
			Table: "training", Holds: cured,
			Why: map[Verdict]Text{
				Holds:  {EN: "With shortcuts the deep network is no worse than the shallow one, and far better than its plain counterpart of as many parameters.", KO: "스킵 연결이 있으면 깊은 신경망이 얕은 것보다 나쁘지 않고, 매개변수 수가 같은 일반 신경망보다 훨씬 낫다."},
				Partly: {EN: "The deep network is far better than its plain counterpart of as many parameters. That it also beats the shallow one needs a longer training than this.", KO: "매개변수 수가 같은 일반 신경망보다 훨씬 낫다. 얕은 것까지 앞서려면 여기보다 긴 학습이 필요하다."},
				Fails:  {EN: "Not in a training of this length.", KO: "이 길이의 학습에서는 그렇지 않다."},
			},
		}, {
			Textbook:  Text{EN: "Plain deep networks are hard to train because their gradients vanish.", KO: "깊은 일반 신경망의 학습이 어려운 것은 기울기 소실 때문이다."},
			Published: Text{EN: "\"unlikely to be caused by vanishing gradients\": batch norm keeps them healthy; with it and ReLU they grow by about 1.21 a layer at the start (fully connected)", KO: "\"기울기 소실 때문일 가능성은 낮다\": 배치 정규화가 기울기를 유지한다. ReLU와 함께라면 처음에 층마다 약 1.21배로 커진다(완전 연결)"},
			Source:    "He et al. 2015, section 4.1; Yang et al. 2019, section 3",
			Measured: textf("Plain, %d layers, gradient of the first convolution's weights divided by the last one's: %s before training, %s after one step.",
				"일반 %d층, 첫 합성곱과 마지막 합성곱의 가중치 기울기 비: 학습 전 %s, 한 스텝 뒤 %s.", deep, plainStart.Short(), plainNext.Short()),
			Table: "gradients", Holds: verdict(plainStart.High < 0.1 && plainNext.High < 0.1, Fails),
			Why: map[Verdict]Text{Fails: {EN: "With batch norm the gradients do not vanish towards the input. They are larger there; what is wrong is their direction, see the experiment shattered.", KO: "배치 정규화가 있으면 기울기는 입력 쪽으로 소실되지 않고 오히려 크다. 문제는 크기가 아니라 방향이다. 실험 shattered를 보라."}},
		}},
	}, nil
}

func skipFigures(depths []int, deep int, line func(kind string, depth int, of func(trained) []float64) []float64) ([]Figure, error) {
	var errorLines, gradientLines []plots.Series
	for _, kind := range []string{plainKind, residualKind} {
		for _, depth := range depths {
			name := fmt.Sprintf("%s-%d", kind, depth)
			errorLines = append(errorLines, numbered(name, 100, line(kind, depth, func(t trained) []float64 { return t.wrong })))
		}
		for step, of := range []func(trained) []float64{func(t trained) []float64 { return t.start }, func(t trained) []float64 { return t.next }} {
			name := fmt.Sprintf("%s-%d, %s", kind, deep, []string{"before training", "after one step"}[step])
			gradientLines = append(gradientLines, numbered(name, 1, line(kind, deep, of)))
		}
	}
	training, err := curves("training", false,
		Text{EN: "Training error by depth, plain and with shortcuts", KO: "깊이별 학습 오류율: 일반과 스킵 연결"},
		Text{EN: "epoch", KO: "에폭"}, Text{EN: "training error (%)", KO: "학습 오류율 (%)"},
		Text{EN: "Training error by epoch, mean over the seeds. Compare, with and without shortcuts, the order of the depths.", KO: "에폭별 학습 오류율(시드 평균). 스킵 연결이 있을 때와 없을 때 깊이의 순서가 어떻게 되는지 비교해 보라."},
		Text{EN: "A curve of training error by epoch for each depth, plain and residual.", KO: "깊이마다 일반 신경망과 잔차 신경망의 에폭별 학습 오류율 곡선."},
		errorLines...)
	if err != nil {
		return nil, err
	}
	gradients, err := curves("gradients", true,
		Text{EN: "Gradient of each convolution's weights", KO: "합성곱 층별 가중치의 기울기"},
		Text{EN: "convolution (1 is next to the input)", KO: "합성곱 층 (1이 입력 쪽)"}, Text{EN: "gradient norm", KO: "기울기 노름"},
		Text{EN: "Gradient norms by layer in the deepest networks, before training and after one step. A line that falls towards the left is a vanishing gradient, one that rises there an exploding one.", KO: "가장 깊은 신경망의 층별 기울기 노름, 학습 전과 한 스텝 뒤. 왼쪽으로 갈수록 내려가는 선은 기울기 소실, 올라가는 선은 기울기 폭발이다."},
		Text{EN: "Four lines of gradient norms over the convolutions on a logarithmic axis.", KO: "로그 축에 그린 합성곱 층별 기울기 노름 곡선 네 개."},
		gradientLines...)
	return []Figure{training, gradients}, err
}
