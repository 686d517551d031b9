package checkpoint

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/weights"
)

// large is a state of 4 MB, so that a kill falls into the writing.
func large(step int) *weights.File {
	values := make([]float32, 1<<20)
	for i := range values {
		values[i] = float32(step)
	}
	return &weights.File{Tensors: []weights.Tensor{weights.FromFloat32s("w", []int{1 << 20}, values)}}
}

// TestSaveForever is the process that TestKilledWhileSaving kills.
func TestSaveForever(t *testing.T) {
	dir := os.Getenv("STHENO_SAVE_FOREVER")
	if dir == "" {
		t.Skip("a helper of TestKilledWhileSaving")
	}
	s := Store{Dir: dir, Keep: 2}
	step := 0
	if last, err := s.Newest(); err == nil {
		step = last.Step
	}
	for {
		step++
		if err := s.Save(step, large(step)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("saved", step)
	}
}

// A process that saves without pause is killed at random moments: what was
// reported as saved, or something newer, is always there. STHENO_KILLS sets how
// often; 200 take about a minute.
func TestKilledWhileSaving(t *testing.T) {
	kills := 20
	if v := os.Getenv("STHENO_KILLS"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatalf("STHENO_KILLS is %q, want a number", v)
		}
		kills = n
	}
	dir := t.TempDir()
	s := Store{Dir: dir, Keep: 2}
	rng := rand.New(rand.NewPCG(1, 2))
	saved := 0
	for i := range kills {
		c := exec.Command(os.Args[0], "-test.run=^TestSaveForever$")
		c.Env = append(os.Environ(), "STHENO_SAVE_FOREVER="+dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		reported := make(chan int)
		go func() {
			last := 0
			for {
				var n int
				if _, err := fmt.Fscanf(out, "saved %d\n", &n); err != nil {
					break
				}
				last = n
			}
			reported <- last
		}()
		time.Sleep(time.Duration(50+rng.IntN(200)) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		saved = max(saved, <-reported)
		c.Wait()
		if saved == 0 {
			continue // killed before the first save
		}
		got, err := s.Newest()
		if err != nil {
			t.Fatalf("kill %d: %v", i, err)
		}
		if len(got.Damaged) > 0 {
			t.Fatalf("kill %d: damaged checkpoints %v", i, got.Damaged)
		}
		if got.Step < saved {
			t.Fatalf("kill %d: newest is step %d, but %d was reported as saved", i, got.Step, saved)
		}
		x, err := got.Tensor("w")
		if err != nil {
			t.Fatal(err)
		}
		values, err := x.Float32s()
		if err != nil || values[0] != float32(got.Step) || values[len(values)-1] != float32(got.Step) {
			t.Fatalf("kill %d: step %d holds %v ... %v, %v", i, got.Step, values[0], values[len(values)-1], err)
		}
	}
	if saved < kills/2 {
		t.Errorf("%d saves in %d processes: too few to have been killed in one", saved, kills)
	}
}
