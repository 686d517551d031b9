package lab

import (
	"context"
	"fmt"
	"math"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/trainer"
)

// step shows what gradient descent can do with a threshold.
var step = Experiment{
	Name:  "step",
	Title: Text{EN: "The step function cannot be trained by its gradient", KO: "계단 함수는 기울기로 학습할 수 없다"},
	Question: Text{
		EN: "What does gradient descent do in a network whose units are thresholds? And what if only the derivative is another one?",
		KO: "유닛이 계단 함수인 신경망에서 경사 하강법은 무엇을 할까? 도함수만 다른 것으로 바꾸면 어떻게 될까?",
	},
	Papers: []Paper{
		{Authors: "Rosenblatt", Year: 1958, Title: "The Perceptron", URL: "https://doi.org/10.1037/h0042519"},
		{Authors: "Bengio, Léonard and Courville", Year: 2013, Title: "Estimating or Propagating Gradients Through Stochastic Neurons", URL: "https://arxiv.org/abs/1308.3432"},
	},
	Takes: "5 s",
	Run:   runStep,
}

func threshold(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

// The same function three times: with its own derivative, and with two that are
// not its own but let something through.
var (
	hardStep     = &activations.Pointwise{Name: "step", Func: threshold, Derivative: func(float64) float64 { return 0 }}
	straightStep = &activations.Pointwise{Name: "step, straight-through", Func: threshold, Derivative: func(x float64) float64 {
		if math.Abs(x) < 1 {
			return 1
		}
		return 0
	}}
)

func runStep(ctx context.Context, s Settings) (*Result, error) {
	spiralEpochs, digitEpochs := pick(s, 30, 60, 200), pick(s, 2, 4, 20)
	mnist, mnistTest, name, err := s.digits(pick(s, 500, 10000, 60000), pick(s, 200, 2000, 10000))
	if err != nil {
		return nil, err
	}
	accuracy := Table{
		Name:    "accuracy",
		Caption: Text{EN: "Networks of two hidden layers: accuracy, and how far training moved the first layer's weights (norm of the change divided by their norm)", KO: "은닉층이 둘인 신경망: 정확도와, 학습이 첫 층 가중치를 움직인 정도(변화의 노름 나누기 가중치의 노름)"},
		Head:    []string{"data", "activation", "seed", "train_accuracy", "test_accuracy", "first_layer_moved"},
		HeadKO:  []string{"데이터", "활성화 함수", "시드", "학습 정확도", "시험 정확도", "첫 층의 변화"},
	}
	acts := []activations.Activation{hardStep, straightStep, activations.Sigmoid{}}
	test, moved := map[string][]float64{}, map[string][]float64{}
	total, done := 2*len(acts)*len(s.Seeds), 0
	for _, set := range []string{"spirals", "digits"} {
		for _, act := range acts {
			for _, seed := range s.Seeds {
				s.progress(done, total, fmt.Sprintf("%s with %s", set, act))
				done++
				k, data := stack{hidden: 2, width: 64, classes: 10, act: act, init: graph.HeNormal}, trainer.Data{Train: mnist, Test: mnistTest}
				cfg := trainer.Config{Epochs: digitEpochs, Batch: 100, Optimizer: trainer.Adam{LR: 1e-3}, Seed: seed}
				if set == "spirals" {
					k.classes, data = 2, trainer.Data{Train: spirals(1000, 2*seed), Test: spirals(1000, 2*seed+1)}
					cfg.Epochs, cfg.Batch, cfg.Optimizer = spiralEpochs, 50, trainer.Adam{LR: 1e-2}
				}
				cfg.EvalEvery = cfg.Epochs
				// Two stores of one seed start with the same weights.
				before := graph.NewParams(seed)
				shape := data.Train.Shape()
				p, err := graph.Build(k.block(), before, graph.InferenceConfig(1, shape.Channels, shape.Height, shape.Width))
				if err != nil {
					return nil, err
				}
				p.Close()
				run, _, err := fit(ctx, k.block(), data, cfg)
				if err != nil {
					return nil, err
				}
				far := distance(before.Get("fc1.weight"), run.Params.Get("fc1.weight"))
				e := last(run)
				accuracy.add(set, act, seed, e.TrainAccuracy, e.TestAccuracy, far)
				key := set + " " + act.String()
				test[key], moved[key] = append(test[key], e.TestAccuracy), append(moved[key], far)
			}
		}
	}
	of := func(set string, a activations.Activation) Spread { return spreadOf(test[set+" "+a.String()]) }
	curve := lines{
		name:    "functions",
		title:   Text{EN: "One function, two derivatives", KO: "하나의 함수, 두 도함수"},
		x:       Text{EN: "x", KO: "x"},
		y:       Text{EN: "value", KO: "값"},
		caption: Text{EN: "The step function, its derivative, which is 0 wherever it exists, and the window that the straight-through estimator puts in its place.", KO: "계단 함수, 존재하는 곳이면 어디서나 0인 그 도함수, 그리고 그 자리에 직접 통과 추정기가 넣는 창 함수."},
		alt:     Text{EN: "The step jumps from 0 to 1 at 0; its derivative is flat at 0; the window is 1 between -1 and 1.", KO: "계단 함수는 0에서 0에서 1로 뛴다. 도함수는 0으로 평평하고 창은 -1과 1 사이에서 1이다."},
	}
	for _, f := range []struct {
		name Text
		f    func(float64) float64
	}{{Text{EN: "step", KO: "계단 함수"}, threshold}, {Text{EN: "its derivative", KO: "도함수"}, hardStep.Derivative}, {Text{EN: "straight-through", KO: "직접 통과"}, straightStep.Derivative}} {
		line := page.Series{Name: f.name}
		for i := -200; i <= 200; i++ {
			x := float64(i) / 100
			line.X, line.Y = append(line.X, x), append(line.Y, f.f(x))
		}
		curve.series = append(curve.series, line)
	}
	figures, err := drawAll(curve)
	if err != nil {
		return nil, err
	}
	hard, straight, sigmoid := of("spirals", hardStep), of("spirals", straightStep), of("spirals", activations.Sigmoid{})
	hardDigits, straightDigits, sigmoidDigits := of("digits", hardStep), of("digits", straightStep), of("digits", activations.Sigmoid{})
	still := spreadOf(append(append([]float64{}, moved["spirals step"]...), moved["digits step"]...))
	straightMoved := spreadOf(moved["digits "+straightStep.Name])
	return &Result{
		Data:    []string{name, "two spirals of 1,000 points, 1,000 more to test"},
		Tables:  []Table{accuracy},
		Figures: figures,
		Method: []Text{textf("Two hidden layers of 64 units, He's initialisation, Adam. Spirals: %d epochs at 0.01, batch 50; digits: %d epochs at 0.001, batch 100, %d images. Straight-through: forward the step, backward 1 for |x| < 1, else 0.",
			"유닛 64개인 은닉층 둘, He 초기화, Adam. 나선: 0.01로 %d 에폭, 배치 50. 숫자: 0.001로 %d 에폭, 배치 100, 이미지 %d장. 직접 통과 추정: 앞으로는 계단 함수, 뒤로는 |x| < 1에서 1, 나머지는 0.", spiralEpochs, digitEpochs, mnist.Len())},
		Claims: []Claim{{
			Textbook:  Text{EN: "The step function's derivative is 0, so the layers below it learn nothing.", KO: "계단 함수의 도함수는 0이므로 그 아래의 층은 아무것도 배우지 못한다."},
			Published: Text{EN: "the perceptron trained its last layer only", KO: "퍼셉트론은 마지막 층만 학습했다"},
			Source:    "Rosenblatt 1958",
			Measured: textf("Change of the first layer's weights in training: %s with the step's own derivative, %s of their norm with straight-through. Spirals: %s against %s with sigmoid.",
				"학습 중 첫 층 가중치의 변화: 계단 함수 자신의 도함수로 %s, 직접 통과로는 노름의 %s배. 나선: %s, 시그모이드는 %s.", still.Short(), straightMoved.Fixed(2), hard.Percent(), sigmoid.Percent()),
			Table: "accuracy", Holds: verdict(still.High == 0 && hard.High < sigmoid.Low, Partly),
			Why: map[Verdict]Text{Holds: {EN: "Exactly: not one weight below a step moves.", KO: "정확히 그렇다. 계단 함수 아래의 가중치는 하나도 움직이지 않는다."}},
		}, {
			Textbook: Text{EN: "So a network of step functions is of no use before they are replaced.", KO: "그러므로 계단 함수로 된 신경망은 함수를 바꾸기 전에는 쓸모가 없다."},
			Source:   "Rosenblatt 1958",
			Measured: textf("Digits with layers that never move: %s, since the last layer learns on top of random features; sigmoid reaches %s.",
				"한 번도 움직이지 않는 층으로도 숫자: %s. 무작위 특징 위에서 마지막 층은 배우기 때문이다. 시그모이드는 %s.", hardDigits.Percent(), sigmoidDigits.Percent()),
			Table: "accuracy", Holds: verdict(hardDigits.High < 0.2, Partly),
			Why: map[Verdict]Text{Partly: {EN: "It learns less, not nothing: random features and a trained last layer already tell digits apart.", KO: "덜 배울 뿐 전혀 못 배우는 것은 아니다. 무작위 특징과 학습된 마지막 층만으로도 숫자를 구별한다."}},
		}, {
			Textbook:  Text{EN: "Units that are 0 or 1 cannot be trained by backpropagation.", KO: "0 또는 1만 내는 유닛은 역전파로 학습할 수 없다."},
			Published: Text{EN: "the straight-through estimator, which takes another derivative in the backward pass, trains them", KO: "역방향에서 다른 도함수를 쓰는 직접 통과 추정기로 학습된다"},
			Source:    "Bengio, Léonard and Courville 2013",
			Measured: textf("Same function forward, another derivative backward: spirals %s, digits %s; sigmoid %s and %s.",
				"앞으로는 같은 함수, 뒤로는 다른 도함수: 나선 %s, 숫자 %s. 시그모이드는 %s, %s.", straight.Percent(), straightDigits.Percent(), sigmoid.Percent(), sigmoidDigits.Percent()),
			Table: "accuracy", Holds: verdict(straight.Low <= hard.High, Fails),
			Why: map[Verdict]Text{Fails: {EN: "They can, with a derivative that is not theirs: it is the gradient that is missing, not the ability.", KO: "제 것이 아닌 도함수를 쓰면 학습된다. 모자란 것은 기울기이지 표현력이 아니다."}},
		}},
	}, nil
}

// distance is the norm of the difference of two tensors over the norm of the
// first.
func distance(before, after *graph.Param) float64 {
	a, b := before.Value.Float32s(), after.Value.Float32s()
	difference, size := 0.0, 0.0
	for i := range a {
		d := float64(b[i]) - float64(a[i])
		difference += d * d
		size += float64(a[i]) * float64(a[i])
	}
	return math.Sqrt(difference / size)
}
