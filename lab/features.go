package lab

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"math"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// features looks at what the layers answer to, and when they settle.
var features = Experiment{
	Name:  "features",
	Title: Text{EN: "From edges to parts: what the layers see", KO: "윤곽선에서 부분으로: 층들이 보는 것"},
	Question: Text{
		EN: "What do first and last layers answer to, do first ones settle first, and does the network look at the object?",
		KO: "첫 층과 마지막 층은 무엇에 반응할까? 첫 층이 먼저 자리를 잡을까? 신경망은 물체를 볼까?",
	},
	Papers: []Paper{
		{Authors: "Zeiler and Fergus", Year: 2013, Title: "Visualizing and Understanding Convolutional Networks", URL: "https://arxiv.org/abs/1311.2901"},
		{Authors: "Krizhevsky, Sutskever and Hinton", Year: 2012, Title: "ImageNet Classification with Deep Convolutional Neural Networks", URL: "https://papers.nips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html"},
		{Authors: "Kornblith, Norouzi, Lee and Hinton", Year: 2019, Title: "Similarity of Neural Network Representations Revisited", URL: "https://arxiv.org/abs/1905.00414"},
	},
	Takes: "45 s",
	Run:   runFeatures,
}

// five is a plain network of five convolutions, conv1 to conv5, as AlexNet has,
// for small photos.
func five(width int) blocks.Sequence {
	conv := func(name string, out, kernel int) blocks.Block {
		return blocks.As(name, blocks.ConvNorm{Out: out, Kernel: kernel, Padding: blocks.Same, Init: graph.HeNormal})
	}
	pool := blocks.MaxPool2D{Kernel: 2}
	return blocks.Sequence{
		conv("conv1", width, 5), blocks.As("pool1", pool),
		conv("conv2", 2*width, 3), blocks.As("pool2", pool),
		conv("conv3", 3*width, 3), conv("conv4", 3*width, 3), conv("conv5", 3*width, 3),
		blocks.As("avgpool", blocks.GlobalAvgPool2D{}),
		blocks.As("fc", blocks.Linear{Out: 10, Init: graph.HeNormal, BiasInit: graph.Zeros}),
	}
}

var fiveLayers = []string{"conv1", "conv2", "conv3", "conv4", "conv5"}

func runFeatures(ctx context.Context, s Settings) (*Result, error) {
	main, err := s.specimen(ctx)
	if err != nil {
		return nil, err
	}
	train, test, name, err := s.small(pick(s, 256, 5000, 50000), pick(s, 64, 1000, 10000), pick(s, 16, 32, 32))
	if err != nil {
		return nil, err
	}
	width, epochs, watched := pick(s, 4, 12, 32), pick(s, 3, 8, 30), min(pick(s, 48, 256, 512), test.Len())
	settling := Table{
		Name:    "settling",
		Caption: Text{EN: "How alike each layer's answers after an epoch are to those after the last one (linear CKA), and how far its weights still have to go; epoch 0 is before training", KO: "각 에폭 뒤의 층별 반응이 마지막 에폭의 반응과 얼마나 닮았는지(선형 CKA), 가중치가 갈 길이 얼마나 남았는지. 에폭 0은 학습 전"},
		Head:    []string{"layer", "seed", "epoch", "similarity", "way_left", "test_accuracy"},
		HeadKO:  []string{"층", "시드", "에폭", "닮음", "남은 길", "시험 정확도"},
	}
	purity := Table{
		Name:    "purity",
		Caption: Text{EN: "Of the nine images that a channel answers to most: the share of the commonest class, mean over the layer's channels", KO: "채널이 가장 세게 반응하는 이미지 아홉 장 가운데 가장 흔한 클래스의 비율. 층의 채널 평균"},
		Head:    []string{"network", "layer", "seed", "share", "box"},
		HeadKO:  []string{"신경망", "층", "시드", "비율", "보는 곳의 한 변"},
	}
	hidden := Table{
		Name:    "occlusion",
		Caption: Text{EN: "Fall of the label's probability when a square covers the middle of the image or its rim, mean over images", KO: "정사각형으로 이미지의 가운데나 가장자리를 가렸을 때 정답 확률이 떨어지는 정도. 이미지 평균"},
		Head:    []string{"place", "images", "fall"},
		HeadKO:  []string{"곳", "이미지 수", "감소"},
	}
	units := gated{main.shape}.units()
	n := (main.shape.depth - 2) / 6
	seen := []string{"relu", units[n-1], units[2*n-1], units[3*n-1]}
	total, done := len(s.Seeds)*2+len(seen)+1, 0
	step := func(what string) { s.progress(done, total, what); done++ }

	images, _, err := insight.Read(test, firstOf(watched)...)
	if err != nil {
		return nil, err
	}
	alike := map[string][][]float64{} // by layer, by seed, by epoch
	var filters []image.Image
	shows := map[string]Text{} // what the pictures show, by figure
	for _, seed := range s.Seeds {
		step(fmt.Sprintf("five convolutions, seed %d", seed))
		var snapshots []*graph.Params
		keep := func(r *trainer.Run) error {
			c, err := r.Params.Clone()
			snapshots = append(snapshots, c)
			return err
		}
		// The parameters are made before the first step.
		run, _, err := fit(ctx, five(width), trainer.Data{Train: train, Test: test}, trainer.Config{
			Epochs: epochs, Batch: 64, Optimizer: trainer.SGD{LR: 0.05, Momentum: 0.9, WeightDecay: 5e-4}, Schedule: trainer.Cosine{}, ScheduleBy: trainer.ByStep, Seed: seed,
			Hooks: []trainer.Hook{{Name: "snapshots", OnStart: keep, OnEpoch: func(r *trainer.Run, _ trainer.Epoch) error { return keep(r) }}},
		})
		if err != nil {
			return nil, err
		}
		if filters == nil {
			if filters, err = filterStrip(snapshots); err != nil {
				return nil, err
			}
			shows["filters"] = textf("Cosine of all the filters' weights at the end with those before training: %s; after one epoch: %s.", "학습 끝의 필터 가중치 전체와 학습 전 가중치의 코사인: %s, 한 에폭 뒤: %s.",
				fixed(turned(snapshots[0], snapshots[len(snapshots)-1]), 2), fixed(turned(snapshots[0], snapshots[1]), 2))
		}
		for _, layer := range fiveLayers {
			var grams [][]float64
			for _, params := range snapshots {
				g, err := gramOf(ctx, insight.Network{Net: run.Net, Params: params, Input: test.Shape()}, layer, images)
				if err != nil {
					return nil, err
				}
				grams = append(grams, g)
			}
			var line []float64
			last := len(grams) - 1
			for e, g := range grams {
				way := wayLeft(snapshots[e], snapshots[0], snapshots[last], layer+".conv.weight")
				accuracy := ""
				if e > 0 {
					accuracy = cell(run.History[e-1].TestAccuracy)
				}
				line = append(line, alignment(g, grams[last]))
				settling.add(layer, seed, e, line[e], way, accuracy)
			}
			alike[layer] = append(alike[layer], line)
		}
	}

	// What the trained network's channels answer to, and random ones' for comparison.
	pure := map[string][]float64{}
	var patches []image.Image
	var captions []string
	look := func(name string, net insight.Network, seed uint64, layer string, show bool) error {
		lists, err := net.StrongestPatches(ctx, layer, main.test, insight.PatchConfig{Channels: firstOf(pick(s, 4, 16, 16)), Images: pick(s, 64, 1000, 10000)})
		if err != nil {
			return err
		}
		// A channel that answers to nothing is left out.
		lists = slices.DeleteFunc(lists, func(list []insight.Patch) bool { return !(list[0].Value > 0) })
		if len(lists) == 0 {
			return errors.Errorf("no channel of %s answers to any image", layer)
		}
		share, box := 0.0, 0.0
		for k, list := range lists {
			count, most := map[int]int{}, 0
			for i, p := range list {
				count[p.Label]++
				most = max(most, count[p.Label])
				box += math.Sqrt(float64(p.Box.Dx()*p.Box.Dy())) / float64(len(lists)*len(list))
				if show && k < 3 && i < 6 {
					tile, err := crop(main.test, p)
					if err != nil {
						return err
					}
					patches, captions = append(patches, tile), append(captions, main.test.Classes()[p.Label])
				}
			}
			share += float64(most) / float64(len(list)*len(lists))
		}
		purity.add(name, layer, seed, share, box)
		pure[name+" "+layer] = append(pure[name+" "+layer], share)
		return nil
	}
	for _, layer := range seen {
		step("strongest patches of " + layer)
		if err := look("trained", main.Network, 0, layer, true); err != nil {
			return nil, err
		}
	}
	settleOn, _, err := insight.Read(main.test, firstOf(min(32, main.test.Len()))...)
	if err != nil {
		return nil, err
	}
	for _, seed := range s.Seeds {
		step("strongest patches of a random network")
		net := insight.Network{Net: main.shape.block(), Params: graph.NewParams(seed), Input: main.Input}
		if err := settle(ctx, net, settleOn); err != nil {
			return nil, err
		}
		for _, layer := range []string{seen[0], seen[len(seen)-1]} {
			if err := look("random", net, seed, layer, false); err != nil {
				return nil, err
			}
		}
	}
	step("covered images")
	middle, rim, covered, err := occlusions(ctx, main, pick(s, 4, 24, 200))
	if err != nil {
		return nil, err
	}
	hidden.add("middle", covered.count, middle)
	hidden.add("rim", covered.count, rim)
	of := func(layer string, epoch int) Spread {
		var v []float64
		for _, line := range alike[layer] {
			v = append(v, line[epoch])
		}
		return spreadOf(v)
	}
	trainedFilters, err := insight.Filters(main.Params, "conv1.weight")
	if err != nil {
		return nil, err
	}
	shows["trained_filters"] = filterKinds(main.Params.Get("conv1.weight"))
	commonest := Text{EN: "Share of the commonest class among a channel's nine strongest images:", KO: "채널의 가장 강한 이미지 아홉 장 중 가장 흔한 클래스의 비율:"}
	for _, layer := range seen {
		commonest = followedBy(commonest, textf("%s %s.", "%s %s.", layer, spreadOf(pure["trained "+layer]).Percent()))
	}
	shows["patches"] = commonest
	shows["occlusion"] = textf("Over %d images the probability falls by %s with the middle covered, by %s at the rim.", "이미지 %d장에서 확률은 가운데를 가리면 %s, 가장자리를 가리면 %s만큼 떨어진다.", covered.count, short(middle), short(rim))
	figures, err := featureFigures(trainedFilters, fiveLayers, epochs, of, filters, width, patches, captions, covered.tiles, covered.captions, shows)
	if err != nil {
		return nil, err
	}
	first, lastLayer := seen[0], seen[len(seen)-1]
	firstPure, lastPure := pure["trained "+first][0], pure["trained "+lastLayer][0]
	randomPure := spreadOf(pure["random "+lastLayer])
	early, late := of("conv1", 1), of("conv5", 1)
	settled := func(layer string) Spread {
		var v []float64
		for _, line := range alike[layer] {
			e := len(line) - 1
			for e > 0 && line[e-1] >= 0.95 {
				e--
			}
			v = append(v, float64(e))
		}
		return spreadOf(v)
	}
	earlier := Fails
	switch {
	case settled("conv1").High < settled("conv5").Low:
		earlier = Holds
	case settled("conv1").Mean < settled("conv5").Mean:
		earlier = Partly
	}
	return &Result{
		Data:    []string{main.name, name},
		Tables:  []Table{settling, purity, hidden},
		Figures: figures,
		Method: []Text{textf(
			"Five convolutions (5x5, then 3x3) of %d to %d channels with batch norm, %d epochs, batch 64, SGD with momentum 0.9, rate 0.05 along a cosine. Answers: means over 2x2 areas of each channel's map for %d test images; linear centred kernel alignment. Patches of the trained network: the %d first test images, boxes that hold nine tenths of the gradient of the channel's value. Occlusion: a square of a quarter of the image's side, moved by half of it, images that the network gets right.",
			"합성곱 다섯 층(5x5 하나, 3x3 넷), %d에서 %d채널, 배치 정규화, %d에폭, 배치 64, 모멘텀 0.9의 SGD, 학습률 0.05에서 코사인으로 감소. 반응: 시험 이미지 %d장에 대한 채널별 지도의 2x2 구역 평균, 선형 CKA. 학습한 신경망의 조각: 시험 이미지 앞 %d장, 채널 값의 기울기의 90 %%를 담는 상자. 가리기: 이미지 한 변의 4분의 1인 정사각형을 절반씩 옮겼고, 신경망이 맞힌 이미지만 썼다.",
			width, 3*width, epochs, watched, pick(s, 64, 1000, 10000))},
		Claims: []Claim{{
			Textbook:  Text{EN: "First layers see edges and colours, later ones parts, the last ones objects.", KO: "첫 층은 윤곽선과 색을, 다음 층들은 부분을, 마지막 층들은 물체를 본다."},
			Published: Text{EN: "shown in pictures of the strongest patches, layers 1 to 5", KO: "1층부터 5층까지 가장 강한 조각의 그림으로 보임"},
			Source:    "Zeiler and Fergus 2013, figure 2; Krizhevsky et al. 2012, figure 3",
			Measured: textf("Commonest class among a channel's nine strongest images: %s in the first layer, %s in the last; in the last layer of random networks %s.",
				"채널의 가장 강한 이미지 아홉 장 중 가장 흔한 클래스: 첫 층 %s, 마지막 층 %s. 무작위 신경망의 마지막 층은 %s.",
				spreadOf([]float64{firstPure}).Percent(), spreadOf([]float64{lastPure}).Percent(), randomPure.Percent()),
			Table: "purity", Holds: verdict(lastPure > firstPure+0.1 && lastPure > randomPure.High, Fails),
			Why: map[Verdict]Text{
				Holds: {EN: "What a channel answers to comes closer to a class with depth; the pictures show edges and single colours first. In images of 32 pixels there is little between an edge and an object: textures, and simple parts such as wheels.", KO: "깊어질수록 채널은 한 클래스에 반응한다. 그림에서 첫 층은 윤곽선과 단색이다. 32픽셀 이미지에는 윤곽선과 물체 사이에 있는 것이 적다: 질감과, 바퀴 같은 단순한 부분이다."},
				Fails: {EN: "Classes do not part this clearly here.", KO: "여기서는 클래스가 이렇게 뚜렷이 갈리지 않는다."},
			},
		}, {
			Textbook:  Text{EN: "The first layers settle first.", KO: "첫 층들이 먼저 자리를 잡는다."},
			Published: Text{EN: "lower layers converge within a few epochs, upper ones after 40 to 50", KO: "아래층은 몇 에폭 안에 수렴하고 위층은 40~50에폭이 걸린다"},
			Source:    "Zeiler and Fergus 2013, section 4, figure 4",
			Measured: textf("Similarity of 0.95 to the end of %d epochs is reached after: conv1 %s, conv5 %s. After one epoch: %s and %s; before any training: %s and %s.",
				"%d에폭 학습 끝과의 닮음이 0.95에 이르는 에폭: conv1 %s, conv5 %s. 한 에폭 뒤: %s, %s. 학습 전: %s, %s.", epochs,
				settled("conv1").Fixed(1), settled("conv5").Fixed(1), early.Fixed(2), late.Fixed(2), of("conv1", 0).Fixed(2), of("conv5", 0).Fixed(2)),
			Table: "settling", Holds: earlier,
			Why: map[Verdict]Text{
				Holds:  {EN: "They do, in every seed. But all layers settle while the rate falls, and random first filters are most of the way there before training begins: part of settling first is having least to change.", KO: "모든 시드에서 그렇다. 다만 모든 층이 학습률이 줄어드는 동안 자리를 잡으며, 무작위인 첫 필터는 학습 전부터 이미 많이 와 있다. 먼저 자리를 잡는 데에는 바꿀 것이 적다는 까닭도 있다."},
				Partly: {EN: "On average, not in every seed. All layers settle while the rate falls, and random first filters are most of the way there before training begins.", KO: "평균으로는 그렇지만 모든 시드에서는 아니다. 모든 층이 학습률이 줄어드는 동안 자리를 잡으며, 무작위인 첫 필터는 학습 전부터 이미 많이 와 있다."},
				Fails:  {EN: "Not in a training this short.", KO: "이렇게 짧은 학습에서는 그렇지 않다."},
			},
		}, {
			Textbook:  Text{EN: "The network looks at the object: covering it lowers the probability of its class.", KO: "신경망은 물체를 본다: 물체를 가리면 그 클래스의 확률이 떨어진다."},
			Published: Text{EN: "shown for single images", KO: "이미지 몇 장으로 보임"},
			Source:    "Zeiler and Fergus 2013, section 4.2, figure 7",
			Measured: textf("Mean fall of the label's probability, %d images: %s with the middle covered, %s at the rim.",
				"이미지 %d장의 정답 확률 평균 감소: 가운데를 가리면 %s, 가장자리는 %s.", covered.count, short(middle), short(rim)),
			Table: "occlusion", Holds: verdict(middle > 1.5*rim, verdict2(middle > rim, Partly, Fails)),
			Why: map[Verdict]Text{
				Holds:  {EN: "The middle, where these photos have their objects, matters more.", KO: "이 사진들에서 물체가 있는 가운데가 더 중요하다."},
				Partly: {EN: "The middle, where these photos have their objects, matters more, but not half as much again as the rim: background is evidence, too.", KO: "이 사진들에서 물체가 있는 가운데가 더 중요하지만, 가장자리의 1.5배에는 못 미친다: 배경도 근거이다."},
				Fails:  {EN: "The middle, where these photos have their objects, matters no more than the rim.", KO: "이 사진들에서 물체가 있는 가운데가 가장자리보다 더 중요하지 않다."},
			},
		}},
	}, nil
}

// verdict2 is one of two verdicts.
func verdict2(yes bool, then, otherwise Verdict) Verdict {
	if yes {
		return then
	}
	return otherwise
}

// gramOf is the centred matrix of inner products between a layer's answers to the
// images, each channel's map averaged over four quarters.
func gramOf(ctx context.Context, n insight.Network, layer string, images []float32) ([]float64, error) {
	shape, values, err := n.Outputs(ctx, layer, images)
	if err != nil {
		return nil, err
	}
	size := shape[0] * shape[1] * shape[2]
	count := len(values) / size
	x := make([][]float64, count)
	for i := range x {
		x[i] = make([]float64, 4*shape[0])
		for at, v := range values[i*size : (i+1)*size] {
			c, row, column := at/(shape[1]*shape[2]), at/shape[2]%shape[1], at%shape[2]
			x[i][4*c+2*(2*row/shape[1])+2*column/shape[2]] += float64(v)
		}
	}
	for k := range x[0] {
		mean := 0.0
		for i := range x {
			mean += x[i][k] / float64(count)
		}
		for i := range x {
			x[i][k] -= mean
		}
	}
	g := make([]float64, count*count)
	for i := range x {
		for j := range x[:i+1] {
			sum := 0.0
			for k, v := range x[i] {
				sum += v * x[j][k]
			}
			g[i*count+j], g[j*count+i] = sum, sum
		}
	}
	return g, nil
}

// alignment is the linear CKA of two centred matrices of inner products: 1 for
// answers that differ by a rotation and a factor (Kornblith et al. 2019).
func alignment(a, b []float64) float64 {
	ab, aa, bb := 0.0, 0.0, 0.0
	for i, v := range a {
		ab, aa, bb = ab+v*b[i], aa+v*v, bb+b[i]*b[i]
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// wayLeft is the distance of a parameter to its last value by that of its first.
func wayLeft(at, first, last *graph.Params, name string) float64 {
	a, f, l := at.Get(name).Value.Float32s(), first.Get(name).Value.Float32s(), last.Get(name).Value.Float32s()
	left, all := 0.0, 0.0
	for i := range a {
		left += math.Pow(float64(a[i]-l[i]), 2)
		all += math.Pow(float64(f[i]-l[i]), 2)
	}
	return math.Sqrt(left / all)
}

// turned is the cosine between the first convolution's weights at two moments.
func turned(before, after *graph.Params) float64 {
	a, b := before.Get("conv1.conv.weight").Value.Float32s(), after.Get("conv1.conv.weight").Value.Float32s()
	dot := 0.0
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
	}
	return dot / (norm(a) * norm(b))
}

// filterKinds says how many filters change more in brightness, which is what all
// colours have in common, and how many more in colour, which is the rest. A
// constant brightness is no edge and counts for neither.
func filterKinds(weights *graph.Param) Text {
	shape, w := weights.Value.Shape(), weights.Value.Float32s()
	filters, channels, pixels := shape[0], shape[1], shape[2]*shape[3]
	grey := 0
	for f := range filters {
		one := w[f*channels*pixels : (f+1)*channels*pixels]
		level, brightness, colour := 0.0, 0.0, 0.0
		for _, v := range one {
			level += float64(v) / float64(len(one))
		}
		for i := range pixels {
			mean := 0.0
			for c := range channels {
				mean += float64(one[c*pixels+i]) / float64(channels)
			}
			brightness += float64(channels) * (mean - level) * (mean - level)
			for c := range channels {
				d := float64(one[c*pixels+i]) - mean
				colour += d * d
			}
		}
		if brightness > colour {
			grey++
		}
	}
	return textf("%d of %d filters change more in brightness, %d more in colour.", "필터 %[2]d개 가운데 %[1]d개는 밝기가, %[3]d개는 색이 더 많이 변한다.", grey, filters, filters-grey)
}

// filterStrip are the first filters before training, after the first epoch and at
// the end.
func filterStrip(snapshots []*graph.Params) (strip []image.Image, err error) {
	for _, at := range []int{0, 1, len(snapshots) - 1} {
		f, err := insight.Filters(snapshots[at], "conv1.conv.weight")
		if err != nil {
			return nil, err
		}
		strip = append(strip, f...)
	}
	return strip, nil
}

// crop is what a patch's channel looks at.
func crop(data *datasets.Dataset, p insight.Patch) (image.Image, error) {
	img, err := data.Image(p.Image)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, p.Box.Dx(), p.Box.Dy()))
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min.Add(p.Box.Min), draw.Src)
	return out, nil
}

// coveredImages are pictures of what occlusion found.
type coveredImages struct {
	count    int
	tiles    []image.Image
	captions []string
}

// occlusions covers images that the network gets right and says how much that
// hurts in the middle half of them and at the rim.
func occlusions(ctx context.Context, main *specimen, most int) (middle, rim float64, c coveredImages, err error) {
	h, w := main.Input.Height, main.Input.Width
	for i := 0; i < main.test.Len() && c.count < most; i++ {
		x, label, err := insight.Read(main.test, i)
		if err != nil {
			return 0, 0, c, err
		}
		p, err := main.Probabilities(ctx, x)
		if err != nil {
			return 0, 0, c, err
		}
		if p[0][label[0]] < 0.5 && i < main.test.Len()-most {
			continue
		}
		m, err := main.Occlusion(ctx, x, label[0], insight.OcclusionConfig{})
		if err != nil {
			return 0, 0, c, err
		}
		in, out, area := 0.0, 0.0, 0.0
		for at, v := range m.Values {
			if y, x := at/w, at%w; y >= h/4 && y < h-h/4 && x >= w/4 && x < w-w/4 {
				in += float64(v)
				area++
			} else {
				out += float64(v)
			}
		}
		middle, rim = middle+in/area, rim+out/(float64(h*w)-area)
		c.count++
		if len(c.tiles) < 12 {
			photo, err := main.test.Image(i)
			if err != nil {
				return 0, 0, c, err
			}
			for at, v := range m.Values {
				m.Values[at] = max(v, 0)
			}
			c.tiles = append(c.tiles, photo, m.Image())
			c.captions = append(c.captions, main.test.Classes()[label[0]], "what hurts")
		}
	}
	return middle / float64(c.count), rim / float64(c.count), c, nil
}

func featureFigures(trained []image.Image, layers []string, epochs int, of func(string, int) Spread, filters []image.Image, width int, patches []image.Image, captions []string, covered []image.Image, names []string, shows map[string]Text) ([]Figure, error) {
	own, err := plots.Images(trained, plots.ImagesConfig{Title: "First filters of the trained ResNet", Columns: 8})
	if err != nil {
		return nil, err
	}
	strip, err := plots.Images(filters, plots.ImagesConfig{Title: "First filters before training, after an epoch, at the end", Columns: width})
	if err != nil {
		return nil, err
	}
	strongest, err := plots.Images(patches, plots.ImagesConfig{Title: "What channels answer to most, from the first layer to the last", Columns: 6, Captions: captions})
	if err != nil {
		return nil, err
	}
	var lines []plots.Series
	for _, layer := range layers {
		l := plots.Series{Name: layer}
		for e := range epochs + 1 {
			l.X, l.Y = append(l.X, float64(e)), append(l.Y, of(layer, e).Mean)
		}
		lines = append(lines, l)
	}
	settle, err := curves("settling", false,
		Text{EN: "How alike the layers' answers are to those at the end", KO: "층별 반응이 학습 끝의 반응과 닮은 정도"},
		Text{EN: "epoch (0 is before training)", KO: "에폭 (0은 학습 전)"}, Text{EN: "similarity (linear CKA)", KO: "닮음 (선형 CKA)"},
		Text{EN: "Similarity of each layer's answers to those at the end of training, mean over the seeds.", KO: "층별 반응과 학습 끝의 반응의 닮음(시드 평균)."},
		Text{EN: "A line of similarity by epoch for each layer; at the last epoch all are 1.", KO: "층마다 에폭별 닮음 곡선. 마지막 에폭에서는 모두 1이다."},
		lines...)
	if err != nil {
		return nil, err
	}
	hidden, err := plots.Images(covered, plots.ImagesConfig{Title: "Where covering hurts", Columns: 6, Captions: names})
	if err != nil {
		return nil, err
	}
	return []Figure{
		pictured("trained_filters", own,
			Text{EN: "The first convolution's 3x3 filters at the end of a whole training, each scaled by its largest weight. Look for light against dark, and colour against colour.", KO: "끝까지 학습한 첫 합성곱의 3x3 필터. 필터마다 가장 큰 가중치에 눈금을 맞췄다. 명암의 경계와 색의 경계를 찾아보라."},
			Text{EN: "Small coloured squares of nine pixels, one for each filter.", KO: "필터마다 아홉 픽셀짜리 작은 색 사각형 하나."}, shows["trained_filters"],
			map[string]string{"First filters of the trained ResNet": "학습한 ResNet의 첫 필터"}),
		pictured("filters", strip,
			Text{EN: "The five-layer network's first filters, a row each before training, after one epoch and at the end; grey is zero. See how much of the random start is left.", KO: "다섯 층 신경망의 첫 필터: 학습 전, 한 에폭 뒤, 학습 끝(행). 회색이 0이다. 무작위 초깃값이 얼마나 남았는지 보라."},
			Text{EN: "Three rows of small coloured squares.", KO: "작은 색 사각형 세 줄."}, shows["filters"],
			map[string]string{"First filters before training, after an epoch, at the end": "첫 필터: 학습 전, 한 에폭 뒤, 학습 끝"}),
		pictured("patches", strongest,
			Text{EN: "Three channels a layer (rows), six strongest images each, cut to what the channel looks at: the first convolution, then the ends of the three sizes.", KO: "층마다 채널 세 개(행)의 가장 강한 이미지 여섯 장을 채널이 보는 곳만 잘라 냈다: 첫 합성곱, 그다음 세 크기의 마지막 유닛."},
			Text{EN: "Rows of small crops of photos, each with its class.", KO: "사진에서 잘라 낸 작은 조각들의 줄. 조각마다 클래스가 적혀 있다."}, shows["patches"],
			photoWords("What channels answer to most, from the first layer to the last", "채널이 가장 세게 반응하는 것: 첫 층에서 마지막 층까지")),
		settle,
		pictured("occlusion", hidden,
			Text{EN: "Photos and where covering them lowers the label's probability: the lighter, the more.", KO: "사진과, 가렸을 때 정답의 확률이 떨어지는 곳. 밝을수록 많이 떨어진다."},
			Text{EN: "Pairs of a photo and a map.", KO: "사진과 지도의 쌍."}, shows["occlusion"],
			photoWords("Where covering hurts", "가리면 해로운 곳", "what hurts", "해로운 곳")),
	}, nil
}

// photoWords are the classes of CIFAR-10 in Korean, and pairs of other words.
func photoWords(pairs ...string) map[string]string {
	words := map[string]string{
		"airplane": "비행기", "automobile": "자동차", "bird": "새", "cat": "고양이", "deer": "사슴",
		"dog": "개", "frog": "개구리", "horse": "말", "ship": "배", "truck": "트럭",
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		words[pairs[i]] = pairs[i+1]
	}
	return words
}
