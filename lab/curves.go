package lab

import (
	"strings"

	"github.com/stheno-ml/stheno/page"
	"github.com/stheno-ml/stheno/plots"
)

// curves is a figure of lines whose names koreanName translates.
func curves(name string, log bool, title, x, y, caption, alt Text, series ...plots.Series) (Figure, error) {
	l := lines{name: name, log: log, title: title, x: x, y: y, caption: caption, alt: alt}
	for _, s := range series {
		l.series = append(l.series, page.Series{Name: Text{EN: s.Name, KO: koreanName(s.Name)}, X: s.X, Y: s.Y})
	}
	return l.figure()
}

// numbered is a line through the points 1, 2, 3, ... with values times factor.
func numbered(name string, factor float64, values []float64) plots.Series {
	l := plots.Series{Name: name}
	for i, v := range values {
		l.X, l.Y = append(l.X, float64(i+1)), append(l.Y, factor*v)
	}
	return l
}

// meanOver is the mean of the lines that runs have, point by point.
func meanOver[T any](runs []T, line func(T) []float64) []float64 {
	var mean []float64
	for _, r := range runs {
		for i, v := range line(r) {
			if i == len(mean) {
				mean = append(mean, 0)
			}
			mean[i] += v / float64(len(runs))
		}
	}
	return mean
}

// koreanName translates the name of a line, part by part.
func koreanName(name string) string { return koreanParts.Replace(name) }

var koreanParts = strings.NewReplacer(
	"plain gradient", "단순 기울기",
	"integrated gradients, size", "적분 기울기의 크기",
	"1x1 convolution of x", "x의 1x1 합성곱",
	"identity", "항등",
	"plain", "일반",
	"residual", "잔차",
	"before training", "학습 전",
	"after one step", "한 스텝 뒤",
	"ResNet, trained to the end", "끝까지 학습한 ResNet",
	"short training", "짧은 학습",
	"mean over the draws", "평균",
	"share of the paths", "경로의 비율",
	"share of the gradient", "기울기의 비율",
	"square root of n, from the first", "n의 제곱근(첫 값 기준)",
	"receptive field", "수용 영역",
	"effective", "유효",
	"random", "무작위",
	"with shortcuts", "스킵 연결 있음",
	"trained", "학습 뒤",
	"linear", "선형",
	"no norm", "정규화 없음",
	"batch norm", "배치 정규화",
	"heads", "보조 분류기",
)

// pictured is a figure of pictures or maps with Korean words beside the English
// ones.
func pictured(name string, f *plots.Figure, caption, alt, shows Text, words map[string]string) Figure {
	return Figure{Name: name, Figure: f, KO: f.Korean(words), Caption: caption, Alt: alt, Shows: shows}
}
