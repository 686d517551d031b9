package lab

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/insight"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
	"gonum.org/v1/gonum/mat"
)

// landscape maps the loss around trained weights.
var landscape = Experiment{
	Name:  "landscape",
	Title: Text{EN: "The loss around trained weights, with and without shortcuts", KO: "학습한 가중치 주변의 손실 지형: 스킵 연결이 있을 때와 없을 때"},
	Question: Text{
		EN: "How does the loss change when trained weights move in two random directions whose filters are as long as the network's own? Do shortcuts smooth it, and how many dimensions does training use?",
		KO: "필터마다 길이를 맞춘 무작위 방향 두 개로 학습한 가중치를 움직이면 손실은 어떻게 바뀔까? 스킵 연결은 지형을 매끄럽게 할까? 학습은 몇 차원을 쓸까?",
	},
	Papers: []Paper{
		{Authors: "Li, Xu, Taylor, Studer and Goldstein", Year: 2018, Title: "Visualizing the Loss Landscape of Neural Nets", URL: "https://arxiv.org/abs/1712.09913"},
	},
	Takes: "3 min",
	Run:   runLandscape,
}

// terrain is a loss on a plane in weight space.
type terrain struct {
	at   []float64 // both coordinates of the grid
	loss [][]float64
}

// bowed are the shares of the grid's inner points at which the loss bends down along
// a row or a column by more than a hundredth of the loss in the middle: none in a
// bowl.
func (t terrain) bowed() float64 {
	n, count, all := len(t.at), 0, 0
	middle := t.loss[n/2][n/2]
	for i := range n {
		for j := 1; j < n-1; j++ {
			for _, v := range [][3]float64{{t.loss[i][j-1], t.loss[i][j], t.loss[i][j+1]}, {t.loss[j-1][i], t.loss[j][i], t.loss[j+1][i]}} {
				all++
				if !(v[0]-2*v[1]+v[2] > -0.01*middle) { // NaN counts
					count++
				}
			}
		}
	}
	return float64(count) / float64(all)
}

// rise is how many times the middle's loss the median loss on the square's rim is.
func (t terrain) rise() float64 {
	n := len(t.at)
	var rim []float64
	for i, row := range t.loss {
		for j, v := range row {
			if i == 0 || j == 0 || i == n-1 || j == n-1 {
				if math.IsNaN(v) {
					v = math.Inf(1)
				}
				rim = append(rim, v)
			}
		}
	}
	slices.Sort(rim)
	return rim[len(rim)/2] / t.loss[n/2][n/2]
}

// surveyor measures the loss of a network at moved weights.
type surveyor struct {
	p      *graph.Program
	moved  *graph.Params
	from   *graph.Params
	images []float32
	labels []int
}

func newSurveyor(net graph.Block, params *graph.Params, data *datasets.Dataset, count int) (*surveyor, error) {
	moved, err := params.Clone()
	if err != nil {
		return nil, err
	}
	count = min(count, data.Len())
	s := &surveyor{moved: moved, from: params}
	if s.images, s.labels, err = insight.Read(data, firstOf(count)...); err != nil {
		return nil, err
	}
	cfg := graph.InferenceConfig(data.Shape().WithBatch(count)...)
	cfg.Loss = graph.CrossEntropy{}
	s.p, err = graph.Build(net, moved, cfg)
	return s, err
}

// survey is the loss at from + x a + y b for all x and y of the grid.
func (s *surveyor) survey(ctx context.Context, a, b insight.Direction, xs, ys []float64) ([][]float64, error) {
	var out [][]float64
	for _, y := range ys {
		var row []float64
		for _, x := range xs {
			if err := insight.Move(s.moved, s.from, []insight.Direction{a, b}, []float64{x, y}); err != nil {
				return nil, err
			}
			loss, err := s.p.Loss(ctx, s.images, graph.Labels(s.labels))
			if err != nil {
				return nil, err
			}
			row = append(row, loss)
		}
		out = append(out, row)
	}
	return out, nil
}

// gridOf is n points from -reach to reach.
func gridOf(n int, reach float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = reach * (2*float64(i)/float64(n-1) - 1)
	}
	return v
}

// descent trains a thin network and keeps its weights on the way.
func (n thin) descent(ctx context.Context, data trainer.Data, epochs, stops int, seed uint64) (*trainer.Run, []*graph.Params, error) {
	const batch = 64
	steps := data.Train.Len() / batch * epochs
	var way []*graph.Params
	keep := func(r *trainer.Run) error {
		c, err := r.Params.Clone()
		way = append(way, c)
		return err
	}
	run, _, err := fit(ctx, n.block(), data, trainer.Config{
		Epochs: epochs, Batch: batch, Optimizer: trainer.SGD{LR: 0.02, Momentum: 0.9, WeightDecay: 5e-4},
		Schedule: trainer.Cosine{}, ScheduleBy: trainer.ByStep, Seed: seed, EvalEvery: epochs, EvalBatch: 128,
		Hooks: []trainer.Hook{{Name: "path", OnStart: keep, OnStep: func(r *trainer.Run, p trainer.Progress) error {
			if p.Total*stops/steps == (p.Total-1)*stops/steps {
				return nil
			}
			return keep(r)
		}}},
	})
	if err == nil && len(way) < 3 {
		err = errors.Errorf("%d stops on the path of %d steps, want 3 at least", len(way), steps)
	}
	return run, way, err
}

// axes are the first two principal components of a path that ends at 0: each a
// direction of length 1, the path's coordinates on them, and the share of the
// path's variation that each holds.
func pathAxes(steps []insight.Direction) (axes [2]insight.Direction, x, y []float64, share [2]float64, err error) {
	n := len(steps)
	gram := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			sum := 0.0
			for name, v := range steps[i] {
				for k, w := range steps[j][name] {
					sum += float64(v[k]) * float64(w)
				}
			}
			gram.SetSym(i, j, sum)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(gram, true) {
		return axes, nil, nil, share, errors.New("the path has no principal axes")
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	total := 0.0
	for _, v := range values {
		total += v
	}
	coordinates := [2][]float64{make([]float64, n), make([]float64, n)}
	for k := range 2 {
		value := values[n-1-k] // they rise
		share[k] = value / total
		length := math.Sqrt(math.Max(value, 1e-30))
		axes[k] = insight.Direction{}
		for name, v := range steps[0] {
			axes[k][name] = make([]float32, len(v))
		}
		for i := range n {
			u := vectors.At(i, n-1-k)
			coordinates[k][i] = u * length
			for name, v := range steps[i] {
				for at, w := range v {
					axes[k][name][at] += float32(u/length) * w
				}
			}
		}
	}
	return axes, coordinates[0], coordinates[1], share, nil
}

// along is the share of a step's length that lies in a direction.
func along(step, d insight.Direction) float64 {
	ab, aa, bb := 0.0, 0.0, 0.0
	for name, v := range d {
		for i, x := range v {
			ab += float64(x) * float64(step[name][i])
			aa += float64(x) * float64(x)
			bb += float64(step[name][i]) * float64(step[name][i])
		}
	}
	return math.Abs(ab) / math.Sqrt(aa*bb)
}

// terrainLevels are the contours' losses.
var terrainLevels = []float64{0.5, 1, 1.5, 2, 2.5, 3.5, 5, 10}

func runLandscape(ctx context.Context, s Settings) (*Result, error) {
	depths := pick(s, []int{8, 20}, []int{20, 56}, []int{20, 56, 110})
	width, side := pick(s, 4, 16, 16), pick(s, 8, 16, 32)
	images, epochs := pick(s, 256, 2560, 50000), pick(s, 3, 4, 10)
	points, measured := pick(s, 5, 11, 21), pick(s, 32, 128, 512)
	const reach, stops = 0.5, 12
	train, test, name, err := s.small(images, pick(s, 32, 1000, 10000), side)
	if err != nil {
		return nil, err
	}
	surface := Table{
		Name:    "surface",
		Caption: Text{EN: "Loss of the training images at trained weights + x a + y b, a and b random with filters as long as the network's", KO: "학습한 가중치 + x·a + y·b에서 학습 이미지의 손실. a와 b는 필터 길이를 맞춘 무작위 방향"},
		Head:    []string{"network", "depth", "seed", "x", "y", "loss"},
		HeadKO:  []string{"신경망", "깊이", "시드", "x", "y", "손실"},
	}
	summary := Table{
		Name:    "summary",
		Caption: Text{EN: "Bowed: share of places where the loss bends down along the grid. Rise: median loss on the square's rim by that in its middle. The path: its length from start to end, how much of its variation two principal axes hold, and how much of its length lies in a random direction", KO: "볼록하지 않은 곳: 격자를 따라 손실이 아래로 굽는 비율. 상승: 정사각형 가장자리의 손실 중앙값을 가운데 손실로 나눈 값. 경로: 시작부터 끝까지의 거리, 주성분 두 축이 담는 변동의 비율, 무작위 방향에 놓이는 길이의 비율"},
		Head:    []string{"network", "depth", "seed", "train_error", "test_error", "bowed", "rise", "distance", "two_axes", "random_direction"},
		HeadKO:  []string{"신경망", "깊이", "시드", "학습 오류율", "시험 오류율", "볼록하지 않음", "상승", "거리", "두 축", "무작위 방향"},
	}
	type found struct{ bowed, rise, axes, chance, distance []float64 }
	all := map[string]*found{}
	drawn := map[string]plots.Surface{}
	var paths []plots.Surface
	total, done := 2*len(depths)*len(s.Seeds), 0
	for _, depth := range depths {
		for _, kind := range []string{plainKind, residualKind} {
			key := fmt.Sprintf("%s-%d", kind, depth)
			all[key] = &found{}
			for _, seed := range s.Seeds {
				s.progress(done, total, fmt.Sprintf("%s, seed %d", key, seed))
				done++
				run, way, err := thin{depth: depth, width: width, kind: kind, classes: 10}.descent(ctx, trainer.Data{Train: train, Test: test}, epochs, stops, seed)
				if err != nil {
					return nil, err
				}
				look, err := newSurveyor(run.Net, run.Params, train, measured)
				if err != nil {
					return nil, err
				}
				a, err := insight.RandomDirection(run.Params, 2*seed)
				if err != nil {
					return nil, err
				}
				b, err := insight.RandomDirection(run.Params, 2*seed+1)
				if err != nil {
					return nil, err
				}
				grid := gridOf(points, reach)
				z, err := look.survey(ctx, a, b, grid, grid)
				if err != nil {
					return nil, err
				}
				for i, y := range grid {
					for j, x := range grid {
						surface.add(kind, depth, seed, x, y, z[i][j])
					}
				}
				t := terrain{grid, z}
				var steps []insight.Direction
				for _, w := range way {
					d, err := insight.Between(run.Params, w)
					if err != nil {
						return nil, err
					}
					steps = append(steps, d)
				}
				axes, x, y, share, err := pathAxes(steps)
				if err != nil {
					return nil, err
				}
				chance := along(steps[0], a)
				far := 0.0
				for _, v := range steps[0] {
					far += norm(v) * norm(v)
				}
				far = math.Sqrt(far)
				f, e := all[key], last(run)
				f.bowed, f.rise, f.axes, f.chance, f.distance = append(f.bowed, t.bowed()), append(f.rise, t.rise()), append(f.axes, share[0]+share[1]), append(f.chance, chance), append(f.distance, far)
				summary.add(kind, depth, seed, 1-e.TrainAccuracy, 1-e.TestAccuracy, t.bowed(), t.rise(), far, share[0]+share[1], chance)
				if seed == s.Seeds[0] {
					drawn[key] = plots.Surface{Name: key, X: grid, Y: grid, Z: z}
					if depth == depths[0] || depth == depths[len(depths)-1] {
						path, err := pathSurface(ctx, look, key, axes, x, y, points)
						if err != nil {
							return nil, err
						}
						paths = append(paths, path)
					}
				}
				look.p.Close()
			}
		}
	}
	shallow, deep := depths[0], depths[len(depths)-1]
	of := func(kind string, depth int) *found { return all[fmt.Sprintf("%s-%d", kind, depth)] }
	bowed := func(kind string, depth int) Spread { return spreadOf(of(kind, depth).bowed) }
	rise := func(kind string, depth int) Spread { return spreadOf(of(kind, depth).rise) }
	var axes, chance []float64
	for _, f := range all {
		axes, chance = append(axes, f.axes...), append(chance, f.chance...)
	}
	figures, err := landscapeFigures(depths, drawn, paths)
	if err != nil {
		return nil, err
	}
	plainDeep, resDeep, plainShallow, resShallow := rise(plainKind, deep), rise(residualKind, deep), rise(plainKind, shallow), rise(residualKind, shallow)
	bent, bentRes := bowed(plainKind, deep), bowed(residualKind, deep)
	smooths := Fails
	switch {
	case resDeep.High < plainDeep.Low && bentRes.High < bent.Low && bent.Low > 0.05:
		smooths = Holds
	case resDeep.High < plainDeep.Low:
		smooths = Partly
	}
	grows := verdict(plainDeep.Mean/resDeep.Mean > 2*plainShallow.Mean/resShallow.Mean, Fails)
	two, random := spreadOf(axes), spreadOf(chance)
	return &Result{
		Data:    []string{name},
		Tables:  []Table{summary, surface},
		Figures: figures,
		Method: []Text{textf(
			"Networks as in the experiment skip, %d epochs on %d images, rate 0.02, weight decay 5e-4. Loss of %d training images in inference mode on %d x %d points from -0.5 to 0.5 in two random directions; biases, batch norm's scales and its running statistics stay. The path: weights at %d moments, principal components without centring, seen from the end.",
			"실험 skip과 같은 신경망, %[2]d장으로 %[1]d에폭, 학습률 0.02, 가중치 감쇠 5e-4. 무작위 방향 두 개로 -0.5에서 0.5까지 %[4]d x %[5]d점에서 학습 이미지 %[3]d장의 손실을 추론 모드로 쟀다. 편향과 배치 정규화의 배율과 이동 통계는 그대로 둔다. 경로: 학습 중 %[6]d번의 가중치, 끝점을 원점으로 한 주성분.",
			epochs, train.Len(), measured, points, points, stops+1)},
		Claims: []Claim{{
			Textbook:  Text{EN: "Shortcuts make the loss surface smooth; that of a deep plain network is chaotic.", KO: "스킵 연결은 손실 지형을 매끄럽게 한다. 깊은 일반 신경망의 지형은 혼란스럽다."},
			Published: Text{EN: "chaos without shortcuts at 56 and 110 layers, convex contours with them; test error without / with: 20 layers 8.18 / 7.37, 56 layers 13.31 / 5.89, 110 layers 16.44 / 5.79 %", KO: "스킵 연결이 없으면 56층과 110층에서 혼란, 있으면 볼록한 등고선. 시험 오류율(없음/있음): 20층 8.18/7.37, 56층 13.31/5.89, 110층 16.44/5.79 %"},
			Source:    "Li et al. 2018, section 5, figure 5, table 1",
			Measured: textf("%d layers: half a filter's length away the loss is %s times that of the middle in the plain net, %s times in the residual one. It bends down at %s and %s of the places.",
				"%d층: 필터 길이의 절반만큼 떨어지면 손실이 가운데의 몇 배인가: 일반 %s배, 잔차 %s배. 아래로 굽는 곳: %s, %s.", deep, plainDeep.Short(), resDeep.Short(), bent.Percent(), bentRes.Percent()),
			Table: "summary", Holds: smooths,
			Why: map[Verdict]Text{
				Holds:  {EN: "In every seed the residual network's surface is the flatter one, and the plain one's bends up and down.", KO: "모든 시드에서 잔차 신경망의 지형이 더 완만하고, 일반 신경망의 지형은 오르내린다."},
				Partly: {EN: "In every seed the residual network's surface is far flatter. Chaos we don't see: the plain one's is a narrow pit with steep walls. Ours has hardly learned; the paper's were trained to the end.", KO: "모든 시드에서 잔차 신경망의 지형이 훨씬 완만하다. 그러나 혼란은 보이지 않는다: 일반 신경망의 지형은 벽이 가파른 좁은 구덩이이다. 우리 것은 거의 배우지 못했고, 논문의 신경망은 끝까지 학습했다."},
				Fails:  {EN: "Not in trainings this short.", KO: "이렇게 짧은 학습에서는 그렇지 않다."},
			},
		}, {
			Textbook:  Text{EN: "The difference grows with depth.", KO: "그 차이는 깊이에 따라 커진다."},
			Published: Text{EN: "hardly visible at 20 layers", KO: "20층에서는 거의 보이지 않는다"},
			Source:    "Li et al. 2018, section 5",
			Measured: textf("Loss half a filter's length away by that of the middle, %d layers: plain %s, residual %s; %d layers: %s and %s.",
				"필터 길이의 절반만큼 떨어진 곳과 가운데의 손실 비, %d층: 일반 %s, 잔차 %s. %d층: %s, %s.", shallow, plainShallow.Short(), resShallow.Short(), deep, plainDeep.Short(), resDeep.Short()),
			Table: "summary", Holds: grows,
			Why: map[Verdict]Text{
				Holds: {EN: "With depth the plain net's walls grow much steeper, the residual one's hardly.", KO: "깊어질수록 일반 신경망의 벽은 훨씬 가팔라지고 잔차 신경망은 그만큼 가팔라지지 않는다."},
				Fails: {EN: "Not by this measure after a training this short.", KO: "이렇게 짧은 학습 뒤에 이 방법으로 재면 그렇지 않다."},
			},
		}, {
			Textbook:  Text{EN: "Training moves through millions of dimensions.", KO: "학습은 수많은 차원을 지나간다."},
			Published: Text{EN: "two principal axes hold 40 to 90 % of a path's variation; random directions almost nothing", KO: "주성분 두 축이 경로 변동의 40~90 %를 담는다. 무작위 방향은 거의 담지 않는다"},
			Source:    "Li et al. 2018, section 7",
			Measured: textf("Two axes hold %s of the variation; %s of the path's length lies in a random direction. From start to end the weights of %d layers move by %s (residual) and %s (plain).",
				"두 축이 변동의 %s를 담는다. 무작위 방향에 놓이는 것은 경로 길이의 %s이다. 시작에서 끝까지 %d층의 가중치가 움직인 거리: 잔차 %s, 일반 %s.", two.Percent(), random.Percent(), deep, spreadOf(of(residualKind, deep).distance).Short(), spreadOf(of(plainKind, deep).distance).Short()),
			Table: "summary", Holds: verdict(two.Mean < 0.4, Fails),
			Why: map[Verdict]Text{Fails: {EN: "The path lies nearly in a plane. A picture in random directions shows the surroundings, never the way there. Where the plain net goes far, it was thrown by its exploding gradients in the first steps.", KO: "경로는 거의 한 평면에 놓인다. 무작위 방향의 그림은 주변을 보여 줄 뿐, 거기까지 온 길은 보여 주지 않는다. 일반 신경망이 멀리 간 것은 처음 몇 걸음에 폭발한 기울기가 내던졌기 때문이다."}},
		}},
	}, nil
}

// pathSurface is the loss on the plane of a path's principal axes, with the path.
func pathSurface(ctx context.Context, look *surveyor, name string, axes [2]insight.Direction, x, y []float64, points int) (plots.Surface, error) {
	span := func(v []float64) []float64 {
		low, high := 0.0, 0.0
		for _, a := range v {
			low, high = math.Min(low, a), math.Max(high, a)
		}
		air := 0.15*(high-low) + 1e-6
		out := make([]float64, points)
		for i := range out {
			out[i] = low - air + (high-low+2*air)*float64(i)/float64(points-1)
		}
		return out
	}
	xs, ys := span(x), span(y)
	z, err := look.survey(ctx, axes[0], axes[1], xs, ys)
	return plots.Surface{Name: name, X: xs, Y: ys, Z: z, PathX: x, PathY: y}, err
}

func landscapeFigures(depths []int, drawn map[string]plots.Surface, paths []plots.Surface) (figures []Figure, err error) {
	for _, depth := range []int{depths[0], depths[len(depths)-1]} {
		plain, residual := drawn[fmt.Sprintf("%s-%d", plainKind, depth)], drawn[fmt.Sprintf("%s-%d", residualKind, depth)]
		f, err := plots.Surfaces(fmt.Sprintf("Loss around trained weights, %d layers", depth), "first random direction", "second", terrainLevels, plain, residual)
		if err != nil {
			return nil, err
		}
		figures = append(figures, pictured(fmt.Sprintf("surface%d", depth), f,
			textf("%d layers, plain and with shortcuts, first seed; the trained weights are in the middle.", "%d층, 일반과 스킵 연결, 첫 시드. 학습한 가중치가 가운데에 있다.", depth),
			textf("Two maps of the loss with %d layers, plain and residual: bands of equal loss, the darker the higher.", "%d층의 손실 지도 두 장(일반, 잔차): 손실이 같은 곳을 띠로 나타냈고 어두울수록 높다.", depth),
			followedBy(slope(plain), slope(residual)),
			landscapeWords(depths)))
	}
	last := paths[len(paths)-2:]
	f, err := plots.Surfaces("The way of training on its own two axes", "first principal axis", "second", terrainLevels, last...)
	if err != nil {
		return nil, err
	}
	return append(figures, pictured("path", f,
		Text{EN: "The deepest networks' weights on their way, in the plane that holds most of it; the large dot is the end. Batch norm's statistics are those at the end, so that the loss at the beginning is not the one training saw.", KO: "가장 깊은 신경망의 가중치가 지나온 길을 가장 많이 담는 평면에 그렸다. 큰 점이 끝이다. 배치 정규화 통계는 끝의 것이므로 시작점의 손실은 학습 때의 손실과 다르다."},
		Text{EN: "Two maps of the loss, each with the line that the weights took to a dot, their end.", KO: "손실 지도 두 장. 가중치가 지나온 선이 끝점까지 이어진다."},
		followedBy(way(last[0]), way(last[1])),
		landscapeWords(depths))), nil
}

// slope says how much a surface rises from its middle to its rim.
func slope(s plots.Surface) Text {
	middle := s.Z[len(s.Y)/2][len(s.X)/2]
	return textf("%[1]s: loss %[3]s in the middle, %[4]s times that on the rim (median).", "%[2]s: 가운데의 손실 %[3]s, 가장자리(중앙값)는 그 %[4]s배.",
		s.Name, koreanName(s.Name), short(middle), short(terrain{s.X, s.Z}.rise()))
}

// way says how far a path's first point is from its end, and the loss near both.
func way(s plots.Surface) Text {
	near := func(grid []float64, v float64) (at int) {
		for i, g := range grid {
			if math.Abs(g-v) < math.Abs(grid[at]-v) {
				at = i
			}
		}
		return at
	}
	loss := func(i int) string { return short(s.Z[near(s.Y, s.PathY[i])][near(s.X, s.PathX[i])]) }
	end := len(s.PathX) - 1
	return textf("%[1]s: the path begins %[3]s from its end; the loss is %[4]s at the beginning, %[5]s at the end.", "%[2]s: 경로는 끝점에서 %[3]s만큼 떨어져 시작한다. 손실은 시작점에서 %[4]s, 끝점에서 %[5]s이다.",
		s.Name, koreanName(s.Name), short(math.Hypot(s.PathX[0]-s.PathX[end], s.PathY[0]-s.PathY[end])), loss(0), loss(end))
}

// landscapeWords are the words of the maps in Korean.
func landscapeWords(depths []int) map[string]string {
	words := map[string]string{
		"first random direction": "무작위 방향 1", "second": "방향 2", "first principal axis": "주성분 1",
		"The way of training on its own two axes": "학습 경로와 그 두 주성분 축",
	}
	for _, d := range depths {
		words[fmt.Sprintf("Loss around trained weights, %d layers", d)] = fmt.Sprintf("학습한 가중치 주변의 손실, %d층", d)
		for _, kind := range []string{plainKind, residualKind} {
			name := fmt.Sprintf("%s-%d", kind, d)
			words[name] = koreanName(name)
		}
	}
	for i, l := range terrainLevels {
		words[fmt.Sprintf("below %g", l)] = fmt.Sprintf("%g 미만", l)
		words[fmt.Sprintf("%g or more", l)] = fmt.Sprintf("%g 이상", l)
		if i > 0 {
			words[fmt.Sprintf("%g to %g", terrainLevels[i-1], l)] = fmt.Sprintf("%g~%g", terrainLevels[i-1], l)
		}
	}
	return words
}
