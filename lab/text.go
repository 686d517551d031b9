package lab

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/stheno-ml/stheno/page"
)

// Text is one text in both languages.
type Text = page.Text

// textf puts the same values into both languages' sentence. The Korean one may
// want them in another order: %[2]s. A spread's "0.2 to 0.8" is "0.2~0.8" there.
func textf(en, ko string, values ...any) Text {
	korean := make([]any, len(values))
	for i, v := range values {
		if s, ok := v.(string); ok {
			v = strings.ReplaceAll(s, " to ", "~")
		}
		korean[i] = v
	}
	return Text{EN: fmt.Sprintf(en, values...), KO: fmt.Sprintf(ko, korean...)}
}

// listed writes numbers as a list: "5, 10, 20".
func listed[T int | float64](numbers []T) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, ", ")
}

// dataIn says what data there was.
func (r *Result) dataIn() Text {
	en := strings.Join(r.Data, "; ")
	if en == "" {
		return Text{EN: "made-up data", KO: "만든 데이터"}
	}
	ko := en
	for _, r := range koreanData {
		ko = r.english.ReplaceAllString(ko, r.korean)
	}
	return Text{EN: en, KO: ko}
}

// koreanData translate what data there was: results keep it in English.
var koreanData = []struct {
	english *regexp.Regexp
	korean  string
}{
	{regexp.MustCompile(`MNIST, embedded subset`), "MNIST, 프로그램에 내장된 일부"},
	{regexp.MustCompile(`made-up images of 10 classes, 3x32x32`), "클래스 10개의 만든 이미지, 3x32x32"},
	{regexp.MustCompile(`two spirals of 1,000 points, 1,000 more to test`), "점 1,000개의 두 나선, 시험용 1,000개 더"},
	{regexp.MustCompile(`ResNet-20, trained on CIFAR-10 to ([0-9.]+) test accuracy \(docs/results\)`), "CIFAR-10을 시험 정확도 ${1}까지 학습한 ResNet-20 (docs/results)"},
	{regexp.MustCompile(`residual network of ([0-9]+) layers, trained for ([0-9]+) epochs \((.*)\)`), "${2}에폭 학습한 ${1}층 잔차 신경망 (${3})"},
	{regexp.MustCompile(`([0-9]+) images to train on and ([0-9]+) to test, scaled to ([0-9]+x[0-9]+)`), "학습 이미지 ${1}장, 시험 이미지 ${2}장, 크기 ${3}"},
}
