package lab

import (
	"context"
	"fmt"
	"slices"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/trainer"
)

// race trains one convolutional network with each activation function.
var race = Experiment{
	Name:  "race",
	Title: Text{EN: "A race of activation functions", KO: "활성화 함수의 경주"},
	Question: Text{
		EN: "One small convolutional network, one optimizer, the same steps: how far does each activation function get on digits and on photos? Is what separates them larger than what separates seeds?",
		KO: "작은 합성곱 신경망 하나, 옵티마이저 하나, 같은 단계 수: 활성화 함수마다 숫자와 사진을 얼마나 배울까? 함수 사이의 차이는 시드 사이의 차이보다 클까?",
	},
	Papers: []Paper{
		{Authors: "Krizhevsky, Sutskever and Hinton", Year: 2012, Title: "ImageNet Classification with Deep Convolutional Neural Networks", URL: "https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks"},
		{Authors: "Ramachandran, Zoph and Le", Year: 2017, Title: "Searching for Activation Functions", URL: "https://arxiv.org/abs/1710.05941"},
	},
	Takes: "2 min",
	Run:   runRace,
}

// racer is the network: two convolutions and two linear layers.
func racer(act activations.Activation, width int) blocks.Sequence {
	per := act.InputsPerOutput()
	conv := func(out int) blocks.Block {
		return blocks.Conv2D{Out: out * per, Kernel: 3, Stride: 2, Padding: 1, Init: graph.HeNormal, BiasInit: graph.Zeros}
	}
	return blocks.Sequence{
		blocks.As("conv1", conv(width)), blocks.As("act1", blocks.Act{Func: act}),
		blocks.As("conv2", conv(2*width)), blocks.As("act2", blocks.Act{Func: act}),
		blocks.As("fc1", blocks.Linear{Out: 4 * width * per, Init: graph.HeNormal, BiasInit: graph.Zeros}), blocks.As("act3", blocks.Act{Func: act}),
		blocks.As("out", blocks.Linear{Out: 10}),
	}
}

func runRace(ctx context.Context, s Settings) (*Result, error) {
	digits, digitsTest, digitsName, err := s.digits(pick(s, 400, 5000, 60000), pick(s, 200, 2000, 10000))
	if err != nil {
		return nil, err
	}
	photos, photosTest, photosName, err := s.photos(pick(s, 400, 5000, 50000), pick(s, 200, 2000, 10000))
	if err != nil {
		return nil, err
	}
	sets := []struct {
		name   string
		label  Text
		data   trainer.Data
		epochs int
	}{
		{"digits", Text{EN: "digits", KO: "숫자"}, trainer.Data{Train: digits, Test: digitsTest}, pick(s, 2, 2, 10)},
		{"photos", Text{EN: "photos", KO: "사진"}, trainer.Data{Train: photos, Test: photosTest}, pick(s, 2, 4, 20)},
	}
	width := pick(s, 8, 16, 32)
	names := activations.Names()
	if s.tiny {
		names = []string{"sigmoid", "tanh", "relu", "elu"}
	}
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "step" })
	results := Table{
		Name:    "results",
		Caption: Text{EN: "The last epoch's training loss and the test accuracy, and the step at which the mean training accuracy of 50 steps was first at least 45 % (0: never)", KO: "마지막 에폭의 학습 손실과 시험 정확도, 50단계 평균 학습 정확도가 처음으로 45 % 이상이 된 단계(0: 없음)"},
		Head:    []string{"data", "activation", "seed", "train_loss", "test_accuracy", "steps_to_45"},
		HeadKO:  []string{"데이터", "활성화 함수", "시드", "학습 손실", "시험 정확도", "45 %까지의 단계"},
	}
	ranking := Table{
		Name:    "ranking",
		Caption: Text{EN: "Test accuracy, mean over the seeds, the best first", KO: "시험 정확도(시드 평균), 높은 것부터"},
		Head:    []string{"data", "rank", "activation", "mean", "least", "most"},
		HeadKO:  []string{"데이터", "순위", "활성화 함수", "평균", "최소", "최대"},
	}
	accuracy, reached := map[string][]float64{}, map[string][]float64{}
	curves := map[string][][]float64{}
	total, done := len(sets)*len(names)*len(s.Seeds), 0
	for _, set := range sets {
		for _, name := range names {
			act, err := activations.Lookup(name)
			if err != nil {
				return nil, err
			}
			for _, seed := range s.Seeds {
				s.progress(done, total, set.name+" with "+name)
				done++
				var steps []float64
				run, _, err := fit(ctx, racer(act, width), set.data, trainer.Config{
					Epochs: set.epochs, Batch: 50, Optimizer: trainer.Adam{LR: 1e-3}, Seed: seed, EvalEvery: set.epochs,
					Hooks: []trainer.Hook{{Name: "accuracy", OnStep: func(_ *trainer.Run, p trainer.Progress) error {
						steps = append(steps, p.Accuracy)
						return nil
					}}},
				})
				if err != nil {
					return nil, err
				}
				key := set.name + " " + name
				e := last(run)
				at := firstAbove(steps, 50, 0.45)
				results.add(set.name, name, seed, e.TrainLoss, e.TestAccuracy, at)
				accuracy[key], curves[key] = append(accuracy[key], e.TestAccuracy), append(curves[key], steps)
				if at > 0 {
					reached[key] = append(reached[key], float64(at))
				}
			}
		}
	}
	of := func(set, act string) Spread { return spreadOf(accuracy[set+" "+act]) }
	order := map[string][]string{}
	for _, set := range sets {
		sorted := slices.Clone(names)
		slices.SortStableFunc(sorted, func(a, b string) int {
			switch x, y := of(set.name, a).Mean, of(set.name, b).Mean; {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return 0
		})
		order[set.name] = sorted
		for i, name := range sorted {
			v := of(set.name, name)
			ranking.add(set.name, i+1, name, v.Mean, v.Low, v.High)
		}
	}
	var all []lines
	for _, set := range sets {
		var series []page.Series
		for _, name := range []string{"relu", "elu", "gelu", "tanh", "sigmoid", "maxout"} {
			if runs := curves[set.name+" "+name]; runs != nil {
				series = append(series, page.Series{Name: Text{EN: name}, X: nil, Y: meanCurve(runs, 10)})
				last := &series[len(series)-1]
				for i := range last.Y {
					last.X = append(last.X, float64(10*i)+5.5)
					last.Y[i] *= 100
				}
			}
		}
		all = append(all, lines{
			name: set.name, series: series, x: Text{EN: "step", KO: "학습 단계"}, y: Text{EN: "training accuracy (%)", KO: "학습 정확도 (%)"},
			title:   Text{EN: "Training accuracy on the " + set.label.EN, KO: set.label.KO + "의 학습 정확도"},
			caption: Text{EN: "Six of the functions; mean over the seeds and ten steps.", KO: "함수 가운데 여섯 개, 시드와 열 단계의 평균."},
			alt:     Text{EN: "A curve of training accuracy by step for each function.", KO: "함수마다 학습 단계별 학습 정확도 곡선."},
		})
	}
	figures, err := drawAll(all...)
	if err != nil {
		return nil, err
	}
	relu, tanh, sigmoid := spreadOf(reached["photos relu"]), spreadOf(reached["photos tanh"]), spreadOf(reached["photos sigmoid"])
	say := func(v Spread) Text {
		if v.Runs == 0 {
			return Text{EN: "never", KO: "도달하지 못함"}
		}
		return textf("%s", "%s", v.Fixed(0))
	}
	times := tanh.Mean / relu.Mean
	faster := Fails
	switch {
	case relu.Runs == len(s.Seeds) && (tanh.Runs == 0 || times > 3):
		faster = Holds
	case relu.Runs == len(s.Seeds) && relu.High < tanh.Low:
		faster = Partly
	}
	best, reluPhotos := order["photos"][0], of("photos", "relu")
	overlapping := 0
	for _, name := range names {
		if v := of("photos", name); name != "relu" && v.High >= reluPhotos.Low && v.Low <= reluPhotos.High {
			overlapping++
		}
	}
	bestPhotos := of("photos", best)
	slow := of("photos", "sigmoid")
	// As published: Swish, which SiLU is.
	swish := "silu"
	if s.tiny {
		swish = "elu"
	}
	swishPhotos, swishDigits, reluDigits := of("photos", swish), of("digits", swish), of("digits", "relu")
	newer := Fails
	switch photos, digits := swishPhotos.Low > reluPhotos.High, swishDigits.Low > reluDigits.High; {
	case photos && digits:
		newer = Holds
	case photos || digits:
		newer = Partly
	}
	return &Result{
		Data:    []string{digitsName, photosName},
		Tables:  []Table{ranking, results},
		Figures: figures,
		Method: []Text{textf("Two 3x3 convolutions of stride 2 (%d and %d channels), a linear layer of %d, a classifier; He's initialisation for all, Adam at 0.001 for all, batch 50. Digits: %d images, %d epochs; photos: %d images, %d epochs. No function got settings of its own, so a place in the ranking says how it does in ReLU's clothes.",
			"3x3 합성곱 둘(스트라이드 2, 채널 %d개와 %d개), 유닛 %d개인 선형층, 분류기. 모두 He 초기화, Adam 0.001, 배치 50. 숫자: 이미지 %d장 %d 에폭, 사진: 이미지 %d장 %d 에폭. 함수마다 설정을 따로 고르지 않았으므로, 순위는 ReLU에 맞춘 설정에서의 성적이다.",
			width, 2*width, 4*width, digits.Len(), sets[0].epochs, photos.Len(), sets[1].epochs)},
		Claims: []Claim{{
			Textbook:  Text{EN: "Networks with ReLU train several times faster than those with tanh.", KO: "ReLU 신경망은 tanh 신경망보다 몇 배 빨리 학습된다."},
			Published: Text{EN: "six times faster to a training error of 25 % on CIFAR-10, four layers", KO: "CIFAR-10, 네 층에서 학습 오류 25 %에 여섯 배 빨리 도달"},
			Source:    "Krizhevsky et al. 2012, figure 1",
			Measured: Text{
				EN: fmt.Sprintf("Steps until 45 %% of the photos are right in training: ReLU %s, tanh %s, sigmoid %s.", say(relu).EN, say(tanh).EN, say(sigmoid).EN),
				KO: fmt.Sprintf("학습 중 사진의 45 %%를 맞힐 때까지의 단계: ReLU %s, tanh %s, 시그모이드 %s.", say(relu).KO, say(tanh).KO, say(sigmoid).KO),
			},
			Table: "results", Holds: faster,
			Why: map[Verdict]Text{
				Holds:  {EN: "Several times here, too.", KO: "여기서도 몇 배 빠르다."},
				Partly: {EN: "Faster, but not by the factor that was published for gradient descent: Adam and a good initialisation help tanh.", KO: "빠르지만, 경사 하강법에서 발표된 만큼은 아니다. Adam과 좋은 초기화가 tanh를 돕는다."},
				Fails:  {EN: "Not with Adam, a good initialisation and a net this shallow. What tanh lacks is on the test images, see the ranking.", KO: "Adam과 좋은 초기화를 쓴 이렇게 얕은 신경망에서는 아니다. tanh는 시험 이미지에서 뒤진다(순위표 참고)."},
			},
		}, {
			Textbook:  Text{EN: "Newer activation functions beat ReLU.", KO: "새 활성화 함수가 ReLU보다 낫다."},
			Published: Text{EN: "Swish +0.9 % top-1 on Mobile NASNet-A, +0.6 % on Inception-ResNet-v2", KO: "Swish: Mobile NASNet-A에서 top-1 +0.9 %, Inception-ResNet-v2에서 +0.6 %"},
			Source:    "Ramachandran et al. 2017",
			Measured: textf("Test accuracy, SiLU (Swish) against ReLU: photos %s, %s; digits %s, %s. Best of %d on the photos is %s with %s; of %d others the spread over seeds overlaps with ReLU's.", "시험 정확도, SiLU(Swish) 대 ReLU: 사진 %s, %s, 숫자 %s, %s. 사진에서 %d개 중 가장 좋은 것은 %s(%s)이고, 시드에 따른 범위가 ReLU와 겹치는 다른 함수는 %d개이다.",
				swishPhotos.Percent(), reluPhotos.Percent(), swishDigits.Percent(), reluDigits.Percent(), len(names), best, bestPhotos.Percent(), overlapping),
			Table: "ranking", Holds: newer,
			Why: map[Verdict]Text{
				Holds:  {EN: "On both sets SiLU's worst seed beats ReLU's best.", KO: "두 데이터 모두에서 SiLU의 가장 나쁜 시드가 ReLU의 가장 좋은 시드보다 낫다."},
				Partly: {EN: "On one of the two sets SiLU's worst seed beats ReLU's best, by little. The best of many is partly luck.", KO: "두 데이터 중 하나에서만 SiLU의 가장 나쁜 시드가 ReLU의 가장 좋은 시드보다 조금 낫다. 여럿 중 최고에는 운도 섞인다."},
				Fails:  {EN: "Not beyond what separates seeds.", KO: "시드 사이의 차이를 넘지 않는다."},
			},
		}, {
			Textbook: Text{EN: "Sigmoid is the worst choice for hidden layers.", KO: "시그모이드는 은닉층에 가장 나쁜 선택이다."},
			Source:   "Glorot and Bengio 2010",
			Measured: textf("Photos, test accuracy: sigmoid %s, rank %d of %d; last is %s.", "사진의 시험 정확도: 시그모이드 %s, %[3]d개 중 %[2]d위. 꼴찌는 %[4]s.",
				slow.Percent(), slices.Index(order["photos"], "sigmoid")+1, len(names), order["photos"][len(names)-1]),
			Table: "ranking", Holds: verdict(slices.Index(order["photos"], "sigmoid") >= len(names)-3, Partly),
			Verdict: Text{EN: "Holds means: among the last three. The identity, which makes the network linear, runs, too.", KO: "마지막 셋 안에 들면 맞는 것으로 판정했다. 신경망을 선형으로 만드는 항등 함수도 함께 달렸다."},
		}},
	}, nil
}

// firstAbove is the step, from 1, at which the mean of the last n values is first
// at least so much; 0 if it never is.
func firstAbove(values []float64, n int, least float64) int {
	for i := n; i <= len(values); i++ {
		if meanOf(values[i-n:i]) >= least {
			return i
		}
	}
	return 0
}

// meanCurve is the mean of the runs and of each n values.
func meanCurve(runs [][]float64, n int) []float64 {
	var mean []float64
	for at := 0; ; at += n {
		var v []float64
		for _, run := range runs {
			if at+n <= len(run) {
				v = append(v, meanOf(run[at:at+n]))
			}
		}
		if len(v) == 0 {
			return mean
		}
		mean = append(mean, meanOf(v))
	}
}
