package lab

import (
	"context"
	"math"
	"slices"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/trainer"
)

// elu repeats figure 2 of the paper that made the ELU: do its units average
// near zero, and does that make learning faster?
var elu = Experiment{
	Name:  "elu",
	Title: Text{EN: "ELU centres its units", KO: "ELU는 유닛의 평균을 0에 가깝게 한다"},
	Question: Text{
		EN: "Eight layers of 128 units learn digits with ReLU, Leaky ReLU and ELU. Where is the median of the units' means, and who learns faster?",
		KO: "유닛 128개인 층 여덟 개가 ReLU, Leaky ReLU, ELU로 숫자를 배운다. 유닛 평균의 중앙값은 어디에 있고, 누가 더 빨리 배울까?",
	},
	Papers: []Paper{
		{Authors: "Clevert, Unterthiner and Hochreiter", Year: 2015, Title: "Fast and Accurate Deep Network Learning by Exponential Linear Units", URL: "https://arxiv.org/abs/1511.07289"},
		{Authors: "Barron", Year: 2017, Title: "Continuously Differentiable Exponential Linear Units", URL: "https://arxiv.org/abs/1704.07483"},
	},
	Takes: "25 s",
	Run:   runELU,
}

func runELU(ctx context.Context, s Settings) (*Result, error) {
	train, test, name, err := s.digits(pick(s, 500, 10000, 60000), pick(s, 200, 500, 2000))
	if err != nil {
		return nil, err
	}
	epochs, width := pick(s, 3, 10, 25), pick(s, 32, 128, 128)
	units := Table{
		Name:    "units",
		Caption: Text{EN: "By epoch: median over all hidden units of their mean output, the median of its size, training loss, test accuracy", KO: "에폭별: 모든 은닉 유닛의 평균 출력의 중앙값, 그 크기의 중앙값, 학습 손실, 시험 정확도"},
		Head:    []string{"activation", "seed", "epoch", "median_mean", "median_size_of_mean", "train_loss", "test_accuracy"},
		HeadKO:  []string{"활성화 함수", "시드", "에폭", "평균의 중앙값", "평균 크기의 중앙값", "학습 손실", "시험 정확도"},
	}
	kinks := Table{
		Name:    "kinks",
		Caption: Text{EN: "Derivatives just left and right of 0", KO: "0 바로 왼쪽과 오른쪽의 도함수"},
		Head:    []string{"activation", "left", "right", "jump"},
		HeadKO:  []string{"활성화 함수", "왼쪽", "오른쪽", "차이"},
	}
	jump := map[string]float64{}
	for _, n := range []string{"elu", "elu:0.5", "elu:2", "celu:0.5", "celu:2", "relu"} {
		act, err := activations.Lookup(n)
		if err != nil {
			return nil, err
		}
		_, d, err := activations.Curve(act, []float64{-1e-300, 1e-300})
		if err != nil {
			return nil, err
		}
		jump[n] = math.Abs(d[1] - d[0])
		kinks.add(n, d[0], d[1], jump[n])
	}
	acts := []struct {
		name, label string
	}{{"relu", "ReLU"}, {"leaky_relu:0.1", "Leaky ReLU"}, {"elu", "ELU"}}
	medians, losses := map[string][][]float64{}, map[string][][]float64{}
	sizes := map[string][]float64{}
	for i, a := range acts {
		act, err := activations.Lookup(a.name)
		if err != nil {
			return nil, err
		}
		for j, seed := range s.Seeds {
			s.progress(i*len(s.Seeds)+j, len(acts)*len(s.Seeds), a.label)
			k := stack{hidden: 8, width: width, classes: 10, act: act, init: graph.HeNormal}
			var median, loss, size []float64
			look := trainer.Hook{Name: "unit means", OnEpoch: func(run *trainer.Run, e trainer.Epoch) error {
				v, err := valuesOf(ctx, k, run.Params, train, min(500, train.Len()))
				if err != nil {
					return err
				}
				means := v.unitMeans()
				absolute := make([]float64, len(means))
				for i, m := range means {
					absolute[i] = math.Abs(m)
				}
				median, loss, size = append(median, medianOf(means)), append(loss, e.TrainLoss), append(size, medianOf(absolute))
				units.add(a.name, seed, e.Epoch, median[len(median)-1], size[len(size)-1], e.TrainLoss, e.TestAccuracy)
				return nil
			}}
			if _, _, err := fit(ctx, k.block(), trainer.Data{Train: train, Test: test}, trainer.Config{
				Epochs: epochs, Batch: 64, Optimizer: trainer.SGD{LR: 0.01}, Seed: seed, Hooks: []trainer.Hook{look}}); err != nil {
				return nil, err
			}
			medians[a.name], losses[a.name] = append(medians[a.name], median), append(losses[a.name], loss)
			sizes[a.name] = append(sizes[a.name], size[len(size)-1])
		}
	}
	end := func(of map[string][][]float64, act string, epoch int) Spread {
		var v []float64
		for _, run := range of[act] {
			if epoch < len(run) {
				v = append(v, run[epoch])
			}
		}
		return spreadOf(v)
	}
	curve := func(of map[string][][]float64) (all []page.Series) {
		for _, a := range acts {
			line := page.Series{Name: Text{EN: a.label}}
			for e := range epochs {
				line.X, line.Y = append(line.X, float64(e+1)), append(line.Y, end(of, a.name, e).Mean)
			}
			all = append(all, line)
		}
		return all
	}
	epoch := Text{EN: "epoch", KO: "에폭"}
	figures, err := drawAll(lines{
		name: "medians", x: epoch, y: Text{EN: "median unit mean", KO: "유닛 평균의 중앙값"}, series: curve(medians),
		title:   Text{EN: "Median of the units' mean outputs", KO: "유닛 평균 출력의 중앙값"},
		caption: Text{EN: "As in figure 2 of the paper: the nearer to zero, the less a layer shifts the next one. Mean over the seeds.", KO: "논문의 그림 2와 같다. 0에 가까울수록 다음 층을 덜 치우치게 한다. 시드 평균."},
		alt:     Text{EN: "A curve of the median by epoch for each activation function.", KO: "활성화 함수마다 에폭별 중앙값 곡선."},
	}, lines{
		name: "losses", x: epoch, y: Text{EN: "training loss", KO: "학습 손실"}, log: true, series: curve(losses),
		title:   Text{EN: "Training loss", KO: "학습 손실"},
		caption: Text{EN: "Mean loss of each epoch, mean over the seeds.", KO: "에폭마다의 평균 손실(시드 평균)."},
		alt:     Text{EN: "A curve of the loss by epoch for each activation function; the verdict compares ELU's with ReLU's.", KO: "활성화 함수마다 에폭별 손실 곡선. 판정은 ELU와 ReLU의 선을 비교한 것이다."},
	})
	if err != nil {
		return nil, err
	}
	reluMedian, leakyMedian, eluMedian := end(medians, "relu", epochs-1), end(medians, "leaky_relu:0.1", epochs-1), end(medians, "elu", epochs-1)
	reluLoss, leakyLoss, eluLoss := end(losses, "relu", epochs-1), end(losses, "leaky_relu:0.1", epochs-1), end(losses, "elu", epochs-1)
	reluFirst, eluFirst := end(losses, "relu", 0), end(losses, "elu", 0)
	faster := Fails
	switch {
	case eluLoss.High < reluLoss.Low && eluFirst.High < reluFirst.Low:
		faster = Holds
	case eluLoss.High < reluLoss.Low || eluFirst.High < reluFirst.Low:
		faster = Partly
	}
	centred := Fails
	switch most := math.Max(math.Abs(eluMedian.Low), math.Abs(eluMedian.High)); {
	case most < reluMedian.Low/3:
		centred = Holds
	case most < reluMedian.Low:
		centred = Partly
	}
	return &Result{
		Data:    []string{name},
		Tables:  []Table{units, kinks},
		Figures: figures,
		Method: []Text{textf("Eight hidden layers of %d units, He's initialisation, gradient descent at 0.01, batch 64, %d epochs of %d digits (the paper: all 60,000). Unit means over 500 training images.",
			"유닛 %d개인 은닉층 여덟, He 초기화, 경사 하강법 0.01, 배치 64, 숫자 %[3]d장을 %[2]d 에폭(논문은 60,000장). 유닛 평균은 학습 이미지 500장에서 쟀다.", width, epochs, train.Len())},
		Claims: []Claim{{
			Textbook:  Text{EN: "ELU's negative values bring the units' means near zero.", KO: "ELU의 음수 값은 유닛의 평균을 0에 가깝게 한다."},
			Published: Text{EN: "figure 2: ELU's median stays near 0 through training, the others' above it", KO: "그림 2: ELU의 중앙값은 학습 내내 0 근처에 머물고 다른 것은 그보다 위에 있다"},
			Source:    "Clevert et al. 2015, section 4.1",
			Measured: textf("Median unit mean after %d epochs: ReLU %s, Leaky ReLU %s, ELU %s.", "%d 에폭 뒤 유닛 평균의 중앙값: ReLU %s, Leaky ReLU %s, ELU %s.",
				epochs, reluMedian.Fixed(3), leakyMedian.Fixed(3), eluMedian.Fixed(3)),
			Table: "units", Holds: centred,
			Why: map[Verdict]Text{
				Holds:  textf("As published. A single unit's mean still has a median size of %s with ELU, %s with ReLU.", "논문과 같다. 다만 유닛 하나하나의 평균의 크기는 중앙값이 ELU에서 %s, ReLU에서 %s이다.", spreadOf(sizes["elu"]).Fixed(2), spreadOf(sizes["relu"]).Fixed(2)),
				Partly: textf("Nearer to zero than ReLU's, as published, but not near it: after training, the units of these eight layers lean to the positive side. A single unit's mean has a median size of %s with ELU, %s with ReLU.", "논문대로 ReLU보다 0에 가깝지만 0 근처는 아니다. 학습 뒤 이 여덟 층의 유닛은 양수 쪽으로 치우친다. 유닛 하나하나의 평균의 크기는 중앙값이 ELU에서 %s, ReLU에서 %s이다.", spreadOf(sizes["elu"]).Fixed(2), spreadOf(sizes["relu"]).Fixed(2)),
				Fails:  {EN: "Not in this run: ELU's median is no nearer to zero than ReLU's.", KO: "이 학습에서는 아니다. ELU의 중앙값이 ReLU보다 0에 가깝지 않다."},
			},
		}, {
			Textbook:  Text{EN: "Therefore ELU learns faster than ReLU.", KO: "그래서 ELU가 ReLU보다 빨리 배운다."},
			Published: Text{EN: "figure 2: ELU's training loss falls fastest; CIFAR-100 error ELU 28.75 %, ReLU 31.56 %", KO: "그림 2: ELU의 학습 손실이 가장 빨리 줄어든다. CIFAR-100 오류율 ELU 28.75 %, ReLU 31.56 %"},
			Source:    "Clevert et al. 2015, sections 4.1 and 4.2",
			Measured: textf("Training loss of the first epoch: ReLU %s, ELU %s; of epoch %d: ReLU %s, Leaky ReLU %s, ELU %s.", "첫 에폭의 학습 손실: ReLU %s, ELU %s. %d번째 에폭: ReLU %s, Leaky ReLU %s, ELU %s.",
				reluFirst.Fixed(3), eluFirst.Fixed(3), epochs, reluLoss.Short(), leakyLoss.Short(), eluLoss.Short()),
			Table: "units", Holds: faster,
			Why: map[Verdict]Text{
				Holds:  {EN: "At the start and at the end of this run.", KO: "이 학습의 처음에도 끝에도 그렇다."},
				Partly: {EN: "At one end of this run and not at the other, see the curves.", KO: "이 학습의 처음과 끝 중 한쪽에서만 그렇다. 곡선을 보라."},
				Fails:  {EN: "Not in this run: the spreads overlap or ReLU is ahead.", KO: "이 학습에서는 아니다. 범위가 겹치거나 ReLU가 앞선다."},
			},
		}, {
			Textbook:  Text{EN: "ELU is smooth at 0, unlike ReLU.", KO: "ELU는 ReLU와 달리 0에서 매끄럽다."},
			Published: Text{EN: "only for alpha = 1", KO: "alpha = 1일 때만"},
			Source:    "Barron 2017",
			Measured: textf("Jump of the derivative at 0: ELU of alpha 1 %s, of 0.5 %s, of 2 %s; CELU of 0.5 %s.", "0에서 도함수의 차이: alpha가 1인 ELU %s, 0.5 %s, 2 %s. 0.5인 CELU %s.",
				short(jump["elu"]), short(jump["elu:0.5"]), short(jump["elu:2"]), short(jump["celu:0.5"])),
			Table: "kinks", Holds: verdict(jump["elu:0.5"] < 1e-3, Partly),
			Why: map[Verdict]Text{Partly: {EN: "For alpha = 1 only; CELU is smooth for every alpha.", KO: "alpha = 1일 때만 그렇다. CELU는 모든 alpha에서 매끄럽다."}},
		}},
	}, nil
}

// medianOf is the median; NaN of none.
func medianOf(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(v))
	return (sorted[(len(v)-1)/2] + sorted[len(v)/2]) / 2
}
