package lab

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
	"gorgonia.org/tensor"
)

// auxiliary trains a small GoogLeNet with and without its auxiliary heads, with
// and without batch norm.
var auxiliary = Experiment{
	Name:  "auxiliary",
	Title: Text{EN: "What auxiliary heads do", KO: "보조 분류기가 하는 일"},
	Question: Text{
		EN: "GoogLeNet's auxiliary losses were added to carry gradient to the early layers. Do they, do they speed training up, and does that depend on batch norm, which GoogLeNet did not have?",
		KO: "GoogLeNet의 보조 손실은 앞쪽 층까지 기울기를 전하려고 더한 것이다. 정말 전할까, 학습이 빨라질까, 그리고 GoogLeNet에는 없던 배치 정규화에 따라 달라질까?",
	},
	Papers: []Paper{
		{Authors: "Szegedy et al.", Year: 2014, Title: "Going Deeper with Convolutions", URL: "https://arxiv.org/abs/1409.4842"},
		{Authors: "Szegedy, Vanhoucke, Ioffe, Shlens and Wojna", Year: 2015, Title: "Rethinking the Inception Architecture for Computer Vision", URL: "https://arxiv.org/abs/1512.00567"},
	},
	Takes: "2 min",
	Run:   runAuxiliary,
}

// inceptions is a small GoogLeNet: a convolution, seven inception modules at three
// sizes, heads behind 4a and 4d.
type inceptions struct {
	width       int // of the modules, in units of eight channels
	heads, norm bool
}

// xavier draws from N(0, 1/fan-in), as the network was first trained.
func xavier(rng *rand.Rand, shape tensor.Shape) func() float64 {
	std := 1 / math.Sqrt(float64(shape.TotalSize()/shape[0]))
	return func() float64 { return std * rng.NormFloat64() }
}

func (n inceptions) block() blocks.Sequence {
	w := 2 * n.width
	var norm blocks.Block
	convNorm := blocks.Block(blocks.Identity{})
	if n.norm {
		norm, convNorm = blocks.BatchNorm{}, blocks.BatchNorm{}
	}
	module := func(name string) blocks.Block {
		return blocks.As("inception"+name, blocks.Inception{
			Out1: 2 * w, Reduce3: 2 * w, Out3: 3 * w, Reduce5: w, Out5: w, OutPool: w, Norm: norm, Init: xavier, BiasInit: graph.Zeros,
		})
	}
	net := blocks.Sequence{
		blocks.As("conv1", blocks.ConvNorm{Out: 4 * w, Kernel: 3, Padding: 1, Norm: convNorm, Init: xavier, BiasInit: graph.Zeros}),
		blocks.As("maxpool1", blocks.MaxPool2D{Kernel: 2}),
		module("3a"), module("3b"),
		blocks.As("maxpool2", blocks.MaxPool2D{Kernel: 2}),
	}
	head := blocks.AuxHead{Classes: 10, Pool: blocks.AdaptiveAvgPool2D{Out: 2}, Channels: 4 * w, Features: 32 * w, Norm: norm, Init: xavier, BiasInit: graph.Zeros}
	for _, name := range []string{"4a", "4b", "4c", "4d"} {
		net = append(net, module(name))
		if n.heads && (name == "4a" || name == "4d") {
			net = append(net, blocks.As("aux"+name, head))
		}
	}
	return append(net, module("5a"),
		blocks.As("avgpool", blocks.GlobalAvgPool2D{}),
		blocks.As("fc", blocks.Linear{Out: 10, Init: xavier, BiasInit: graph.Zeros}))
}

func (n inceptions) String() string {
	name := "no norm"
	if n.norm {
		name = "batch norm"
	}
	if n.heads {
		return name + ", heads"
	}
	return name
}

// reach is the norm of the loss's gradient with respect to the outputs of modules
// before training.
func (n inceptions) reach(ctx context.Context, data *datasets.Dataset, modules []string, seed uint64) ([]float64, error) {
	batch := min(64, data.Len())
	cfg := graph.TrainingConfig(data.Shape().WithBatch(batch)...)
	cfg.TapGradients, cfg.NoDropout = true, true
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
	return tapNorms(p, modules)
}

var auxiliaryModules = []string{"inception3a", "inception3b", "inception4a", "inception4b", "inception4c", "inception4d", "inception5a"}

func runAuxiliary(ctx context.Context, s Settings) (*Result, error) {
	width, side := pick(s, 1, 2, 6), pick(s, 8, 28, 28)
	images, epochs := pick(s, 128, 4096, 50000), pick(s, 2, 8, 15)
	train, test, name, err := s.small(images, pick(s, 32, 1000, 10000), side)
	if err != nil {
		return nil, err
	}
	runs := Table{
		Name:    "training",
		Caption: Text{EN: "Training by epoch; the loss is the main head's alone", KO: "에폭별 학습. 손실은 주 분류기만의 것"},
		Head:    []string{"batch_norm", "heads", "seed", "epoch", "main_loss", "train_accuracy", "test_accuracy"},
		HeadKO:  []string{"배치 정규화", "보조 분류기", "시드", "에폭", "주 손실", "학습 정확도", "시험 정확도"},
	}
	flow := Table{
		Name:    "gradients",
		Caption: Text{EN: "Norm of the loss's gradient with respect to each module's output, before training and without dropout", KO: "학습 전, 드롭아웃 없이, 각 모듈의 출력에 대한 손실의 기울기 노름"},
		Head:    []string{"batch_norm", "heads", "seed", "module", "norm"},
		HeadKO:  []string{"배치 정규화", "보조 분류기", "시드", "모듈", "노름"},
	}
	var cases []inceptions
	for _, norm := range []bool{false, true} {
		for _, heads := range []bool{false, true} {
			cases = append(cases, inceptions{width, heads, norm})
		}
	}
	type found struct {
		reach            [][]float64
		early, test, gap []float64
		train, tests     [][]float64
	}
	all := map[string]*found{}
	total, done := len(cases)*len(s.Seeds), 0
	for _, n := range cases {
		f := &found{}
		all[n.String()] = f
		for _, seed := range s.Seeds {
			s.progress(done, total, fmt.Sprintf("%s, seed %d", n, seed))
			done++
			norms, err := n.reach(ctx, train, auxiliaryModules, seed)
			if err != nil {
				return nil, err
			}
			for i, m := range auxiliaryModules {
				flow.add(n.norm, n.heads, seed, m, norms[i])
			}
			f.reach = append(f.reach, norms)
			run, _, err := fit(ctx, n.block(), trainer.Data{Train: train, Test: test}, trainer.Config{
				Epochs: epochs, Batch: 64, Optimizer: trainer.SGD{LR: 0.03, Momentum: 0.9, WeightDecay: 1e-4},
				Schedule: trainer.Cosine{}, ScheduleBy: trainer.ByStep, ClipNorm: 5, Seed: seed, EvalBatch: 128,
			})
			if err != nil {
				return nil, err
			}
			var trained, tests []float64
			for _, e := range run.History {
				loss := e.TrainLoss
				if len(e.Parts) > 0 {
					loss = e.Parts[0].Loss
				}
				runs.add(n.norm, n.heads, seed, e.Epoch, loss, e.TrainAccuracy, e.TestAccuracy)
				trained, tests = append(trained, e.TrainAccuracy), append(tests, e.TestAccuracy)
			}
			f.train, f.tests = append(f.train, trained), append(f.tests, tests)
			f.early, f.test = append(f.early, trained[0]), append(f.test, tests[len(tests)-1])
			f.gap = append(f.gap, trained[len(trained)-1]-tests[len(tests)-1])
		}
	}
	of := func(heads, norm bool) *found { return all[inceptions{width, heads, norm}.String()] }
	ratio := func(norm bool) Spread {
		var v []float64
		for i := range s.Seeds {
			v = append(v, of(true, norm).reach[i][0]/of(false, norm).reach[i][0])
		}
		return spreadOf(v)
	}
	figures, err := auxiliaryFigures(cases, func(n inceptions) ([][]float64, [][]float64) {
		f := all[n.String()]
		return f.tests, f.reach
	})
	if err != nil {
		return nil, err
	}
	plainRatio, normRatio := ratio(false), ratio(true)
	early := func(heads, norm bool) Spread { return spreadOf(of(heads, norm).early) }
	end := func(heads, norm bool) Spread { return spreadOf(of(heads, norm).test) }
	gap := func(heads, norm bool) Spread { return spreadOf(of(heads, norm).gap) }
	carries := verdict(plainRatio.Low > 2 && normRatio.Low > 2, verdict2(plainRatio.Low > 1.1, Partly, Fails))
	faster := func(norm bool) bool { return early(true, norm).Low > early(false, norm).High }
	speeds := verdict(faster(false) && faster(true), verdict2(faster(false) || faster(true), Partly, Fails))
	better := func(norm bool) bool { return end(true, norm).Low > end(false, norm).High }
	helps := verdict(better(false) && better(true), verdict2(better(false) || better(true), Partly, Fails))
	return &Result{
		Data:    []string{name},
		Tables:  []Table{runs, flow},
		Figures: figures,
		Method: []Text{textf(
			"A GoogLeNet of seven inception modules with %d channels each on images of %d pixels, heads of weight 0.3 behind 4a and 4d as in 2014; weights from N(0, 1/fan-in); %d epochs, batch 64, SGD with momentum 0.9, rate 0.03 along a cosine, gradients clipped to a norm of 5.",
			"%[2]d픽셀 이미지용, 각 %[1]d채널의 인셉션 모듈 일곱 개로 된 GoogLeNet. 2014년처럼 4a와 4d 뒤에 가중치 0.3의 보조 분류기. 가중치는 N(0, 1/fan-in). %[3]d에폭, 배치 64, 모멘텀 0.9의 SGD, 학습률 0.03에서 코사인으로 감소, 기울기 노름은 5로 제한.",
			7*2*width, side, epochs)},
		Claims: []Claim{{
			Textbook:  Text{EN: "Auxiliary losses carry gradient to the early layers.", KO: "보조 손실은 앞쪽 층까지 기울기를 전한다."},
			Published: Text{EN: "added \"to increase the gradient signal that gets propagated back\"; not measured", KO: "\"역전파되는 기울기 신호를 키우려고\" 더함. 측정은 하지 않음"},
			Source:    "Szegedy et al. 2014, section 5",
			Measured:  textf("Gradient at 3a before training, with heads divided by without: %s without batch norm, %s with it.", "학습 전 3a의 기울기, 보조 분류기가 있을 때와 없을 때의 비: 배치 정규화 없이 %s, 있으면 %s.", plainRatio.Fixed(2), normRatio.Fixed(2)),
			Table:     "gradients", Holds: carries,
			Why: map[Verdict]Text{
				Holds:  {EN: "More than twice as much arrives.", KO: "두 배가 넘게 도달한다."},
				Partly: {EN: "They add to it, most where there is no batch norm and gradients shrink on the way. With batch norm they grow towards the input, and the main loss alone already arrives; GoogLeNet has nine modules, these are seven.", KO: "보태기는 한다. 배치 정규화가 없어 기울기가 도중에 줄어드는 곳에서 더 그렇다. 배치 정규화가 있으면 기울기는 입력 쪽으로 커지므로 주 손실만으로도 도달한다. GoogLeNet의 모듈은 아홉 개이고 여기는 일곱 개이다."},
				Fails:  {EN: "Not by much: the main loss alone already arrives in a network of this depth.", KO: "그다지 아니다: 이 깊이에서는 주 손실만으로도 도달한다."},
			},
		}, {
			Textbook:  Text{EN: "So they speed up the beginning of training.", KO: "그래서 학습 초반이 빨라진다."},
			Published: Text{EN: "with batch norm, curves \"virtually identical before both models reach high accuracy\"", KO: "배치 정규화가 있으면 \"둘 다 높은 정확도에 이르기 전까지\" 곡선이 거의 같다"},
			Source:    "Szegedy et al. 2015, section 4",
			Measured: textf("Training accuracy in the first epoch, without and with heads: %s and %s without batch norm, %s and %s with it.",
				"첫 에폭의 학습 정확도(보조 분류기 없음, 있음): 배치 정규화 없이 %s, %s. 있으면 %s, %s.", early(false, false).Percent(), early(true, false).Percent(), early(false, true).Percent(), early(true, true).Percent()),
			Table: "training", Holds: speeds,
			Why: map[Verdict]Text{
				Holds:  {EN: "In every seed, with batch norm and without.", KO: "배치 정규화가 있든 없든 모든 시드에서 그렇다."},
				Partly: {EN: "Only in one of the two kinds of network.", KO: "두 가지 신경망 중 한쪽에서만 그렇다."},
				Fails:  {EN: "The seeds differ more than the heads do.", KO: "보조 분류기의 차이보다 시드의 차이가 더 크다."},
			},
		}, {
			Textbook:  Text{EN: "They make the final network better.", KO: "최종 신경망이 더 좋아진다."},
			Published: Text{EN: "2014: about 0.5 %, one head is enough; 2015: slightly higher at the end, they regularize, a head with batch norm +0.4 % top-1", KO: "2014: 약 0.5 %, 하나로 충분하다. 2015: 끝에서 조금 높고 정규화 역할을 하며, 배치 정규화가 있는 보조 분류기는 top-1 +0.4 %"},
			Source:    "Szegedy et al. 2014, section 5; 2015, section 4",
			Measured: textf("Test accuracy at the end, without and with heads: %s and %s without batch norm, %s and %s with it. Training less test accuracy: %s and %s, %s and %s.",
				"끝의 시험 정확도(없음, 있음): 배치 정규화 없이 %s, %s. 있으면 %s, %s. 학습 정확도와 시험 정확도의 차이: %s, %s. 있으면 %s, %s.",
				end(false, false).Percent(), end(true, false).Percent(), end(false, true).Percent(), end(true, true).Percent(),
				gap(false, false).Percent(), gap(true, false).Percent(), gap(false, true).Percent(), gap(true, true).Percent()),
			Table: "training", Holds: helps,
			Why: map[Verdict]Text{
				Holds:  {EN: "In every seed.", KO: "모든 시드에서 그렇다."},
				Partly: {EN: "Only in one of the two kinds of network.", KO: "두 가지 신경망 중 한쪽에서만 그렇다."},
				Fails:  {EN: "What they add, if anything, is less than what the seed changes: half a percent cannot be seen in trainings of this size.", KO: "더해지는 것이 있더라도 시드가 바꾸는 것보다 작다. 0.5 %는 이 크기의 학습에서 보이지 않는다."},
			},
		}},
	}, nil
}

func auxiliaryFigures(cases []inceptions, of func(inceptions) (tests, reach [][]float64)) ([]Figure, error) {
	line := func(name string, runs [][]float64, factor float64) plots.Series {
		return numbered(name, factor, meanOver(runs, func(r []float64) []float64 { return r }))
	}
	var accuracy, gradient []plots.Series
	for _, n := range cases {
		tests, reach := of(n)
		accuracy, gradient = append(accuracy, line(n.String(), tests, 100)), append(gradient, line(n.String(), reach, 1))
	}
	training, err := curves("training", false,
		Text{EN: "Test accuracy with and without auxiliary heads", KO: "보조 분류기가 있을 때와 없을 때의 시험 정확도"},
		Text{EN: "epoch", KO: "에폭"}, Text{EN: "test accuracy (%)", KO: "시험 정확도 (%)"},
		Text{EN: "Test accuracy by epoch, mean over the seeds.", KO: "에폭별 시험 정확도(시드 평균)."},
		Text{EN: "Four curves of test accuracy, with and without heads and batch norm.", KO: "보조 분류기와 배치 정규화의 유무에 따른 시험 정확도 곡선 네 개."},
		accuracy...)
	if err != nil {
		return nil, err
	}
	gradients, err := curves("gradients", true,
		Text{EN: "Gradient at the modules' outputs, before training", KO: "학습 전, 모듈의 출력에서의 기울기"},
		Text{EN: "module (1 is 3a, 7 is 5a)", KO: "모듈 (1이 3a, 7이 5a)"}, Text{EN: "gradient norm", KO: "기울기 노름"},
		Text{EN: "What reaches each module before training, mean over the seeds; the heads stand behind modules 3 and 6.", KO: "학습 전에 각 모듈에 도달하는 기울기(시드 평균). 보조 분류기는 3번과 6번 모듈 뒤에 있다."},
		Text{EN: "Four lines of gradient norms over the modules on a logarithmic axis.", KO: "로그 축에 그린 모듈별 기울기 노름 곡선 네 개."},
		gradient...)
	return []Figure{training, gradients}, err
}
