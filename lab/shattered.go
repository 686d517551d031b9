package lab

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/stheno-ml/stheno/page"
	"gonum.org/v1/gonum/mat"
)

// shattered looks at the gradient with respect to the input along a line: in
// deep plain networks it is like white noise.
var shattered = Experiment{
	Name:  "shattered",
	Title: Text{EN: "Shattered gradients", KO: "조각난 기울기"},
	Question: Text{
		EN: "How alike are the gradients at two neighbouring inputs, before training? In one layer they follow each other; in a deep network without shortcuts they may have the right size and still be noise.",
		KO: "학습 전에 이웃한 두 입력에서의 기울기는 얼마나 비슷할까? 한 층에서는 서로 이어지지만, 스킵 연결이 없는 깊은 신경망에서는 크기가 알맞아도 잡음일 수 있다.",
	},
	Papers: []Paper{{Authors: "Balduzzi, Frean, Leary, Lewis, Ma and McWilliams", Year: 2017, Title: "The Shattered Gradients Problem", URL: "https://arxiv.org/abs/1702.08591"}},
	Takes:  "15 s",
	Run:    runShattered,
}

// gradientGrid is how many inputs there are on -2..2.
const gradientGrid = 256

// wiring is a kind of deep network: without shortcuts, or with residual units
// whose branch is multiplied by beta.
type wiring struct {
	name string
	beta float64 // 0: no shortcuts
}

var (
	plainWiring  = wiring{"plain", 0}
	residualFull = wiring{"residual", 1}
	residualTen  = wiring{"residual, beta 0.1", 0.1}
)

// slopesAlong runs one random network of ReLU layers on the grid. Every value is
// carried forward together with its derivative, since the input is one number:
//
//	first:     h' = W relu(w x + b)
//	plain:     h' = W relu(h - mean(h))
//	residual:  h' = h + beta W relu(norm(h))
//
// mean and norm are over the grid, their statistics held fixed in derivatives.
// look gets the derivative of each layer by the input, (units, inputs): plain,
// of the rectified units; residual, of the sum.
func slopesAlong(ctx context.Context, kind wiring, depth, width int, seed uint64, look func(depth int, d *mat.Dense)) error {
	rng := rand.New(rand.NewPCG(seed, 0x5ba77e4))
	h, d := mat.NewDense(width, gradientGrid, nil), mat.NewDense(width, gradientGrid, nil)
	for u := range width {
		w, b := math.Sqrt2*rng.NormFloat64(), math.Sqrt2*rng.NormFloat64()
		for i := range gradientGrid {
			x := -2 + 4*float64(i)/(gradientGrid-1)
			h.Set(u, i, w*x+b)
			d.Set(u, i, w)
		}
	}
	weights := mat.NewDense(width, width, nil)
	for l := 1; ; l++ {
		// The branch: centred or normalised, rectified.
		active, slope := mat.NewDense(width, gradientGrid, nil), mat.NewDense(width, gradientGrid, nil)
		for u := range width {
			row := h.RawRowView(u)
			mean, variance := meanOf(row), 0.0
			for _, v := range row {
				variance += (v - mean) * (v - mean) / gradientGrid
			}
			scale := 1.0
			switch {
			case l == 1: // centring would take the biases away
				mean = 0
			case kind.beta > 0:
				scale = 1 / math.Sqrt(variance+1e-5)
			}
			for i, v := range row {
				if z := scale * (v - mean); z > 0 {
					active.Set(u, i, z)
					slope.Set(u, i, scale*d.At(u, i))
				}
			}
		}
		if kind.beta == 0 || l == 1 {
			look(l, slope)
		} else {
			look(l, d)
		}
		if l == depth {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range width * width {
			weights.RawMatrix().Data[i] = math.Sqrt(2/float64(width)) * rng.NormFloat64()
		}
		nextH, nextD := mat.NewDense(width, gradientGrid, nil), mat.NewDense(width, gradientGrid, nil)
		nextH.Mul(weights, active)
		nextD.Mul(weights, slope)
		if kind.beta > 0 && l > 1 {
			nextH.Scale(kind.beta, nextH)
			nextD.Scale(kind.beta, nextD)
			nextH.Add(nextH, h)
			nextD.Add(nextD, d)
		}
		h, d = nextH, nextD
	}
}

// alike is the mean cosine between the derivatives at inputs that are so many
// steps of the grid apart. It is the correlation that dy/dx has for a random
// read-out y of the layer.
func alike(d *mat.Dense, lag int) float64 {
	width, n := d.Dims()
	columns := make([][]float64, n)
	sizes := make([]float64, n)
	for i := range n {
		columns[i] = mat.Col(nil, i, d)
		sizes[i] = norm(columns[i])
	}
	sum, count := 0.0, 0
	for i := 0; i+lag < n; i++ {
		if sizes[i] == 0 || sizes[i+lag] == 0 {
			continue
		}
		dot := 0.0
		for u := range width {
			dot += columns[i][u] * columns[i+lag][u]
		}
		sum += dot / (sizes[i] * sizes[i+lag])
		count++
	}
	return sum / float64(count)
}

func runShattered(ctx context.Context, s Settings) (*Result, error) {
	width, nets := pick(s, 64, 200, 200), pick(s, 1, 3, 20)
	// Inputs 16 steps apart are a quarter apart.
	const far, plainDepth, residualDepth = 16, 24, 50
	lags := []int{1, 2, 4, 8, far, 32, 64}
	deepest := map[wiring]int{plainWiring: residualDepth, residualFull: residualDepth, residualTen: residualDepth}
	autocorrelation := Table{
		Name:    "autocorrelation",
		Caption: Text{EN: "Correlation of the gradients at inputs so many steps of a grid of 256 apart (-2 to 2)", KO: "-2에서 2까지 256칸 격자에서 몇 칸 떨어진 두 입력의 기울기 상관"},
		Head:    []string{"network", "depth", "seed", "lag", "correlation"},
		HeadKO:  []string{"신경망", "깊이", "시드", "간격", "상관"},
	}
	byDepth := Table{
		Name:    "depth",
		Caption: Text{EN: "By depth: correlation of the gradients at inputs that are 0.25 apart, and the gradient's size", KO: "깊이별: 거리가 0.25인 두 입력의 기울기 상관, 기울기의 크기"},
		Head:    []string{"network", "depth", "seed", "correlation", "size"},
		HeadKO:  []string{"신경망", "깊이", "시드", "상관", "크기"},
	}
	gradients := Table{
		Name:    "gradients",
		Caption: Text{EN: "dy/dx of one network each along the grid, scaled to unit variance", KO: "신경망 하나씩의 dy/dx를 격자를 따라(분산 1로 맞춤)"},
		Head:    []string{"x", "one_layer", "plain_24", "residual_50"},
		HeadKO:  []string{"x", "한 층", "스킵 없음 24층", "잔차 50층"},
	}
	type key struct {
		kind  wiring
		depth int
	}
	correlation, size := map[key][]float64{}, map[key][]float64{}
	byLag := map[key]map[int][]float64{}
	series := map[key][]float64{}
	wanted := map[key]bool{{plainWiring, 1}: true, {plainWiring, plainDepth}: true, {residualFull, residualDepth}: true, {residualTen, residualDepth}: true}
	kinds := []wiring{plainWiring, residualFull, residualTen}
	depths := []int{1, 2, 3, 4, 6, 8, 12, 16, plainDepth, 32, 40, residualDepth}
	done := 0
	for _, kind := range kinds {
		for _, seed := range s.Seeds {
			s.progress(done, len(kinds)*len(s.Seeds), kind.name+" networks")
			done++
			far1, sizes := map[int]float64{}, map[int]float64{}
			lagged := map[key]map[int]float64{}
			for net := range nets {
				err := slopesAlong(ctx, kind, deepest[kind], width, seed*1000+uint64(net), func(depth int, d *mat.Dense) {
					k := key{kind, depth}
					if wanted[k] {
						if lagged[k] == nil {
							lagged[k] = map[int]float64{}
						}
						for _, lag := range lags {
							lagged[k][lag] += alike(d, lag) / float64(nets)
						}
						if series[k] == nil {
							series[k] = readOut(d, seed)
						}
					}
					for _, at := range depths {
						if at == depth {
							far1[depth] += alike(d, far) / float64(nets)
							sizes[depth] += mat.Norm(d, 2) / math.Sqrt(gradientGrid) / float64(nets)
						}
					}
				})
				if err != nil {
					return nil, err
				}
			}
			for _, depth := range depths {
				k := key{kind, depth}
				byDepth.add(kind.name, depth, seed, far1[depth], sizes[depth])
				correlation[k], size[k] = append(correlation[k], far1[depth]), append(size[k], sizes[depth])
			}
			for k, values := range lagged {
				if byLag[k] == nil {
					byLag[k] = map[int][]float64{}
				}
				for _, lag := range lags {
					byLag[k][lag] = append(byLag[k][lag], values[lag])
				}
			}
		}
	}
	shown := []struct {
		k    key
		name Text
	}{
		{key{plainWiring, 1}, Text{EN: "one layer", KO: "한 층"}},
		{key{plainWiring, plainDepth}, Text{EN: "plain, 24 layers", KO: "스킵 없음, 24층"}},
		{key{residualFull, residualDepth}, Text{EN: "residual, 50 units", KO: "잔차, 유닛 50개"}},
		{key{residualTen, residualDepth}, Text{EN: "residual x 0.1, 50 units", KO: "잔차 x 0.1, 유닛 50개"}},
	}
	var lagCurves, depthCurves []page.Series
	for _, c := range shown {
		line := page.Series{Name: c.name}
		for _, lag := range lags {
			for i, v := range byLag[c.k][lag] {
				autocorrelation.add(c.k.kind.name, c.k.depth, s.Seeds[i], lag, v)
			}
			line.X, line.Y = append(line.X, float64(lag)), append(line.Y, spreadOf(byLag[c.k][lag]).Mean)
		}
		lagCurves = append(lagCurves, line)
	}
	names := map[wiring]Text{plainWiring: {EN: "plain", KO: "스킵 없음"}, residualFull: {EN: "residual", KO: "잔차"}, residualTen: {EN: "residual x 0.1", KO: "잔차 x 0.1"}}
	for _, kind := range kinds {
		line := page.Series{Name: names[kind]}
		for _, depth := range depths {
			line.X, line.Y = append(line.X, float64(depth)), append(line.Y, math.Max(spreadOf(correlation[key{kind, depth}]).Mean, 0))
		}
		depthCurves = append(depthCurves, line)
	}
	one, plain, residual := series[key{plainWiring, 1}], series[key{plainWiring, plainDepth}], series[key{residualFull, residualDepth}]
	var xs []float64
	for i := range gradientGrid {
		x := -2 + 4*float64(i)/(gradientGrid-1)
		xs = append(xs, x)
		gradients.add(x, one[i], plain[i], residual[i])
	}
	along := func(name string, title Text, y []float64, caption, alt Text) lines {
		return lines{name: name, title: title, shows: jagged(y), x: Text{EN: "input", KO: "입력"}, y: Text{EN: "gradient dy/dx", KO: "기울기 dy/dx"},
			series: []page.Series{{Name: Text{EN: "dy/dx"}, X: xs, Y: y}}, caption: caption, alt: alt}
	}
	drawn := Text{EN: "The gradient dy/dx as a line over 256 inputs.", KO: "입력 256개에 대한 기울기 dy/dx의 선."}
	figures, err := drawAll(
		along("one_layer", Text{EN: "One layer", KO: "한 층"}, one, Text{EN: "One random network, scaled to unit variance.", KO: "무작위 신경망 하나, 분산 1로 맞춤."}, drawn),
		along("plain", Text{EN: "24 layers without shortcuts", KO: "스킵 연결 없는 24층"}, plain, Text{EN: "The same for a deep network: are the gradients of neighbouring inputs still related?", KO: "깊은 신경망에서 같은 것: 이웃한 입력의 기울기가 아직 서로 관계있을까?"}, drawn),
		along("residual", Text{EN: "50 residual units with normalisation", KO: "정규화가 있는 잔차 유닛 50개"}, residual, Text{EN: "A deep network with shortcuts, to compare with the two before.", KO: "스킵 연결이 있는 깊은 신경망. 앞의 둘과 비교해 보라."}, drawn),
		lines{name: "correlation", x: Text{EN: "steps of the grid between two inputs", KO: "두 입력 사이의 격자 간격"}, y: Text{EN: "correlation of gradients", KO: "기울기의 상관"}, series: lagCurves,
			title:   Text{EN: "How alike are the gradients at neighbouring inputs?", KO: "이웃한 입력의 기울기는 얼마나 비슷할까?"},
			caption: Text{EN: "1: the same direction; 0: noise. Mean over seeds and networks.", KO: "1이면 같은 방향, 0이면 잡음. 시드와 신경망의 평균."},
			alt:     Text{EN: "A line of correlation by distance for each of four networks.", KO: "신경망 네 가지의 거리별 상관 곡선."}},
		lines{name: "depth", log: true, x: Text{EN: "depth", KO: "깊이"}, y: Text{EN: "correlation of gradients", KO: "기울기의 상관"}, series: depthCurves,
			title:   Text{EN: "Correlation of gradients at inputs that are 0.25 apart", KO: "거리가 0.25인 두 입력에서 기울기의 상관"},
			caption: Text{EN: "Mean over seeds and networks.", KO: "시드와 신경망의 평균."},
			alt:     Text{EN: "A line of correlation by depth for each kind of network, on a logarithmic axis.", KO: "신경망 종류마다 깊이별 상관을 로그 축에 그린 곡선."}},
	)
	if err != nil {
		return nil, err
	}
	lagOf := func(k key, lag int) Spread { return spreadOf(byLag[k][lag]) }
	const near = 4
	shallow4, plain4, residual4, ten4 := lagOf(shown[0].k, near), lagOf(shown[1].k, near), lagOf(shown[2].k, near), lagOf(shown[3].k, near)
	rate := func(kind wiring, from, to int, f func(a, b float64) float64) Spread {
		var v []float64
		for i := range s.Seeds {
			// A correlation that is gone counts as the least that can be told from 0 here.
			v = append(v, f(math.Max(correlation[key{kind, from}][i], 1e-3), math.Max(correlation[key{kind, to}][i], 1e-3)))
		}
		return spreadOf(v)
	}
	perPlain := rate(plainWiring, 4, 8, func(a, b float64) float64 { return math.Pow(b/a, 1.0/4) })
	exponent := rate(residualFull, 8, 24, func(a, b float64) float64 { return math.Log(b/a) / math.Log(3) })
	size1, size24 := spreadOf(size[key{plainWiring, 1}]), spreadOf(size[key{plainWiring, plainDepth}])
	change := spreadOf([]float64{size24.Mean / size1.Mean})
	return &Result{
		Tables:  []Table{autocorrelation, byDepth, gradients},
		Figures: figures,
		Method: []Text{textf("One input number, %d inputs on -2..2, ReLU layers of %d units with He's initialisation, %d networks a seed, float64, no training. All begin with a layer relu(w x + b) without centring. Plain: pre-activations are centred over the inputs. Residual: h + beta W relu(norm(h)), normalised over the inputs. Derivatives hold those statistics fixed. The correlation is the mean cosine between the derivatives of all units, which is that of a random read-out.",
			"입력은 수 하나, -2..2의 입력 %d개, He 초기화한 유닛 %d개의 ReLU 층, 시드마다 신경망 %d개, float64, 학습 없음. 모두 평균을 맞추지 않은 층 relu(w x + b)로 시작한다. 스킵 없음: 활성화 전 값을 입력들에 대해 평균 0으로 맞춘다. 잔차: h + beta W relu(norm(h)), 입력들에 대해 정규화. 미분할 때 그 통계량은 고정한다. 상관은 모든 유닛의 도함수 사이의 코사인 평균으로, 무작위 출력의 상관과 같다.", gradientGrid, width, nets)},
		Claims: []Claim{{
			Textbook:  Text{EN: "In deep networks without shortcuts gradients resemble white noise; with shortcuts they do not.", KO: "스킵 연결이 없는 깊은 신경망의 기울기는 백색 잡음을 닮고, 스킵 연결이 있으면 그렇지 않다."},
			Published: Text{EN: "figures 1 and 2: one layer like brown noise, 24 plain layers like white noise, 50 residual units in between", KO: "그림 1과 2: 한 층은 브라운 잡음, 스킵 없는 24층은 백색 잡음, 잔차 유닛 50개는 그 중간"},
			Source:    "Balduzzi et al. 2017",
			Measured: textf("Correlation %d steps of the grid apart: one layer %s, 24 plain layers %s, 50 residual units %s, with a branch of 0.1 %s.", "격자 %d칸 떨어진 두 입력의 상관: 한 층 %s, 스킵 없는 24층 %s, 잔차 유닛 50개 %s, 가지에 0.1을 곱하면 %s.",
				near, shallow4.Fixed(2), plain4.Fixed(2), residual4.Fixed(2), ten4.Fixed(2)),
			Table: "autocorrelation", Holds: verdict(plain4.High < residual4.Low && residual4.High < shallow4.Low, Partly),
			Why: map[Verdict]Text{Holds: {EN: "The order is the paper's.", KO: "순서가 논문과 같다."}},
		}, {
			Textbook:  Text{EN: "The correlation falls as 1/2^L without and as 1/√L with shortcuts.", KO: "상관은 스킵 연결이 없으면 1/2^L로, 있으면 1/√L로 줄어든다."},
			Published: Text{EN: "theorems 1 and 3", KO: "정리 1과 3"},
			Source:    "Balduzzi et al. 2017, section 3",
			Measured: textf("Inputs that are 0.25 apart: a factor of %s a layer between 4 and 8 plain layers; an exponent of %s between 8 and 24 residual units.", "거리가 0.25인 입력: 스킵 없는 4층에서 8층까지 층마다 %s배, 잔차 유닛 8개에서 24개까지 지수 %s.",
				perPlain.Fixed(2), exponent.Fixed(2)),
			Table: "depth", Holds: verdict(perPlain.Low > 0.35 && perPlain.High < 0.65 && exponent.Low > -0.75 && exponent.High < -0.25, Partly),
			Why: map[Verdict]Text{Partly: {EN: "Without shortcuts exponentially, near the theorem's rate; with them more slowly, but faster than 1/√L. The theorems suppose that units are active at one input independently of the other, which is not so along a line.", KO: "스킵 연결이 없으면 정리에 가까운 비율로 지수적으로 줄어든다. 있으면 더 천천히, 그러나 1/√L보다는 빨리 줄어든다. 정리는 유닛이 두 입력에서 서로 독립으로 켜진다고 가정하지만, 한 직선 위의 입력에서는 그렇지 않다."}},
		}, {
			Textbook:  Text{EN: "Deep plain networks fail because their gradients vanish.", KO: "스킵 없는 깊은 신경망이 실패하는 것은 기울기가 소실되기 때문이다."},
			Published: Text{EN: "the first doubt it, the second offer another reason", KO: "앞의 논문은 이를 의심하고, 뒤의 논문은 다른 이유를 든다"},
			Source:    "He et al. 2015, arXiv 1512.03385; Balduzzi et al. 2017",
			Measured: textf("Size of the gradient with 24 plain layers by that with one: %s. Its correlation between inputs that are 0.25 apart: %s against %s.", "스킵 없는 24층의 기울기 크기를 한 층의 것으로 나눈 값: %s. 거리가 0.25인 입력 사이의 상관: %s 대 %s.",
				change.Short(), spreadOf(correlation[key{plainWiring, plainDepth}]).Short(), spreadOf(correlation[key{plainWiring, 1}]).Short()),
			Table: "depth", Holds: verdict(change.Mean < 0.01, Fails),
			Why: map[Verdict]Text{Fails: {EN: "With He's initialisation the size stays; what is lost is any relation between the gradients of different inputs.", KO: "He 초기화에서는 크기가 유지된다. 잃는 것은 서로 다른 입력의 기울기 사이의 관계이다."}},
		}},
	}, nil
}

// readOut is the derivative of a random sum of the units, scaled to unit
// variance.
func readOut(d *mat.Dense, seed uint64) []float64 {
	width, n := d.Dims()
	rng := rand.New(rand.NewPCG(seed, 0x0ead))
	y := make([]float64, n)
	for u := range width {
		v := rng.NormFloat64()
		for i, slope := range d.RawRowView(u) {
			y[i] += v * slope
		}
	}
	mean, variance := meanOf(y), 0.0
	for _, v := range y {
		variance += (v - mean) * (v - mean) / float64(n)
	}
	for i := range y {
		y[i] = (y[i] - mean) / math.Sqrt(variance)
	}
	return y
}
