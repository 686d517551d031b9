package lab

import (
	"fmt"
	"math"
	"strings"

	"github.com/stheno-ml/stheno/page"
)

// ends says in words what lines show: the first and the last value of each, and
// whose last one is the greatest and the least. It is made of the numbers alone,
// so that it is true of whatever a run brings.
func ends(series []page.Series) Text {
	var en, ko []string
	var most, least []Text // those that end so: there may be several
	high, low := math.Inf(-1), math.Inf(1)
	for _, s := range series {
		var values []float64
		for _, v := range s.Y {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				values = append(values, v)
			}
		}
		name := Text{EN: s.Name.EN, KO: s.Name.In("ko")}
		if name.EN == "" {
			name = Text{EN: "the line", KO: "선"}
		}
		if len(values) == 0 {
			en, ko = append(en, name.EN+": no value"), append(ko, name.KO+": 값 없음")
			continue
		}
		first, last := values[0], values[len(values)-1]
		en = append(en, fmt.Sprintf("%s: %s, %s", name.EN, short(first), short(last)))
		ko = append(ko, fmt.Sprintf("%s: %s, %s", name.KO, short(first), short(last)))
		if last > high {
			high, most = last, nil
		}
		if last < low {
			low, least = last, nil
		}
		if last == high {
			most = append(most, name)
		}
		if last == low {
			least = append(least, name)
		}
	}
	out := Text{
		EN: "First and last value of each line: " + strings.Join(en, "; ") + ".",
		KO: "각 선의 처음 값과 마지막 값: " + strings.Join(ko, "; ") + ".",
	}
	if high > low {
		out = followedBy(out, textf("Greatest last value: %[1]s. Least: %[2]s.", "마지막 값이 가장 큰 선: %[3]s. 가장 작은 선: %[4]s.",
			named(most, "en"), named(least, "en"), named(most, "ko"), named(least, "ko")))
	}
	return out
}

// named are names, one after the other.
func named(names []Text, language string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = n.In(language)
	}
	return strings.Join(parts, "; ")
}

// jagged says in words how a line moves: how often it changes its sign, and how
// much of a value is left in the next one.
func jagged(values []float64) Text {
	changes, own, next := 0, 0.0, 0.0
	for i, v := range values {
		own += v * v
		if i > 0 {
			next += v * values[i-1]
			if v*values[i-1] < 0 {
				changes++
			}
		}
	}
	return textf("Over %d inputs the line changes its sign %d times; the correlation of neighbouring values is %s.",
		"입력 %d개에서 선의 부호가 %d번 바뀐다. 이웃한 값의 상관은 %s이다.", len(values), changes, spreadOf([]float64{next / own}).Fixed(2))
}

// followedBy puts one sentence behind another, in both languages.
func followedBy(a, b Text) Text {
	if a.IsZero() || b.IsZero() {
		return Text{EN: a.EN + b.EN, KO: a.KO + b.KO}
	}
	return Text{EN: a.EN + " " + b.EN, KO: a.In("ko") + " " + b.In("ko")}
}
