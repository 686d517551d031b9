package lab

import (
	"cmp"
	"context"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/plots"
)

// attention asks of maps that explain a network whether they depend on it.
var attention = Experiment{
	Name:  "attention",
	Title: Text{EN: "Where a network looks, and which maps tell", KO: "신경망은 어디를 보는가, 어떤 지도가 알려 주는가"},
	Question: Text{
		EN: "Plain gradient, Grad-CAM and integrated gradients colour the pixels that an answer depends on. Do the maps change when the network's weights are replaced by random ones, and does covering what they mark hurt?",
		KO: "단순 기울기, Grad-CAM, 적분 기울기는 답을 좌우하는 픽셀을 칠한다. 신경망의 가중치를 무작위 값으로 바꾸면 지도도 바뀔까? 지도가 표시한 곳을 가리면 답이 나빠질까?",
	},
	Papers: []Paper{
		{Authors: "Adebayo, Gilmer, Muelly, Goodfellow, Hardt and Kim", Year: 2018, Title: "Sanity Checks for Saliency Maps", URL: "https://arxiv.org/abs/1810.03292"},
		{Authors: "Selvaraju, Cogswell, Das, Vedantam, Parikh and Batra", Year: 2016, Title: "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", URL: "https://arxiv.org/abs/1610.02391"},
		{Authors: "Samek, Binder, Montavon, Bach and Müller", Year: 2015, Title: "Evaluating the visualization of what a Deep Neural Network has learned", URL: "https://arxiv.org/abs/1509.06321"},
	},
	Takes: "45 s",
	Run:   runAttention,
}

// explanations are the maps that are compared, as figures name them.
var explanations = []struct{ key, name string }{
	{"gradient", "plain gradient"}, {"grad_cam", "Grad-CAM"}, {"integrated", "integrated gradients, size"},
}

// explain makes all maps of images by the name of the method.
func explain(ctx context.Context, n insight.Network, images []float32, classes []int, steps int) (map[string][]insight.Map, error) {
	gradient, err := n.Gradient(ctx, images, classes)
	if err != nil {
		return nil, err
	}
	cam, err := n.GradCAM(ctx, "layer3", images, classes)
	if err != nil {
		return nil, err
	}
	integrated, err := n.IntegratedGradients(ctx, images, classes, nil, steps)
	if err != nil {
		return nil, err
	}
	for _, m := range integrated {
		for i, v := range m.Values {
			m.Values[i] = float32(math.Abs(float64(v)))
		}
	}
	return map[string][]insight.Map{"gradient": gradient, "grad_cam": cam, "integrated": integrated}, nil
}

// stages of the cascade: what is random after each, from the classifier down.
func cascade(units []string) [][]string {
	stages := [][]string{{"fc"}}
	last := []string{}
	for _, u := range slices.Backward(units) {
		if strings.HasPrefix(u, "layer3") {
			stages = append(stages, []string{u})
		} else {
			last = append(last, u)
		}
	}
	var second, first []string
	for _, u := range last {
		if strings.HasPrefix(u, "layer2") {
			second = append(second, u)
		} else {
			first = append(first, u)
		}
	}
	return append(stages, second, first, []string{"conv1", "bn1"})
}

// scramble gives the parts of those names the weights of other parameters and,
// where they have running statistics, those of the images.
func scramble(ctx context.Context, n insight.Network, random *graph.Params, names []string, images []float32) error {
	inside := func(name string) bool {
		return slices.ContainsFunc(names, func(part string) bool { return strings.HasPrefix(name, part+".") })
	}
	keep := map[string][]float64{}
	for _, p := range n.Params.All() {
		source := p
		if inside(p.Name) {
			source = random.Get(p.Name)
		}
		v := make([]float64, 0, source.Value.Shape().TotalSize())
		for _, x := range source.Value.Float32s() {
			v = append(v, float64(x))
		}
		if inside(p.Name) {
			if err := n.Params.Set(p.Name, v); err != nil {
				return err
			}
		} else if !p.Learnable {
			keep[p.Name] = v
		}
	}
	if err := settle(ctx, n, images); err != nil {
		return err
	}
	for name, v := range keep { // the statistics of what is still trained
		if err := n.Params.Set(name, v); err != nil {
			return err
		}
	}
	return nil
}

func runAttention(ctx context.Context, s Settings) (*Result, error) {
	main, err := s.specimen(ctx)
	if err != nil {
		return nil, err
	}
	count, steps := min(pick(s, 4, 24, 128), main.test.Len()), pick(s, 4, 16, 32)
	images, labels, err := insight.Read(main.test, firstOf(count)...)
	if err != nil {
		return nil, err
	}
	sanity := Table{
		Name:    "sanity",
		Caption: Text{EN: "Rank correlation between the maps of the trained network and those after its layers were made random, one after the other from the classifier down", KO: "학습한 신경망의 지도와, 분류기부터 아래로 층을 차례로 무작위로 바꾼 뒤의 지도의 순위 상관"},
		Head:    []string{"map", "seed", "random_from", "stage", "rank_correlation"},
		HeadKO:  []string{"지도", "시드", "무작위인 곳", "단계", "순위 상관"},
	}
	covered := Table{
		Name:    "covered",
		Caption: Text{EN: "Mean probability of the label when a fifth of the pixels is covered: those that a map ranks highest, or lowest", KO: "지도의 순위가 가장 높은(또는 낮은) 픽셀 5분의 1을 가렸을 때 정답의 평균 확률"},
		Head:    []string{"map", "covered", "seed", "probability"},
		HeadKO:  []string{"지도", "가린 곳", "시드", "확률"},
	}
	bare := Table{
		Name:    "image",
		Caption: Text{EN: "Rank correlation between a map and the image's own distance from the mean colour, for the trained network and for one of random weights: how much of the map is the image", KO: "지도와, 이미지 픽셀이 평균색에서 떨어진 거리의 순위 상관. 지도에서 이미지 자체가 차지하는 몫"},
		Head:    []string{"map", "network", "seed", "rank_correlation"},
		HeadKO:  []string{"지도", "신경망", "시드", "순위 상관"},
	}
	units := gated{main.shape}.units()
	stages := cascade(units)
	total, done := 2+len(s.Seeds)*(1+len(stages)), 0
	step := func(what string) { s.progress(done, total, what); done++ }

	step("maps of the trained network")
	trained, err := explain(ctx, main.Network, images, labels, steps)
	if err != nil {
		return nil, err
	}
	distance := distances(images, main.Network)
	for _, e := range explanations {
		bare.add(e.key, "trained", 0, likeness(trained[e.key], distance))
	}
	step("covered pixels")
	kept, err := coverings(ctx, s, main.Network, trained, images, labels, &covered)
	if err != nil {
		return nil, err
	}
	lines := map[string][][]float64{} // by map, by stage, by seed
	alike := map[string][]float64{}
	var random map[string][]insight.Map
	for _, e := range explanations {
		lines[e.key] = make([][]float64, len(stages))
	}
	for _, seed := range s.Seeds {
		step("random weights")
		params, err := main.Params.Clone()
		if err != nil {
			return nil, err
		}
		n := insight.Network{Net: main.Net, Params: params, Input: main.Input}
		fresh := graph.NewParams(seed + 100)
		p, err := graph.Build(main.Net, fresh, graph.InferenceConfig(main.Input.WithBatch(1)...))
		if err != nil {
			return nil, err
		}
		p.Close()
		for k, names := range stages {
			step("random from " + names[0] + " up")
			if err := scramble(ctx, n, fresh, names, images); err != nil {
				return nil, err
			}
			maps, err := explain(ctx, n, images, labels, steps)
			if err != nil {
				return nil, err
			}
			for _, e := range explanations {
				c := 0.0
				for i := range maps[e.key] {
					c += rankCorrelation(trained[e.key][i].Values, maps[e.key][i].Values) / float64(count)
				}
				sanity.add(e.key, seed, names[len(names)-1], k+1, c)
				lines[e.key][k] = append(lines[e.key][k], c)
			}
			if seed == s.Seeds[0] {
				random = maps
			}
			if k < len(stages)-1 {
				continue
			}
			for _, e := range explanations {
				c := likeness(maps[e.key], distance)
				bare.add(e.key, "random", seed, c)
				alike[e.key] = append(alike[e.key], c)
			}
		}
	}
	end := func(key string) Spread { return spreadOf(lines[key][len(stages)-1]) }
	figures, err := attentionFigures(main, stages, lines, trained, random)
	if err != nil {
		return nil, err
	}
	high, low, any := kept["grad_cam highest"], kept["grad_cam lowest"], kept["random"]
	gradHigh := kept["gradient highest"]
	needed := Fails
	switch {
	case high.Mean < low.Mean && gradHigh.High < any.Low:
		needed = Holds
	case high.Mean < low.Mean:
		needed = Partly
	}
	image := func(key string) Spread { return spreadOf(alike[key]) }
	passes := verdict(end("gradient").High < 0.5 && end("grad_cam").High < 0.5, Partly)
	return &Result{
		Data:    []string{main.name},
		Tables:  []Table{sanity, bare, covered},
		Figures: figures,
		Method: []Text{textf(
			"%d test images, maps of their labels; Grad-CAM at layer3, integrated gradients with %d steps from the mean colour, its size. Layers get new random weights from the classifier down to the first convolution, and their batch norm new statistics from the same images. Spearman's rank correlation over the pixels, mean over images. A covered pixel has the mean colour; as many random pixels are covered for comparison.",
			"시험 이미지 %d장, 정답에 대한 지도. Grad-CAM은 layer3에서, 적분 기울기는 평균색에서 %d걸음으로 구하고 크기를 썼다. 분류기부터 첫 합성곱까지 차례로 새 무작위 가중치를 넣고 배치 정규화 통계도 같은 이미지로 새로 구했다. 픽셀에 대한 스피어만 순위 상관의 이미지 평균. 가린 픽셀은 평균색이며, 비교를 위해 같은 수의 무작위 픽셀도 가렸다.",
			count, steps)},
		Claims: []Claim{{
			Textbook:  Text{EN: "A saliency map shows what the network has learned to look at.", KO: "현저성 지도는 신경망이 무엇을 보도록 배웠는지 보여 준다."},
			Published: Text{EN: "plain gradient and Grad-CAM change when weights become random; guided backprop and guided Grad-CAM do not", KO: "단순 기울기와 Grad-CAM은 가중치를 무작위로 바꾸면 달라진다. guided backprop과 guided Grad-CAM은 달라지지 않는다"},
			Source:    "Adebayo et al. 2018, section 3",
			Measured: textf("Rank correlation with the maps of a network of random weights: plain gradient %s, Grad-CAM %s (1 would be the same map).",
				"무작위 가중치 신경망의 지도와의 순위 상관: 단순 기울기 %s, Grad-CAM %s (1이면 같은 지도).", end("gradient").Fixed(2), end("grad_cam").Fixed(2)),
			Table: "sanity", Holds: passes,
			Why: map[Verdict]Text{
				Holds:  {EN: "Both pass: without the learned weights the maps are others. Guided backprop, which fails, is not offered here.", KO: "둘 다 통과한다: 학습한 가중치가 없으면 지도도 달라진다. 통과하지 못하는 guided backprop은 제공하지 않는다."},
				Partly: {EN: "They change, but not all the way: part of each map is the image itself.", KO: "달라지지만 완전히는 아니다: 지도의 일부는 이미지 자체이다."},
			},
		}, {
			Textbook:  Text{EN: "A map that outlines the object explains the answer.", KO: "물체의 윤곽을 그리는 지도는 답을 설명한다."},
			Published: Text{EN: "maps that multiply by the input keep its edges whatever the weights are", KO: "입력을 곱하는 지도는 가중치와 상관없이 입력의 윤곽을 유지한다"},
			Source:    "Adebayo et al. 2018, section 5.1",
			Measured: textf("Rank correlation with the image's distance from the mean colour, random weights: integrated gradients %s, plain gradient %s, Grad-CAM %s.",
				"무작위 가중치일 때, 이미지가 평균색에서 떨어진 거리와의 순위 상관: 적분 기울기 %s, 단순 기울기 %s, Grad-CAM %s.", image("integrated").Fixed(2), image("gradient").Fixed(2), image("grad_cam").Fixed(2)),
			Table: "image", Holds: verdict(image("integrated").Low < 0.2, Fails),
			Why: map[Verdict]Text{
				Holds: {EN: "Little of the map is the image itself.", KO: "지도에서 이미지 자체가 차지하는 몫은 작다."},
				Fails: {EN: "A network that has learned nothing gets a map that follows the image, since the image is a factor of it. What looks like the object may be the object.", KO: "아무것도 배우지 않은 신경망의 지도도 이미지를 따라간다. 지도에 이미지가 곱해져 있기 때문이다. 물체처럼 보이는 것은 그저 물체일 수 있다."},
			},
		}, {
			Textbook:  Text{EN: "What a map marks is what the network needs.", KO: "지도가 표시한 곳이 신경망에 필요한 곳이다."},
			Published: Text{EN: "pixels are covered in the order of the map; the faster the score falls, the better the map", KO: "지도의 순서대로 픽셀을 가린다. 점수가 빨리 떨어질수록 좋은 지도이다"},
			Source:    "Samek et al. 2015, section III",
			Measured: textf("Probability of the label, a fifth of the pixels covered: Grad-CAM's highest %s, its lowest %s, the gradient's highest %s, random ones %s; nothing covered %s.",
				"픽셀 5분의 1을 가렸을 때 정답의 확률: Grad-CAM 상위 %s, 하위 %s, 기울기 상위 %s, 무작위 %s. 가리지 않으면 %s.",
				high.Percent(), low.Percent(), gradHigh.Percent(), any.Percent(), kept["nothing"].Percent()),
			Table: "covered", Holds: needed,
			Why: map[Verdict]Text{
				Holds:  {EN: "Covering what is marked hurts more than covering what is not. Scattered pixels hurt more than a spot of as many: the network has never seen such noise.", KO: "표시한 곳을 가리면 그렇지 않은 곳을 가릴 때보다 더 나빠진다. 흩어진 픽셀은 같은 수의 덩어리보다 더 해롭다. 신경망은 그런 잡음을 본 적이 없다."},
				Partly: {EN: "Where Grad-CAM is high the network needs the pixels more than where it is low. The single pixels that the gradient marks hurt no more than random ones: any scattered noise does.", KO: "Grad-CAM이 높은 곳의 픽셀은 낮은 곳보다 더 필요하다. 그러나 기울기가 표시한 픽셀을 가려도 무작위 픽셀보다 더 나빠지지 않는다. 흩어진 잡음은 어디에 있든 해롭다."},
				Fails:  {EN: "Not by this measure on these images.", KO: "이 이미지들에서 이 방법으로 재면 그렇지 않다."},
			},
		}},
	}, nil
}

// coverings measures the label's probability with parts of the images covered.
func coverings(ctx context.Context, s Settings, n insight.Network, maps map[string][]insight.Map, images []float32, labels []int, to *Table) (map[string]Spread, error) {
	kept := map[string][]float64{}
	measure := func(name, part string, seed uint64, order func(i int) []int) error {
		x := slices.Clone(images)
		one := len(images) / len(labels)
		area := one / n.Input.Channels
		for i := range labels {
			for _, at := range order(i)[:area/5] {
				for c := range n.Input.Channels {
					x[i*one+c*area+at] = 0
				}
			}
		}
		p, err := n.Probabilities(ctx, x)
		if err != nil {
			return err
		}
		sum := 0.0
		for i, row := range p {
			sum += row[labels[i]] / float64(len(labels))
		}
		to.add(name, part, seed, sum)
		key := strings.TrimSpace(name + " " + part)
		kept[key] = append(kept[key], sum)
		return nil
	}
	area := n.Input.Height * n.Input.Width
	p, err := n.Probabilities(ctx, images)
	if err != nil {
		return nil, err
	}
	sum := 0.0
	for i, row := range p {
		sum += row[labels[i]] / float64(len(labels))
	}
	to.add("nothing", "", 0, sum)
	kept["nothing"] = []float64{sum}
	for _, e := range explanations {
		for _, part := range []string{"highest", "lowest"} {
			sorted := make([][]int, len(labels))
			for i, m := range maps[e.key] {
				full, err := m.Resize(n.Input.Height, n.Input.Width)
				if err != nil {
					return nil, err
				}
				sorted[i] = firstOf(area)
				slices.SortStableFunc(sorted[i], func(a, b int) int { return cmp.Compare(full.Values[b], full.Values[a]) })
				if part == "lowest" {
					slices.Reverse(sorted[i])
				}
			}
			if err := measure(e.key, part, 0, func(i int) []int { return sorted[i] }); err != nil {
				return nil, err
			}
		}
	}
	for _, seed := range s.Seeds {
		rng := rand.New(rand.NewPCG(seed, 0xc07e4))
		if err := measure("random", "", seed, func(int) []int { return rng.Perm(area) }); err != nil {
			return nil, err
		}
	}
	out := map[string]Spread{}
	for key, v := range kept {
		out[key] = spreadOf(v)
	}
	return out, nil
}

// distances are how far each image's pixels are from the mean colour, the largest
// over the channels.
func distances(images []float32, n insight.Network) []insight.Map {
	area := n.Input.Height * n.Input.Width
	one := area * n.Input.Channels
	maps := make([]insight.Map, len(images)/one)
	for i := range maps {
		maps[i] = insight.Map{Height: n.Input.Height, Width: n.Input.Width, Values: make([]float32, area)}
		for k, v := range images[i*one : (i+1)*one] {
			maps[i].Values[k%area] = max(maps[i].Values[k%area], v, -v)
		}
	}
	return maps
}

// likeness is the mean rank correlation of maps with others, which are first
// averaged to their size.
func likeness(maps, others []insight.Map) float64 {
	sum := 0.0
	for i, m := range maps {
		o := insight.Map{Height: m.Height, Width: m.Width, Values: make([]float32, len(m.Values))}
		for at, v := range others[i].Values {
			row, column := at/others[i].Width*m.Height/others[i].Height, at%others[i].Width*m.Width/others[i].Width
			o.Values[row*m.Width+column] += v
		}
		sum += rankCorrelation(m.Values, o.Values) / float64(len(maps))
	}
	return sum
}

// rankCorrelation is Spearman's: the correlation of the ranks, equal values having
// the mean of theirs. A constant has correlation 0 with everything.
func rankCorrelation(a, b []float32) float64 {
	x, y := ranks(a), ranks(b)
	mean := float64(len(a)-1) / 2
	xy, xx, yy := 0.0, 0.0, 0.0
	for i := range x {
		dx, dy := x[i]-mean, y[i]-mean
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

func ranks(v []float32) []float64 {
	order := firstOf(len(v))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	out := make([]float64, len(v))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && v[order[to]] == v[order[from]] {
			to++
		}
		for _, at := range order[from:to] {
			out[at] = float64(from+to-1) / 2
		}
		from = to
	}
	return out
}

func attentionFigures(main *specimen, stages [][]string, lines map[string][][]float64, trained, random map[string][]insight.Map) ([]Figure, error) {
	var series []plots.Series
	for _, e := range explanations {
		l := plots.Series{Name: e.name, X: []float64{0}, Y: []float64{1}}
		for k := range stages {
			l.X, l.Y = append(l.X, float64(k+1)), append(l.Y, spreadOf(lines[e.key][k]).Mean)
		}
		series = append(series, l)
	}
	curve, err := curves("sanity", false,
		Text{EN: "How much of a map is left when weights become random", KO: "가중치를 무작위로 바꾸면 지도가 얼마나 남는가"},
		Text{EN: "layers made random, from the classifier down", KO: "무작위로 바꾼 단계 (분류기부터 아래로)"}, Text{EN: "rank correlation", KO: "순위 상관"},
		Text{EN: "Adebayo's test: the more layers are random, the less of a map that explains the network should be left. Mean over the seeds.", KO: "Adebayo의 검사: 무작위 층이 늘수록, 신경망을 설명하는 지도라면 남는 것이 줄어야 한다(시드 평균)."},
		Text{EN: "A line of rank correlation over the number of random stages for each kind of map.", KO: "지도의 종류마다 무작위 단계 수에 따른 순위 상관 곡선."},
		series...)
	if err != nil {
		return nil, err
	}
	var tiles []image.Image
	var captions []string
	classes := main.test.Classes()
	labels := main.test.Labels()
	for i := range min(4, len(trained["gradient"])) {
		photo, err := main.test.Image(i)
		if err != nil {
			return nil, err
		}
		tiles, captions = append(tiles, photo), append(captions, classes[labels[i]])
		for _, e := range explanations {
			for k, maps := range []map[string][]insight.Map{trained, random} {
				m := maps[e.key][i]
				tile := image.Image(m.Image())
				if e.key == "grad_cam" {
					if tile, err = m.Over(photo); err != nil {
						return nil, err
					}
				}
				tiles = append(tiles, tile)
				caption := map[string]string{"gradient": "gradient", "grad_cam": "Grad-CAM", "integrated": "integrated"}[e.key]
				if k == 1 {
					caption = "with random"
				}
				captions = append(captions, caption)
			}
		}
	}
	between := Text{EN: "Rank correlation of the two, mean over the images and seeds:", KO: "두 지도의 순위 상관(이미지와 시드 평균):"}
	for _, e := range explanations {
		between = followedBy(between, textf("%[1]s %[3]s.", "%[2]s %[3]s.", e.name, koreanName(e.name), spreadOf(lines[e.key][len(stages)-1]).Fixed(2)))
	}
	maps, err := plots.Images(tiles, plots.ImagesConfig{Title: "Maps of a trained network and of the same with random weights", Columns: 7, Captions: captions})
	if err != nil {
		return nil, err
	}
	return []Figure{pictured("maps", maps,
		Text{EN: "Each photo with three maps of the trained network and of the same network with random weights.", KO: "사진마다 학습한 신경망의 지도 세 가지와, 같은 신경망에 무작위 가중치를 넣었을 때의 지도."},
		Text{EN: "Rows of a photo and pairs of maps: plain gradient, Grad-CAM, integrated gradients, each of the trained and of the random network.", KO: "사진과 지도 쌍의 줄: 단순 기울기, Grad-CAM, 적분 기울기를 각각 학습한 신경망과 무작위 신경망에서."},
		between,
		photoWords("Maps of a trained network and of the same with random weights", "학습한 신경망의 지도와 무작위 가중치일 때의 지도",
			"gradient", "기울기", "integrated", "적분 기울기", "with random", "무작위일 때")), curve}, nil
}
