package lab

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)

// ensemble deletes units of trained networks and follows the gradient path by path.
var ensemble = Experiment{
	Name:  "ensemble",
	Title: Text{EN: "A residual network as a collection of paths", KO: "여러 경로의 모음으로 본 잔차 신경망"},
	Question: Text{
		EN: "n units unroll into 2^n paths. What happens when one unit of a trained network is deleted, with shortcuts and without, and which paths does the gradient come from?",
		KO: "유닛 n개는 2^n개의 경로로 펼쳐진다. 학습한 신경망에서 유닛 하나를 지우면 스킵 연결이 있을 때와 없을 때 어떻게 될까? 기울기는 어느 경로에서 올까?",
	},
	Papers: []Paper{
		{Authors: "Veit, Wilber and Belongie", Year: 2016, Title: "Residual Networks Behave Like Ensembles of Relatively Shallow Networks", URL: "https://arxiv.org/abs/1605.06431"},
	},
	Takes: "90 s",
	Run:   runEnsemble,
}

// lesion is a network with gates, to cut its units out.
type lesion struct {
	gated
	net    insight.Network
	images []float32
	labels []int
}

// without is the share of the images that are told right when those units are cut
// out: only what goes past them is left.
func (l *lesion) without(ctx context.Context, cut ...int) (float64, error) {
	units := l.units()
	set := func(body, past float64) error {
		for _, u := range cut {
			if err := l.set(l.net.Params, units[u], "body", "forward", body); err != nil {
				return err
			}
			if err := l.set(l.net.Params, units[u], "past", "forward", past); err != nil {
				return err
			}
		}
		return nil
	}
	if err := set(0, 1); err != nil {
		return 0, err
	}
	classes, logits, err := l.net.Outputs(ctx, "", l.images)
	if err != nil {
		return 0, err
	}
	right, n := 0, classes[0]
	for i, label := range l.labels {
		row, best := logits[i*n:(i+1)*n], 0
		for c, v := range row {
			if v > row[best] {
				best = c
			}
		}
		if best == label {
			right++
		}
	}
	return float64(right) / float64(len(l.labels)), set(1, l.past())
}

// past is the factor on the shortcuts of the whole network.
func (l *lesion) past() float64 {
	if l.kind == plainKind {
		return 0
	}
	return 1
}

// open makes the gates and sets them to the whole network.
func (n thin) open(ctx context.Context, net insight.Network, images []float32, labels []int) (*lesion, error) {
	l := &lesion{gated: gated{n}, images: images, labels: labels}
	l.net = insight.Network{Net: l.gated.block(), Params: net.Params, Input: net.Input, Batch: 64}
	p, err := graph.Build(l.net.Net, l.net.Params, graph.InferenceConfig(net.Input.WithBatch(1)...))
	if err != nil {
		return nil, err
	}
	p.Close()
	for _, u := range l.units() {
		if err := l.set(l.net.Params, u, "past", "forward", l.past()); err != nil {
			return nil, err
		}
	}
	return l, ctx.Err()
}

func runEnsemble(ctx context.Context, s Settings) (*Result, error) {
	main, err := s.specimen(ctx)
	if err != nil {
		return nil, err
	}
	tests := pick(s, 48, 1000, 10000)
	deleted := Table{
		Name:    "deleted",
		Caption: Text{EN: "Test accuracy with one unit cut out; unit 0 is the whole network", KO: "유닛 하나를 잘라 냈을 때의 시험 정확도. 유닛 0은 전체 신경망"},
		Head:    []string{"network", "seed", "unit", "changes_shape", "accuracy"},
		HeadKO:  []string{"신경망", "시드", "유닛", "크기 바뀜", "정확도"},
	}
	several := Table{
		Name:    "several",
		Caption: Text{EN: "Test accuracy of the trained ResNet with several units cut out at random", KO: "학습한 ResNet에서 유닛 여러 개를 무작위로 잘라 냈을 때의 시험 정확도"},
		Head:    []string{"units", "seed", "accuracy"},
		HeadKO:  []string{"유닛 수", "시드", "정확도"},
	}
	paths := Table{
		Name:    "paths",
		Caption: Text{EN: "Gradient at the image by the length of the path, that is by the number of bodies on it", KO: "경로의 길이, 곧 경로에 있는 가지 F의 수에 따른 이미지에서의 기울기"},
		Head:    []string{"length", "paths", "share_of_paths", "mean_norm", "share_of_gradient"},
		HeadKO:  []string{"길이", "경로 수", "경로 비율", "평균 노름", "기울기 비율"},
	}
	total, done := 2*len(s.Seeds)+3, 0
	step := func(what string) { s.progress(done, total, what); done++ }

	step("units of the trained network")
	images, labels, err := insight.Read(main.test, firstOf(min(tests, main.test.Len()))...)
	if err != nil {
		return nil, err
	}
	whole, err := main.shape.open(ctx, main.Network, images, labels)
	if err != nil {
		return nil, err
	}
	full, err := whole.lesions(ctx, &deleted, "trained", 0)
	if err != nil {
		return nil, err
	}
	step("several units")
	units, fewer := len(whole.units()), map[int][]float64{}
	for k := range units + 1 {
		for _, seed := range s.Seeds {
			cut := rand.New(rand.NewPCG(seed, uint64(k))).Perm(units)[:k]
			a, err := whole.without(ctx, cut...)
			if err != nil {
				return nil, err
			}
			several.add(k, seed, a)
			fewer[k] = append(fewer[k], a)
		}
	}
	step("paths")
	lengths, err := whole.paths(ctx, pick(s, 4, 16, 64))
	if err != nil {
		return nil, err
	}
	sum, weighted, all := 0.0, 0.0, float64(int(1)<<units)
	for _, l := range lengths {
		sum += l.total
	}
	for k, l := range lengths {
		paths.add(k, l.count, float64(l.count)/all, l.total/float64(l.count), l.total/sum)
		weighted += float64(k) * l.total / sum
	}

	// Plain and residual networks that were trained alike, for a short time.
	pair := map[string][]lesionDrop{}
	depth, width, side := pick(s, 14, 20, 20), pick(s, 4, 16, 16), pick(s, 8, 16, 32)
	train, test, small, err := s.small(pick(s, 256, 5120, 50000), pick(s, 48, 1000, 10000), side)
	if err != nil {
		return nil, err
	}
	images, labels, err = insight.Read(test, firstOf(test.Len())...)
	if err != nil {
		return nil, err
	}
	epochs := pick(s, 4, 4, 10)
	for _, kind := range []string{plainKind, residualKind} {
		for _, seed := range s.Seeds {
			step(fmt.Sprintf("%s-%d, seed %d", kind, depth, seed))
			n := thin{depth: depth, width: width, kind: kind, classes: 10}
			run, err := n.fit(ctx, trainer.Data{Train: train, Test: test}, epochs, seed)
			if err != nil {
				return nil, err
			}
			l, err := n.open(ctx, insight.Network{Net: run.Net, Params: run.Params, Input: test.Shape()}, images, labels)
			if err != nil {
				return nil, err
			}
			d, err := l.lesions(ctx, &deleted, kind, seed)
			if err != nil {
				return nil, err
			}
			pair[kind] = append(pair[kind], d)
		}
	}
	of := func(kind string, value func(lesionDrop) float64) Spread {
		var v []float64
		for _, d := range pair[kind] {
			v = append(v, value(d))
		}
		return spreadOf(v)
	}
	before := func(d lesionDrop) float64 { return d.whole }
	after := func(d lesionDrop) float64 { return d.mean }
	lost := func(d lesionDrop) float64 { return (d.whole - d.mean) / (d.whole - 0.1) } // of what is above chance
	plainLost, resLost := of(plainKind, lost), of(residualKind, lost)
	figures, err := ensembleFigures(full, pair, fewer, lengths, sum)
	if err != nil {
		return nil, err
	}
	smooth := true
	for k := 1; k <= units; k++ {
		smooth = smooth && spreadOf(fewer[k]).Mean <= spreadOf(fewer[k-1]).Mean+0.03
	}
	half := spreadOf(fewer[units/2])
	return &Result{
		Data:    []string{main.name, small},
		Tables:  []Table{deleted, several, paths},
		Figures: figures,
		Method: []Text{textf(
			"A unit is cut out by leaving only what goes past it (zero padding where the shape changes; in a plain network, too). Accuracy on %d test images. Paths: all %d of them; forward the whole network, backward in each unit only through the body or only past it; gradient of the label's output at %d images, the mean of its norms. The sum over the paths is the whole gradient. Plain and residual networks of %d layers: %d epochs as in the experiment skip.",
			"유닛을 잘라 낸다는 것은 그 옆을 지나는 것만 남긴다는 뜻이다(크기가 바뀌는 곳은 0 채우기, 일반 신경망도 같다). 시험 이미지 %d장의 정확도. 경로: %d개 전부. 순전파는 전체 신경망으로, 역전파는 유닛마다 가지로만 또는 옆으로만. 이미지 %d장에서 정답 출력의 기울기 노름의 평균. 경로들의 합이 전체 기울기이다. 일반·잔차 신경망 %d층: 실험 skip처럼 %d에폭.",
			len(whole.labels), int(all), pick(s, 4, 16, 64), depth, epochs)},
		Claims: []Claim{{
			Textbook:  Text{EN: "Deleting one unit of a residual network hardly matters; a plain network collapses at once.", KO: "잔차 신경망은 유닛 하나를 지워도 거의 그대로이고, 일반 신경망은 바로 무너진다."},
			Published: Text{EN: "ResNet-110: error stays where it is, more so where no shape changes; VGG-15 falls to chance with any layer", KO: "ResNet-110: 오류율이 거의 그대로이고 크기가 바뀌지 않는 곳은 더욱 그렇다. VGG-15는 어느 층을 지워도 무작위 수준이 된다"},
			Source:    "Veit, Wilber and Belongie 2016, section 4.1, figure 3",
			Measured: textf("Of the accuracy above chance, one unit takes on average: plain %s, residual trained alike %s (accuracy %s to %s and %s to %s). The trained ResNet: from %s to %s on average, %s with the worst unit.",
				"유닛 하나가 무작위 수준을 넘는 정확도에서 평균적으로 앗아 가는 비율: 일반 %s, 똑같이 학습한 잔차 %s (정확도 %s에서 %s, %s에서 %s). 학습을 마친 ResNet: %s에서 평균 %s, 가장 나쁜 유닛으로 %s.",
				plainLost.Percent(), resLost.Percent(), of(plainKind, before).Percent(), of(plainKind, after).Percent(), of(residualKind, before).Percent(), of(residualKind, after).Percent(),
				spreadOf([]float64{full.whole}).Percent(), spreadOf([]float64{full.mean}).Percent(), spreadOf([]float64{full.worst}).Percent()),
			Table: "deleted", Holds: ensembleVerdict(resLost.High < plainLost.Low, full),
			Why: map[Verdict]Text{
				Holds:  {EN: "So it is. Our plain network has batch norm, VGG had none.", KO: "그렇다. 우리의 일반 신경망에는 배치 정규화가 있고 VGG에는 없었다."},
				Partly: {EN: "The difference is there, but a network of few units misses each of them more than one of 54 does, most of all those that change the shape.", KO: "차이는 분명하다. 다만 유닛이 적은 신경망은 54개일 때보다 하나하나를 더 아쉬워하며, 크기가 바뀌는 유닛이 특히 그렇다."},
				Fails:  {EN: "Not in networks this small.", KO: "이렇게 작은 신경망에서는 그렇지 않다."},
			},
		}, {
			Textbook:  Text{EN: "It behaves like an ensemble: error grows smoothly as more units go.", KO: "앙상블처럼 행동한다: 더 많은 유닛을 지울수록 오류가 매끄럽게 늘어난다."},
			Published: Text{EN: "error grows smoothly with the number of deleted modules", KO: "지운 모듈 수에 따라 오류율이 매끄럽게 늘어난다"},
			Source:    "Veit, Wilber and Belongie 2016, section 4.2, figure 5",
			Measured: textf("Accuracy with 0, 1, %d and all %d units cut out: %s, %s, %s, %s.", "유닛 0, 1, %d개와 %d개 전부를 잘라 냈을 때의 정확도: %s, %s, %s, %s.",
				units/2, units, spreadOf(fewer[0]).Percent(), spreadOf(fewer[1]).Percent(), half.Percent(), spreadOf(fewer[units]).Percent()),
			Table: "several", Holds: verdict(smooth && half.Mean > 0.3, Partly),
			Why: map[Verdict]Text{Partly: {EN: "It falls step by step, not at once. With this few units it does not take many to reach chance; the smooth curve of the paper is that of 54.", KO: "한꺼번에가 아니라 한 걸음씩 떨어진다. 유닛이 이렇게 적으면 몇 개만으로도 무작위 수준에 이른다. 논문의 매끄러운 곡선은 유닛 54개의 것이다."}},
		}, {
			Textbook:  Text{EN: "Most gradient comes from short paths.", KO: "기울기는 대부분 짧은 경로에서 온다."},
			Published: Text{EN: "54 units: paths of 5 to 17 units carry almost all of it, 0.45 % of all paths", KO: "유닛 54개: 길이 5에서 17의 경로가 거의 전부를 전달한다. 전체 경로의 0.45 %"},
			Source:    "Veit, Wilber and Belongie 2016, section 4.3, figure 6",
			Measured: textf("%d units: mean length of the %d paths %s; weighted by their gradient %s. The norm by length, from 0 to %d bodies: %s.",
				"유닛 %d개: 경로 %d개의 평균 길이 %s, 기울기로 가중하면 %s. 길이 0에서 %d까지의 노름: %s.",
				units, int(all), fixed(float64(units)/2, 1), fixed(weighted, 1), units, normList(lengths)),
			Table: "paths", Holds: verdict(weighted < float64(units)/2-0.5, Fails),
			Why: map[Verdict]Text{
				Holds: {EN: "Each body that a path takes makes its gradient smaller.", KO: "경로가 가지를 하나 더 지날 때마다 기울기가 작아진다."},
				Fails: {EN: "Not in this network: a path's gradient does not fall with its length here. The paper's network is six times as deep.", KO: "이 신경망에서는 그렇지 않다: 경로의 기울기가 길이에 따라 줄지 않는다. 논문의 신경망은 여섯 배 깊다."},
			},
		}},
	}, nil
}

func ensembleVerdict(apart bool, full lesionDrop) Verdict {
	switch {
	case apart && full.whole-full.mean < 0.05:
		return Holds
	case apart:
		return Partly
	}
	return Fails
}

// lesionDrop is what cutting out one unit does.
type lesionDrop struct {
	whole, mean, worst float64
	units              []float64
}

// lesions cuts out one unit after the other.
func (l *lesion) lesions(ctx context.Context, to *Table, name string, seed uint64) (d lesionDrop, err error) {
	if d.whole, err = l.without(ctx); err != nil {
		return d, err
	}
	to.add(name, seed, 0, "", d.whole)
	d.worst = 1
	for i := range l.units() {
		a, err := l.without(ctx, i)
		if err != nil {
			return d, err
		}
		changes := i > 0 && i%((l.depth-2)/6) == 0
		to.add(name, seed, i+1, changes, a)
		d.units = append(d.units, a)
		d.mean += a / float64(len(l.units()))
		d.worst = min(d.worst, a)
	}
	return d, nil
}

// pathLength is what the paths of one length carry.
type pathLength struct {
	count int
	total float64 // norms of their gradients
}

// paths leads the gradient of the labels' outputs along every path by itself.
func (l *lesion) paths(ctx context.Context, images int) ([]pathLength, error) {
	images = min(images, len(l.labels))
	p, batch, err := l.backward(images)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	units := len(l.units())
	out := make([]pathLength, units+1)
	for path := range 1 << units {
		g, err := l.along(ctx, p, batch, func(u int) (body, past float64) {
			if path>>u&1 == 1 {
				return 1, 0
			}
			return 0, 1
		})
		if err != nil {
			return nil, err
		}
		k := bits.OnesCount(uint(path))
		out[k].count++
		size := len(g) / images
		for i := range images {
			out[k].total += norm(g[i*size:(i+1)*size]) / float64(images)
		}
	}
	return out, nil
}

// backward builds what differentiates the labels' outputs, and its batch.
func (l *lesion) backward(images int) (*graph.Program, []float32, error) {
	cfg := graph.InferenceConfig(l.net.Input.WithBatch(images)...)
	cfg.Loss, cfg.InputGradient = graph.Weighted{}, true
	p, err := graph.Build(l.net.Net, l.net.Params, cfg)
	if err != nil {
		return nil, nil, err
	}
	return p, l.images[:images*len(l.images)/len(l.labels)], nil
}

// along is the images' gradient with those factors on the way back; the gates are
// open again afterwards.
func (l *lesion) along(ctx context.Context, p *graph.Program, batch []float32, factors func(unit int) (body, past float64)) ([]float32, error) {
	set := func(factors func(int) (float64, float64)) error {
		for u, name := range l.units() {
			body, past := factors(u)
			if err := l.set(l.net.Params, name, "body", "backward", body); err != nil {
				return err
			}
			if err := l.set(l.net.Params, name, "past", "backward", past); err != nil {
				return err
			}
		}
		return nil
	}
	if err := set(factors); err != nil {
		return nil, err
	}
	target := make([]float32, p.BatchSize()*p.Classes())
	for i := range p.BatchSize() {
		target[i*p.Classes()+l.labels[i]] = 1
	}
	if _, err := p.Loss(ctx, batch, graph.Values(target)); err != nil {
		return nil, err
	}
	g, err := p.InputGradient()
	if err != nil {
		return nil, err
	}
	out := append([]float32(nil), g.Float32s()...)
	return out, set(func(int) (float64, float64) { return 1, 1 })
}

// fixed is a number with so many digits behind the point.
func fixed(v float64, digits int) string { return fmt.Sprintf("%.*f", digits, v) }

// normList are the paths' mean norms by length, relative to the shortest.
func normList(lengths []pathLength) string {
	out, first := "", 1.0
	for k, l := range lengths {
		norm := l.total / float64(l.count)
		if k == 0 {
			first = norm
		}
		if k > 0 {
			out += ", "
		}
		out += short(norm / first)
	}
	return out
}

func ensembleFigures(full lesionDrop, pair map[string][]lesionDrop, fewer map[int][]float64, lengths []pathLength, sum float64) ([]Figure, error) {
	lines := []plots.Series{{Name: "ResNet, trained to the end"}}
	for _, a := range full.units {
		lines[0].Y = append(lines[0].Y, 100*a)
	}
	for _, kind := range []string{residualKind, plainKind} {
		l := plots.Series{Name: kind + ", short training", Y: make([]float64, len(pair[kind][0].units))}
		for _, d := range pair[kind] {
			for i, a := range d.units {
				l.Y[i] += 100 * a / float64(len(pair[kind]))
			}
		}
		lines = append(lines, l)
	}
	for i := range lines {
		for k := range lines[i].Y {
			lines[i].X = append(lines[i].X, float64(k+1))
		}
	}
	accuracy := Text{EN: "test accuracy (%)", KO: "시험 정확도 (%)"}
	one, err := curves("deleted", false,
		Text{EN: "Test accuracy when one unit is cut out", KO: "유닛 하나를 잘라 냈을 때의 시험 정확도"},
		Text{EN: "unit", KO: "유닛"}, accuracy,
		Text{EN: "One unit cut out: what is left of the accuracy. Chance is 10 %.", KO: "유닛 하나를 잘라 냈을 때 남는 정확도. 무작위로 찍으면 10 %이다."},
		Text{EN: "A line of accuracy by the unit that is cut out for each network.", KO: "신경망마다 잘라 낸 유닛별 정확도 곡선."},
		lines...)
	if err != nil {
		return nil, err
	}
	more := plots.Series{Name: "mean over the draws"}
	for k := range len(fewer) {
		more.X, more.Y = append(more.X, float64(k)), append(more.Y, 100*spreadOf(fewer[k]).Mean)
	}
	many, err := curves("several", false,
		Text{EN: "Test accuracy when several units are cut out", KO: "유닛 여러 개를 잘라 냈을 때의 시험 정확도"},
		Text{EN: "units cut out", KO: "잘라 낸 유닛 수"}, accuracy,
		Text{EN: "Several units cut out at random, mean over the draws.", KO: "유닛 여러 개를 무작위로 잘라 냈을 때(평균)."},
		Text{EN: "A line of accuracy by the number of units that are cut out.", KO: "잘라 낸 유닛 수에 따른 정확도 곡선."},
		more)
	if err != nil {
		return nil, err
	}
	count, carried, all := plots.Series{Name: "share of the paths"}, plots.Series{Name: "share of the gradient"}, float64(int(1)<<(len(lengths)-1))
	for k, l := range lengths {
		count.X, count.Y = append(count.X, float64(k)), append(count.Y, 100*float64(l.count)/all)
		carried.X, carried.Y = append(carried.X, float64(k)), append(carried.Y, 100*l.total/sum)
	}
	path, err := curves("paths", false,
		Text{EN: "Paths and what they carry, by length", KO: "길이별 경로와 그것이 전달하는 기울기"},
		Text{EN: "bodies on the path", KO: "경로에 있는 가지 F의 수"}, Text{EN: "share (%)", KO: "비율 (%)"},
		Text{EN: "How many paths have a length, and how much of the gradient they carry.", KO: "길이별 경로의 수와 전달하는 기울기의 비율."},
		Text{EN: "Two lines over the length of the path: the share of the paths and that of the gradient.", KO: "경로 길이에 따른 두 선: 경로의 비율과 기울기의 비율."},
		count, carried)
	mostPaths, mostGradient := slices.Index(count.Y, slices.Max(count.Y)), slices.Index(carried.Y, slices.Max(carried.Y))
	path.Shows = textf("The share of the paths is greatest at a length of %d (%s %%), that of the gradient at %d (%s %%).", "경로의 비율은 길이 %d에서 가장 크고(%s %%), 기울기의 비율은 길이 %d에서 가장 크다(%s %%).",
		mostPaths, fixed(count.Y[mostPaths], 1), mostGradient, fixed(carried.Y[mostGradient], 1))
	return []Figure{one, many, path}, err
}
