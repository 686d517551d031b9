package measure

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
)

// ProfileRow is what a group of operations costs in one step.
type ProfileRow struct {
	Name string `json:"name"`
	// Algorithms of its convolutions with channels last, by commas.
	Algorithms string        `json:"algorithms,omitempty"`
	Count      int           `json:"count"`
	Time       time.Duration `json:"nanoseconds"`
	GFLOPS     float64       `json:"gflops"` // 0 for operations without multiply-adds
	GBPerS     float64       `json:"gb_per_second"`
	Share      float64       `json:"share"` // of the operations' time, 0 to 1
}

// Profile says where the time of a step goes.
type Profile struct {
	ByOperation []ProfileRow  `json:"by_operation"`
	ByLayer     []ProfileRow  `json:"by_layer"`
	Operations  time.Duration `json:"operations_nanoseconds"` // sum over the tape
	Step        time.Duration `json:"step_nanoseconds"`       // the whole step, update of the parameters included
}

// Times runs so many steps of the workload, after two to warm up, and
// adds up the time of each operation and each layer, most expensive first. It
// ends with ctx's error when ctx does.
func Times(ctx context.Context, w Workload, runs int) (Profile, error) {
	if runs < 1 || runs > mostRuns {
		return Profile{}, errors.Errorf("measure: a profile over %d runs, want 1 to %d", runs, mostRuns)
	}
	end, _, err := begin(ctx, w.Threads, w.Seconds)
	if err != nil {
		return Profile{}, err
	}
	defer end()
	p, step, err := w.start(ctx)
	if err != nil {
		return Profile{}, err
	}
	defer p.Close()
	start := time.Now()
	times, err := p.Profile(ctx, runs, step)
	if err != nil {
		return Profile{}, err
	}
	out := Profile{Step: time.Since(start) / time.Duration(runs)}
	for _, t := range times {
		out.Operations += t.Duration
	}
	out.ByOperation = rows(times, out.Operations, func(t graph.OpTime) string { return strings.TrimSpace(t.Op + " " + t.Algorithm) })
	out.ByLayer = rows(times, out.Operations, func(t graph.OpTime) string {
		if t.Layer == "" {
			return "(between layers)"
		}
		return t.Layer
	})
	return out, nil
}

func rows(times []graph.OpTime, total time.Duration, name func(graph.OpTime) string) []ProfileRow {
	type sum struct {
		count       int
		time        time.Duration
		macs, bytes int64
		algorithms  []string
	}
	sums := map[string]*sum{}
	for _, t := range times {
		s := sums[name(t)]
		if s == nil {
			s = &sum{}
			sums[name(t)] = s
		}
		s.count++
		s.time += t.Duration
		s.macs += t.MACs
		s.bytes += t.Bytes
		if t.Algorithm != "" && !slices.Contains(s.algorithms, t.Algorithm) {
			s.algorithms = append(s.algorithms, t.Algorithm)
		}
	}
	var out []ProfileRow
	for n, s := range sums {
		ns := max(float64(s.time), 1)
		out = append(out, ProfileRow{
			Name: n, Algorithms: strings.Join(s.algorithms, ", "), Count: s.count, Time: s.time, Share: ns / max(float64(total), 1),
			GFLOPS: 2 * float64(s.macs) / ns, GBPerS: float64(s.bytes) / ns,
		})
	}
	slices.SortFunc(out, func(a, b ProfileRow) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Name, b.Name))
	})
	return out
}
