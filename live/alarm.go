package live

import (
	"fmt"
	"math"
	"sort"

	"github.com/stheno-ml/stheno/trainer"
)

// Alarm is something that is probably wrong, in plain words.
type Alarm struct {
	Kind string `json:"kind"` // dead, saturated, vanishing, exploding, waiting
	Path string `json:"path,omitempty"`
	EN   string `json:"en"`
	KO   string `json:"ko"`
}

// From where on something is worth an alarm.
const (
	deadShare      = 0.4
	saturatedShare = 0.5
	vanishing      = 1e-3 // first layer's gradient by the last one's
	exploding      = 1e3
	waitShare      = 0.2
	mostAlarms     = 4 // of a kind
)

func (d *desk) alarms(f *frame, saturated, sizes []float64, p trainer.Progress) []Alarm {
	list := []Alarm{}
	worst := func(value func(i int) float64, from float64, tell func(i int) Alarm) {
		var found []int
		for i, l := range d.meta.Layers {
			if l.Role == "act" && value(i) >= from {
				found = append(found, i)
			}
		}
		sort.SliceStable(found, func(a, b int) bool { return value(found[a]) > value(found[b]) })
		for _, i := range found[:min(len(found), mostAlarms)] {
			list = append(list, tell(i))
		}
	}
	worst(func(i int) float64 { return float64(f.Dead[i]) }, deadShare, func(i int) Alarm {
		share, path := percent(float64(f.Dead[i])), d.layers[i].Path
		return Alarm{"dead", path,
			fmt.Sprintf("%s of %s is always 0, for all %d samples: these units get no gradient from them.", share, path, f.Images),
			fmt.Sprintf("%s의 %s가 표본 %d장 모두에서 항상 0입니다. 이 유닛들은 이 표본에서 기울기를 받지 못합니다.", path, share, f.Images)}
	})
	worst(func(i int) float64 { return saturated[i] }, saturatedShare, func(i int) Alarm {
		share, path := percent(saturated[i]), d.layers[i].Path
		return Alarm{"saturated", path,
			fmt.Sprintf("%s of %s is saturated: nearly no gradient passes there.", share, path),
			fmt.Sprintf("%s의 %s가 포화되었습니다. 그곳으로는 기울기가 거의 전달되지 않습니다.", path, share)}
	})
	first, last := -1, -1
	for i, l := range d.layers {
		if l.Leaf && len(sizes) > i && sizes[i] > 0 && (d.meta.Layers[i].Role == "conv" || d.meta.Layers[i].Role == "linear") {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first != last {
		ratio := sizes[first] / sizes[last]
		a, b := d.layers[first].Path, d.layers[last].Path
		switch {
		case ratio < vanishing:
			list = append(list, Alarm{"vanishing", a,
				fmt.Sprintf("The gradient vanishes: at %s it is %s times smaller than at %s.", a, group(1/ratio), b),
				fmt.Sprintf("기울기가 소실됩니다. %s의 기울기가 %s보다 %s배 작습니다.", a, b, group(1/ratio))})
		case ratio > exploding:
			list = append(list, Alarm{"exploding", a,
				fmt.Sprintf("The gradient explodes: at %s it is %s times larger than at %s.", a, group(ratio), b),
				fmt.Sprintf("기울기가 폭발합니다. %s의 기울기가 %s보다 %s배 큽니다.", a, b, group(ratio))})
		}
	}
	if e := p.Mean; e.Seconds > 1 && e.DataWait/e.Seconds >= waitShare {
		share := percent(e.DataWait / e.Seconds)
		list = append(list, Alarm{"waiting", "",
			fmt.Sprintf("Training waits for images %s of the time.", share),
			fmt.Sprintf("학습 시간의 %s를 데이터를 기다리는 데 쓰고 있습니다.", share)})
	}
	return list
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// group writes a large factor with two digits and commas: 23,000.
func group(v float64) string {
	if !(v < 1e15) {
		return fmt.Sprintf("%.1e", v)
	}
	if e := math.Pow(10, math.Floor(math.Log10(math.Max(v, 1)))-1); e > 1 {
		v = math.Round(v/e) * e
	}
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
