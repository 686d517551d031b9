package live

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/trainer"
)

// What watching costs training, in steps a second: STHENO_LIVE_COST=1 go test ./live
// -run TestCostOfWatching -v -timeout 30m. It asserts nothing about times; it prints
// them. Every round takes the cases in another order, and each case's figure is held
// to that of the same round without a page.
func TestCostOfWatching(t *testing.T) {
	if os.Getenv("STHENO_LIVE_COST") == "" {
		t.Skip("it takes minutes and wants the machine for itself: set STHENO_LIVE_COST")
	}
	cases := []string{"no page", "page, no viewer", "one viewer", "two viewers, one stalled"}
	for _, arch := range []string{"lenet5", "cifar_resnet20"} {
		a, err := architectures.Lookup(arch)
		if err != nil {
			t.Fatal(err)
		}
		shape := a.Input
		train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 2048, Test: 64, Classes: 10, Shape: shape})
		if err != nil {
			t.Fatal(err)
		}
		net, err := a.New(architectures.Options{Classes: 10})
		if err != nil {
			t.Fatal(err)
		}
		data := trainer.Data{Train: train, Test: test}
		seconds := 12 * time.Second
		rates := map[string][]float64{}
		for round := range 6 {
			for k := range cases {
				c := cases[(k+round)%len(cases)]
				rate := paceOf(t, net, data, c, seconds)
				rates[c] = append(rates[c], rate)
			}
		}
		for _, c := range cases {
			var ratio []float64
			for i, r := range rates[c] {
				ratio = append(ratio, r/rates[cases[0]][i])
			}
			list := slices.Clone(rates[c])
			slices.Sort(list)
			slices.Sort(ratio)
			fmt.Printf("%-16s %-26s median %8.2f steps/s (%.2f to %.2f), of those without a page %.4f (%.4f to %.4f)\n", arch, c,
				(list[2]+list[3])/2, list[0], list[5], (ratio[2]+ratio[3])/2, ratio[0], ratio[5])
		}
	}
}

// paceOf trains for some time and returns the steps a second after the first tenth.
func paceOf(t *testing.T, block graph.Block, data trainer.Data, what string, seconds time.Duration) float64 {
	var from time.Time
	begin, first, last := time.Now(), 0, 0
	var end time.Time
	hooks := []trainer.Hook{{OnStep: func(r *trainer.Run, p trainer.Progress) error {
		now := time.Now()
		switch {
		case from.IsZero() && now.Sub(begin) > seconds/10:
			from, first = now, p.Total
		case now.Sub(begin) > seconds:
			end, last = now, p.Total
			return trainer.ErrStop
		}
		return nil
	}}}
	if what != "no page" {
		s, url := page(t, Config{})
		defer s.Close()
		hooks = append(hooks, s.Hook(context.Background()))
		host := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
		if strings.Contains(what, "viewer") && what != "page, no viewer" {
			r, err := http.Get(url + "events")
			if err != nil {
				t.Fatal(err)
			}
			go func() { _, _ = io.Copy(io.Discard, r.Body) }()
		}
		if strings.Contains(what, "stalled") {
			c, err := net.Dial("tcp", host)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.(*net.TCPConn).SetReadBuffer(1 << 10)
			if _, err := io.WriteString(c, "GET /events HTTP/1.1\r\nHost: "+host+"\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
	cfg := trainer.Config{Epochs: 1 << 20, Batch: 64, Seed: 1, Optimizer: trainer.SGD{LR: 0.001}, EvalEvery: 1 << 20, Hooks: hooks}
	data.Test = nil
	if _, err := trainer.Fit(context.Background(), block, data, cfg); err != nil {
		t.Fatal(err)
	}
	return float64(last-first) / end.Sub(from).Seconds()
}
