package runs

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/classify"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/filelock"
	"github.com/stheno-ml/stheno/trainer"
	"github.com/stheno-ml/stheno/weights"
)

// killable are three networks that have all that a run has to remember: masks that
// depend on the step, running statistics and random crops, averages and blended
// images.
var killable = map[string]struct {
	net graph.Block
	cfg trainer.Config
}{
	"dropout": {
		blocks.Sequence{norm(blocks.Identity{}), blocks.Dropout{P: 0.4}, blocks.Flatten{}, blocks.Linear{Out: 16}, blocks.Dropout{P: 0.2}, blocks.Linear{Out: 4}},
		trainer.Config{Optimizer: trainer.AdamW{}, Schedule: trainer.OneCycle{Max: 0.01}},
	},
	"batch norm and augmentation": {
		blocks.Sequence{norm(nil), blocks.Residual{Out: 8}, blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
		trainer.Config{Optimizer: trainer.SGD{LR: 0.05, Momentum: 0.9, Nesterov: true}, Schedule: trainer.Cosine{}, KeepLast: true,
			Augment: datasets.Augment{Pad: 2, Flip: true}},
	},
	"averages and mixup": {
		blocks.Sequence{norm(nil), blocks.GlobalAvgPool2D{}, blocks.Linear{Out: 4}},
		trainer.Config{Optimizer: trainer.Adam{}, EMA: &trainer.EMA{Decay: 0.95}, Lookahead: &trainer.Lookahead{Every: 4},
			Mix: datasets.Mix{Mixup: 0.4, CutMix: 1}, Augment: datasets.Augment{Flip: true}},
	},
}

func norm(n graph.Block) graph.Block {
	return blocks.ConvNorm{Out: 8, Kernel: 3, Padding: 1, Norm: n, Act: activations.ReLU{}}
}

// TestTrainUntilKilled is the process that TestKilledRunsGoOn kills.
func TestTrainUntilKilled(t *testing.T) {
	path := os.Getenv("STHENO_RUN")
	if path == "" {
		t.Skip("a helper of TestKilledRunsGoOn")
	}
	k := killable[os.Getenv("STHENO_RUN_NETWORK")]
	shape := imaging.Shape{Channels: 3, Height: 8, Width: 8}
	train, test, err := datasets.Synthetic(datasets.SyntheticConfig{Train: 90, Test: 24, Classes: 4, Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	keep := Config{EverySteps: 1, Description: classify.Description{Classes: test.Classes(), Input: shape}}
	cfg := k.cfg
	cfg.Epochs, cfg.Batch, cfg.Seed = 4, 16, 5
	var d *Dir
	if _, missing := os.Stat(filepath.Join(path, ConfigFile)); missing == nil {
		dir, state, err := Resume(path, keep)
		if err != nil {
			t.Fatal(err)
		}
		if len(state.Damaged) > 0 {
			t.Fatal("damaged checkpoints: ", state.Damaged)
		}
		d, cfg.Resume = dir, state.File
	} else if d, err = Create(path, keep); err != nil {
		t.Fatal(err)
	}
	say := func(r *trainer.Run) error { fmt.Println("step", r.Steps); return nil }
	cfg.Hooks = []trainer.Hook{
		{OnStart: say, OnStep: func(r *trainer.Run, _ trainer.Progress) error { return say(r) }},
		d.Hook(),
	}
	if _, err := trainer.Fit(t.Context(), k.net, trainer.Data{Train: train, Test: test}, cfg); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("done")
}

// never is more steps than there are.
const never = 1 << 20

// trainKilled trains in a process of its own and kills it once it is a random
// number of steps further, at most so many, and a moment later. It reports whether
// the run came to its end before.
func trainKilled(t *testing.T, path, network string, rng *rand.Rand, most int) (done bool) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestTrainUntilKilled$")
	c.Env = append(os.Environ(), "STHENO_RUN="+path, "STHENO_RUN_NETWORK="+network)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	after, first, said := most, -1, ""
	if most < never {
		after = rng.IntN(most + 1)
	}
	words := bufio.NewScanner(out)
	for words.Scan() {
		said += words.Text() + "\n"
		done = done || words.Text() == "done"
		var step int
		if _, err := fmt.Sscanf(words.Text(), "step %d", &step); err != nil {
			continue
		}
		if first < 0 {
			first = step
		}
		if step-first == after {
			time.Sleep(time.Duration(rng.IntN(4000)) * time.Microsecond)
			_ = c.Process.Kill()
		}
	}
	_ = c.Wait()
	if !done && c.ProcessState.Exited() {
		t.Fatalf("the process ended by itself:\n%s%s", said, stderr.String())
	}
	return done
}

// Runs that are killed again and again end with the bits of one that was not: its
// weights, the best ones, the history and the charts. STHENO_RUN_KILLS sets how
// often each is killed, STHENO_SEED when.
func TestKilledRunsGoOn(t *testing.T) {
	number := func(name string, usual int) int {
		text := os.Getenv(name)
		if text == "" {
			return usual
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s is %q, want a number", name, text)
		}
		return n
	}
	kills := number("STHENO_RUN_KILLS", 5)
	seed := number("STHENO_SEED", int(time.Now().UnixNano()%1_000_000))
	t.Logf("STHENO_SEED=%d", seed)
	for network := range killable {
		t.Run(network, func(t *testing.T) {
			dir := t.TempDir()
			straight := filepath.Join(dir, "straight")
			if !trainKilled(t, straight, network, nil, never) {
				t.Fatal("the run did not come to its end")
			}
			want := inspect(t, straight)
			rng := rand.New(rand.NewPCG(uint64(seed), 1))
			killed := 0
			for n := 0; killed < kills; n++ {
				path := filepath.Join(dir, fmt.Sprint("run", n))
				for done := false; !done; {
					most := 8
					if killed >= kills {
						most = never
					}
					if done = trainKilled(t, path, network, rng, most); !done {
						killed++
						consistent(t, path)
					}
				}
				got := inspect(t, path)
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("killed %d times the run ends with\n%+v\nwant\n%+v", killed, got, want)
				}
			}
			t.Logf("%d kills", killed)
		})
	}
}

// ended is what a run leaves, but for the times.
type ended struct {
	history       trainer.History
	best, weights [32]byte // SHA-256 of the files
}

func inspect(t *testing.T, path string) ended {
	t.Helper()
	out := ended{history: consistent(t, path)}
	for _, dir := range []string{path, filepath.Join(path, checkpoints)} {
		if left, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); len(left) > 0 {
			t.Errorf("left are %v", left)
		}
	}
	sameCharts(t, path, out.history)
	for i := range out.history {
		e := &out.history[i]
		e.Seconds, e.DataWait, e.ImagesPerSecond = 0, 0, 0
	}
	for name, sum := range map[string]*[32]byte{BestFile: &out.best, WeightsFile: &out.weights} {
		content, err := os.ReadFile(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		*sum = sha256.Sum256(content)
	}
	return out
}

// consistent holds the files of a run to each other, whatever happened to it, and
// returns its history.
func consistent(t *testing.T, path string) trainer.History {
	t.Helper()
	l, err := filelock.Try(filepath.Join(path, lockFile))
	if err != nil {
		t.Fatalf("the killed process left a lock: %v", err)
	}
	l.Release()
	lines, err := os.ReadFile(filepath.Join(path, HistoryFile))
	if os.IsNotExist(err) {
		return nil // killed before it began
	}
	if err != nil {
		t.Fatal(err)
	}
	var history trainer.History
	for line := range strings.Lines(string(lines)) {
		var e trainer.Epoch
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Epoch != len(history)+1 {
			t.Fatalf("line %d of the history is %q, %v", len(history)+1, line, err)
		}
		history = append(history, e)
	}
	table, err := os.ReadFile(filepath.Join(path, TableFile))
	if err == nil {
		rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
		if n := len(rows) - 1; err != nil || n != len(history) && n != len(history)-1 {
			t.Errorf("%d rows in the table, %d lines in the history, %v", len(rows)-1, len(history), err)
		}
	}
	state, err := Checkpoints(path).Newest()
	if err != nil {
		return history // killed before the first
	}
	if len(state.Damaged) > 0 {
		t.Errorf("damaged checkpoints: %v", state.Damaged)
	}
	var at struct{ History trainer.History }
	if err := json.Unmarshal([]byte(state.Metadata[trainer.MetadataKey]), &at); err != nil {
		t.Fatal(err)
	}
	if len(at.History) > len(history) {
		t.Errorf("the checkpoint is after %d epochs, the history has %d", len(at.History), len(history))
	}
	if best := at.History.Best(); best.Evaluated {
		f, err := weights.ReadFile(filepath.Join(path, BestFile))
		if err != nil {
			t.Fatal(err)
		}
		// It may be of the epoch that has no checkpoint yet.
		if got := f.Metadata["epoch"]; got != fmt.Sprint(best.Epoch) && got != fmt.Sprint(len(at.History)+1) {
			t.Errorf("%s is of epoch %s, the best after %d epochs is %d", BestFile, got, len(at.History), best.Epoch)
		}
	}
	return history
}
