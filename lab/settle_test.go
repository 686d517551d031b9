package lab

import (
	"context"
	"testing"
)

// A sentence that explains why a claim holds must not stand beside numbers that
// say it does not.
func TestNoExplanationOfWhatWasNotMeasured(t *testing.T) {
	because := Text{EN: "Because.", KO: "그래서."}
	for _, c := range []struct {
		holds, explains Verdict
		kept            bool
	}{{Holds, Holds, true}, {Fails, Holds, false}, {Partly, Fails, false}, {Fails, Fails, true}, {Partly, "", true}} {
		e := Experiment{Name: "one", Run: func(context.Context, Settings) (*Result, error) {
			claim := Claim{Textbook: because, Source: "S 1999", Measured: because, Table: "numbers", Holds: c.holds}
			if c.explains == "" {
				claim.Verdict = because // whatever is measured
			} else {
				claim.Why = map[Verdict]Text{c.explains: because}
			}
			return &Result{
				Tables: []Table{{Name: "numbers", Head: []string{"x"}, Rows: [][]string{{"1"}}}},
				Claims: []Claim{claim},
			}, nil
		}}
		r, err := Do(t.Context(), e, Settings{})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Claims[0].Verdict; (got == because) != c.kept || got.KO == "" {
			t.Errorf("measured %s, explained %q: %+v", c.holds, c.explains, got)
		}
	}
}
