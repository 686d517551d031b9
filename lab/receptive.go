package lab

import (
	"context"
	"fmt"
	"image"
	"math"
	"math/rand/v2"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/plots"
)

// receptive compares what a unit could see with what it does see.
var receptive = Experiment{
	Name:  "receptive",
	Title: Text{EN: "The effective receptive field", KO: "유효 수용 영역"},
	Question: Text{
		EN: "Every convolution widens what a unit can see. Does it use all of that, and what do depth, shortcuts and training change about it?",
		KO: "합성곱을 쌓을 때마다 유닛이 볼 수 있는 영역이 넓어진다. 유닛은 그 영역을 모두 쓸까? 깊이, 스킵 연결, 학습은 이를 어떻게 바꿀까?",
	},
	Papers: []Paper{
		{Authors: "Luo, Li, Urtasun and Zemel", Year: 2016, Title: "Understanding the Effective Receptive Field in Deep Convolutional Neural Networks", URL: "https://arxiv.org/abs/1701.04128"},
	},
	Takes: "15 s",
	Run:   runReceptive,
}

// column is a stack of 3x3 convolutions of one width, relu or linear.
func column(depth, width int, act activations.Activation) blocks.Sequence {
	var net blocks.Sequence
	for range depth {
		net = append(net, blocks.Conv2D{Out: width, Kernel: 3, Padding: 1, Init: graph.HeNormal, BiasInit: graph.Zeros})
		if act != nil {
			net = append(net, blocks.Act{Func: act})
		}
	}
	return blocks.Sequence{blocks.As("stack", net)}
}

// noise are images of random pixels.
func noise(count int, shape imaging.Shape, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 0x6e6f6973))
	x := make([]float32, count*shape.Channels*shape.Height*shape.Width)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// seen is how large the effective field is, as the paper counts: the side of a
// square with as many pixels as have more than 4.55 % of the largest value.
func seen(m insight.Map) float64 {
	most, count := float32(0), 0
	for _, v := range m.Values {
		most = max(most, v)
	}
	for _, v := range m.Values {
		if v > 0.0455*most {
			count++
		}
	}
	return math.Sqrt(float64(count))
}

// receptiveLayers are a thin network's layers with the side of their receptive
// fields: a unit of two 3x3 convolutions adds four pixels of its own scale, and
// where it halves the image two of the scale before and two of its own.
func receptiveLayers(n thin) (names []string, sides []int) {
	names, sides = []string{"relu"}, []int{3}
	side, scale := 3, 1
	for stage := range 3 {
		for i := range (n.depth - 2) / 6 {
			if stage > 0 && i == 0 {
				side += 2*scale + 4*scale
				scale *= 2
			} else {
				side += 4 * scale
			}
			names, sides = append(names, fmt.Sprintf("layer%d.%d", stage+1, i)), append(sides, side)
		}
	}
	return names, sides
}

func runReceptive(ctx context.Context, s Settings) (*Result, error) {
	main, err := s.specimen(ctx)
	if err != nil {
		return nil, err
	}
	depths := pick(s, []int{2, 8}, []int{5, 10, 20, 40}, []int{5, 10, 20, 40, 80})
	width, count := pick(s, 4, 8, 16), pick(s, 2, 4, 16)
	stacks := Table{
		Name:    "stacks",
		Caption: Text{EN: "Stacks of 3x3 convolutions with random weights", KO: "무작위 가중치를 가진 3x3 합성곱 더미"},
		Head:    []string{"activation", "layers", "seed", "field", "effective_field", "share"},
		HeadKO:  []string{"활성화 함수", "층 수", "시드", "수용 영역", "유효 수용 영역", "비율"},
	}
	nets := Table{
		Name:    "networks",
		Caption: Text{EN: "Sides of the receptive field and of the effective one, by layer; the image may be smaller than the former", KO: "층별 수용 영역과 유효 수용 영역의 한 변. 전자는 이미지보다 클 수 있다"},
		Head:    []string{"network", "layer", "seed", "field", "effective_field"},
		HeadKO:  []string{"신경망", "층", "시드", "수용 영역", "유효 수용 영역"},
	}
	acts := []activations.Activation{nil, activations.ReLU{}}
	names, sides := receptiveLayers(main.shape)
	total, done := len(acts)*len(depths)*len(s.Seeds)+2*len(s.Seeds)+1, 0
	step := func(what string) { s.progress(done, total, what); done++ }
	grown := map[string][]float64{}
	for _, act := range acts {
		for _, depth := range depths {
			for _, seed := range s.Seeds {
				step(fmt.Sprintf("%d convolutions, %s", depth, actName(act)))
				side := min(2*depth+5, 65) // the effective field is far smaller
				n := insight.Network{Net: column(depth, width, act), Params: graph.NewParams(seed), Input: imaging.Shape{Channels: 3, Height: side, Width: side}, Batch: count}
				m, err := n.ReceptiveField(ctx, "stack", noise(count, n.Input, seed), 4, seed)
				if err != nil {
					return nil, err
				}
				field, effective := float64(2*depth+1), seen(m)
				stacks.add(actName(act), depth, seed, field, effective, effective/field)
				key := fmt.Sprintf("%s %d", actName(act), depth)
				grown[key] = append(grown[key], effective)
			}
		}
	}
	images, _, err := insight.Read(main.test, firstOf(min(pick(s, 4, 32, 256), main.test.Len()))...)
	if err != nil {
		return nil, err
	}
	effective := map[string][][]float64{} // by network: by seed: by layer
	var pictures []insight.Map
	measure := func(name string, n insight.Network, seed uint64, keep bool) error {
		var line []float64
		for i, layer := range names {
			m, err := n.ReceptiveField(ctx, layer, images, 2, seed)
			if err != nil {
				return err
			}
			line = append(line, seen(m))
			nets.add(name, layer, seed, sides[i], seen(m))
			if keep && i%2 == 1 {
				pictures = append(pictures, m)
			}
		}
		effective[name] = append(effective[name], line)
		return nil
	}
	step("the trained network")
	if err := measure("trained", main.Network, 0, true); err != nil {
		return nil, err
	}
	for i, seed := range s.Seeds {
		for _, kind := range []string{residualKind, plainKind} {
			step(kind + " network with random weights")
			shape := main.shape
			shape.kind = kind
			n := insight.Network{Net: shape.block(), Params: graph.NewParams(seed), Input: main.Input}
			if err := settle(ctx, n, images); err != nil {
				return nil, err
			}
			if err := measure("random_"+kind, n, seed, i == 0); err != nil {
				return nil, err
			}
		}
	}
	of := func(act string, depth int) Spread { return spreadOf(grown[fmt.Sprintf("%s %d", act, depth)]) }
	shallow, deep := depths[0], depths[len(depths)-1]
	law := math.Log(of("relu", deep).Mean/of("relu", shallow).Mean) / math.Log(float64(deep)/float64(shallow))
	lawLinear := math.Log(of("none", deep).Mean/of("none", shallow).Mean) / math.Log(float64(deep)/float64(shallow))
	// The last layer whose field is still inside of the image, and so not cut off.
	at := 0
	for i, side := range sides {
		if side <= main.Input.Height {
			at = i
		}
	}
	byLayer := func(name string, layer int) Spread {
		var v []float64
		for _, line := range effective[name] {
			v = append(v, line[layer])
		}
		return spreadOf(v)
	}
	trained, random, plain := byLayer("trained", at), byLayer("random_residual", at), byLayer("random_plain", at)
	smaller := Fails
	switch {
	case random.High < plain.Low:
		smaller = Holds
	case random.Mean < plain.Mean-0.5:
		smaller = Partly
	}
	figures, err := receptiveFigures(depths, of, names, sides, byLayer, pictures)
	if err != nil {
		return nil, err
	}
	return &Result{
		Data:    []string{main.name},
		Tables:  []Table{stacks, nets},
		Figures: figures,
		Method: []Text{textf(
			"The gradient of the middle unit's value, of random mixtures of the channels, with respect to the image: mean of its size over images. The effective field is the side of a square with as many pixels as exceed 4.55 %% of the largest value. Stacks: %d channels, He's initialisation, %d images of noise. Networks: %d test images; those with random weights have their batch norm's statistics from the same images.",
			"가운데 유닛의 값(채널을 무작위로 섞은 것)을 이미지로 미분한 기울기 크기의 평균. 유효 수용 영역은 가장 큰 값의 4.55 %%를 넘는 픽셀 수와 넓이가 같은 정사각형의 한 변이다. 합성곱 더미: %d채널, He 초기화, 잡음 이미지 %d장. 신경망: 시험 이미지 %d장. 무작위 가중치 신경망의 배치 정규화 통계는 같은 이미지에서 얻었다.",
			width, count, len(images)/(main.Input.Channels*main.Input.Height*main.Input.Width))},
		Claims: []Claim{{
			Textbook:  Text{EN: "n layers of 3x3 convolutions see (2n+1) x (2n+1) pixels.", KO: "3x3 합성곱 n층은 (2n+1)x(2n+1) 픽셀을 본다."},
			Published: Text{EN: "the effective field grows like the square root of n, its share shrinks like 1 over the square root", KO: "유효 수용 영역은 n의 제곱근처럼 커지고, 차지하는 비율은 제곱근의 역수처럼 작아진다"},
			Source:    "Luo et al. 2016, section 2",
			Measured: textf("ReLU, effective side with %d layers %s of %d, with %d layers %s of %d: a power of n of %s (linear: %s).",
				"ReLU, 유효 영역의 한 변: %d층 %s (이론값 %d), %d층 %s (이론값 %d). n의 %s제곱으로 커진다(선형: %s제곱).",
				shallow, of("relu", shallow).Fixed(1), 2*shallow+1, deep, of("relu", deep).Fixed(1), 2*deep+1, fixed(law, 2), fixed(lawLinear, 2)),
			Table: "stacks", Holds: verdict(law > 0.85, Fails),
			Why: map[Verdict]Text{Fails: {EN: "They could, but a unit in the middle of the way is reached by far more paths than the rim: what counts is a small round spot.", KO: "볼 수는 있다. 그러나 가운데 픽셀에서 오는 경로가 가장자리보다 훨씬 많아서, 실제로 쓰이는 것은 작고 둥근 부분이다."}},
		}, {
			Textbook:  Text{EN: "Training widens the effective field.", KO: "학습은 유효 수용 영역을 넓힌다."},
			Published: Text{EN: "CIFAR-10 and CamVid: larger after training", KO: "CIFAR-10과 CamVid: 학습 뒤에 더 크다"},
			Source:    "Luo et al. 2016, section 3, figure 4",
			Measured: textf("At %s, whose field is %d pixels wide: %s with random weights, %s trained. At the last layer, on an image of %d pixels: %s and %s.",
				"%s(수용 영역 %d픽셀): 무작위 가중치 %s, 학습 뒤 %s. 마지막 층(이미지 %d픽셀): %s, %s.", names[at], sides[at], random.Fixed(1), trained.Fixed(1),
				main.Input.Height, byLayer("random_residual", len(names)-1).Fixed(1), byLayer("trained", len(names)-1).Fixed(1)),
			Table: "networks", Holds: verdict(trained.Mean > random.High, Fails),
			Why: map[Verdict]Text{
				Holds: {EN: "It is wider after training; the picture shows it at every layer.", KO: "학습 뒤에 더 넓다. 그림에서 층마다 볼 수 있다."},
				Fails: {EN: "In this ResNet it does not: before training a unit looks farther, at random; trained units of the first two sizes look at less. On images this small the last layer sees nearly everything either way.", KO: "이 ResNet에서는 아니다: 학습 전의 유닛이 더 멀리, 그러나 무작위로 본다. 처음 두 크기의 유닛은 학습하면 더 좁게 본다. 이렇게 작은 이미지에서 마지막 층은 어느 쪽이든 거의 전부를 본다."},
			},
		}, {
			Textbook:  Text{EN: "Skip connections make the effective field smaller.", KO: "스킵 연결은 유효 수용 영역을 작게 만든다."},
			Published: Text{EN: "argued, since short paths see less", KO: "짧은 경로는 덜 보기 때문이라고 논증"},
			Source:    "Luo et al. 2016, section 2.3",
			Measured:  textf("At %s with random weights: %s with shortcuts, %s without.", "무작위 가중치, %s: 스킵 연결이 있으면 %s, 없으면 %s.", names[at], random.Fixed(1), plain.Fixed(1)),
			Table:     "networks", Holds: smaller,
			Why: map[Verdict]Text{
				Holds:  {EN: "It is smaller in every seed: the short paths weigh most, and they see least.", KO: "모든 시드에서 더 작다. 비중이 가장 큰 짧은 경로가 가장 적게 보기 때문이다."},
				Partly: {EN: "It is smaller on average, not in every seed.", KO: "평균으로는 더 작지만 모든 시드에서 그런 것은 아니다."},
				Fails:  {EN: "No difference to speak of, before training.", KO: "학습 전에는 이렇다 할 차이가 없다."},
			},
		}},
	}, nil
}

// settle gives a network with random weights the running statistics of images, as
// training would.
func settle(ctx context.Context, n insight.Network, images []float32) error {
	one := n.Input.Channels * n.Input.Height * n.Input.Width
	count := len(images) / one
	p, err := graph.Build(n.Net, n.Params, graph.TrainingConfig(n.Input.WithBatch(count)...))
	if err != nil {
		return err
	}
	defer p.Close()
	for range 30 { // 0.9^30 is 4 % of where they started
		if _, err := p.Step(ctx, images, graph.Labels(make([]int, count))); err != nil {
			return err
		}
	}
	return nil
}

func receptiveFigures(depths []int, of func(string, int) Spread, names []string, sides []int, byLayer func(string, int) Spread, pictures []insight.Map) ([]Figure, error) {
	field, relu, linear, root := plots.Series{Name: "receptive field"}, plots.Series{Name: "effective, ReLU"}, plots.Series{Name: "effective, linear"}, plots.Series{Name: "square root of n, from the first"}
	for _, d := range depths {
		x := float64(d)
		field.X, field.Y = append(field.X, x), append(field.Y, 2*x+1)
		relu.X, relu.Y = append(relu.X, x), append(relu.Y, of("relu", d).Mean)
		linear.X, linear.Y = append(linear.X, x), append(linear.Y, of("none", d).Mean)
		root.X, root.Y = append(root.X, x), append(root.Y, of("relu", depths[0]).Mean*math.Sqrt(x/float64(depths[0])))
	}
	side := Text{EN: "side (pixels)", KO: "한 변 (픽셀)"}
	growth, err := curves("growth", false,
		Text{EN: "Receptive and effective field of stacked 3x3 convolutions", KO: "3x3 합성곱을 쌓을 때의 수용 영역과 유효 수용 영역"},
		Text{EN: "layers", KO: "층 수"}, side,
		Text{EN: "The receptive field, 2n+1 pixels, and what is used of it, mean over the seeds; to compare, the square root of n.", KO: "수용 영역(2n+1픽셀)과 실제로 쓰는 부분(시드 평균). 비교용으로 n의 제곱근을 함께 그렸다."},
		Text{EN: "Four lines over the number of layers: the receptive field, the effective ones with ReLU and linear, and the square root.", KO: "층 수에 따른 네 선: 수용 영역, ReLU와 선형의 유효 수용 영역, 제곱근."},
		field, relu, linear, root)
	if err != nil {
		return nil, err
	}
	list := []plots.Series{{Name: "receptive field"}, {Name: "effective, trained"}, {Name: "effective, random, with shortcuts"}, {Name: "effective, random, plain"}}
	for i := range names {
		for k := range list {
			list[k].X = append(list[k].X, float64(i+1))
		}
		list[0].Y = append(list[0].Y, float64(sides[i]))
		for k, name := range []string{"trained", "random_residual", "random_plain"} {
			list[k+1].Y = append(list[k+1].Y, byLayer(name, i).Mean)
		}
	}
	layers, err := curves("layers", false,
		Text{EN: "What the middle of each unit sees", KO: "각 유닛의 가운데가 보는 영역"},
		Text{EN: "unit (1 is the first convolution)", KO: "유닛 (1은 첫 합성곱)"}, side,
		Text{EN: "Sides by layer; above the image's side the effective ones are cut off.", KO: "층별 한 변. 이미지 크기를 넘는 부분은 잘린다."},
		Text{EN: "Lines of field sizes by unit: the receptive field, and the effective ones of three networks.", KO: "유닛별 영역 크기 곡선: 수용 영역과 신경망 세 가지의 유효 수용 영역."},
		list...)
	if err != nil {
		return nil, err
	}
	var tiles []image.Image
	var captions []string
	words := map[string]string{"Gradient of the middle unit at the image": "이미지에서의 가운데 유닛의 기울기"}
	rows := len(pictures) / 3
	for k, name := range []string{"trained", "random", "plain"} {
		for i := range rows {
			tiles = append(tiles, pictures[k*rows+i].Image())
			captions = append(captions, name+", "+names[2*i+1])
			words[captions[len(captions)-1]] = koreanName(name) + ", " + names[2*i+1]
		}
	}
	lastUnit := len(names) - 1
	sizes := textf("Side of the effective field at the second unit and at the last: trained %s and %s, random with shortcuts %s and %s, random plain %s and %s.",
		"둘째 유닛과 마지막 유닛의 유효 수용 영역 한 변: 학습 뒤 %s, %s, 무작위(스킵 연결 있음) %s, %s, 무작위(일반) %s, %s.",
		byLayer("trained", 1).Fixed(1), byLayer("trained", lastUnit).Fixed(1), byLayer("random_residual", 1).Fixed(1), byLayer("random_residual", lastUnit).Fixed(1),
		byLayer("random_plain", 1).Fixed(1), byLayer("random_plain", lastUnit).Fixed(1))
	maps, err := plots.Images(tiles, plots.ImagesConfig{Title: "Gradient of the middle unit at the image", Columns: rows, Captions: captions})
	if err != nil {
		return nil, err
	}
	return []Figure{pictured("maps", maps,
		Text{EN: "Size of the gradient of the middle unit: trained ResNet, residual and plain network with random weights (rows), by layer (columns). Each map has its own scale.", KO: "가운데 유닛의 기울기 크기: 학습한 ResNet, 무작위 가중치의 잔차 신경망과 일반 신경망(행), 층(열). 지도마다 눈금이 다르다."},
		Text{EN: "Three rows of maps, the lighter the larger the gradient.", KO: "세 줄의 지도. 밝을수록 기울기가 크다."}, sizes, words), growth, layers}, nil
}
