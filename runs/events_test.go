package runs

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stheno-ml/stheno/trainer"
	"google.golang.org/protobuf/encoding/protowire"
)

// point is a value of a chart.
type point struct {
	step  int64
	value float32
}

// charts reads a folder's event files as TensorBoard does: in the order of their
// names, and where training went on from a step, later ones that came before are
// dropped.
func charts(t *testing.T, dir string) map[string][]point {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*")) // sorted
	if err != nil || len(files) == 0 {
		t.Fatalf("event files %v, %v", files, err)
	}
	out := map[string][]point{}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for len(content) > 0 {
			message, rest := unframe(t, content)
			content = rest
			step, resumed, tag, value := event(t, message)
			if resumed {
				for tag, points := range out {
					kept := points[:0:0]
					for _, p := range points {
						if p.step < step {
							kept = append(kept, p)
						}
					}
					out[tag] = kept
				}
			}
			if tag != "" {
				out[tag] = append(out[tag], point{step, value})
			}
		}
	}
	return out
}

// unframe takes the first record off: its length, a checksum, the message and its
// checksum.
func unframe(t *testing.T, b []byte) (message, rest []byte) {
	t.Helper()
	masked := func(b []byte) uint32 {
		c := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
		return (c>>15 | c<<17) + 0xa282ead8
	}
	le := binary.LittleEndian
	if len(b) < 16 || le.Uint32(b[8:]) != masked(b[:8]) || le.Uint64(b) > uint64(len(b)-16) {
		t.Fatalf("a record of %d bytes is damaged", len(b))
	}
	n := le.Uint64(b)
	message = b[12 : 12+n]
	if le.Uint32(b[12+n:]) != masked(message) {
		t.Fatal("a record's message is damaged")
	}
	return message, b[16+n:]
}

// event reads an Event: its step, whether it is the start of a session, and its
// scalar.
func event(t *testing.T, b []byte) (step int64, resumed bool, tag string, value float32) {
	t.Helper()
	fields(t, b, func(num protowire.Number, n uint64, b []byte) {
		switch num {
		case 2:
			step = int64(n)
		case 7: // SessionLog { status = 1 }
			fields(t, b, func(num protowire.Number, n uint64, _ []byte) { resumed = resumed || num == 1 && n == 1 })
		case 5: // Summary { Value { tag = 1, simple_value = 2 } }
			fields(t, b, func(_ protowire.Number, _ uint64, b []byte) {
				fields(t, b, func(num protowire.Number, n uint64, b []byte) {
					if num == 1 {
						tag = string(b)
					} else {
						value = math.Float32frombits(uint32(n))
					}
				})
			})
		}
	})
	return step, resumed, tag, value
}

// fields calls f for every field of a message.
func fields(t *testing.T, b []byte, f func(num protowire.Number, n uint64, bytes []byte)) {
	t.Helper()
	for len(b) > 0 {
		num, kind, k := protowire.ConsumeTag(b)
		if k < 0 {
			t.Fatal("an event is no protocol buffer")
		}
		b = b[k:]
		var n uint64
		var bytes []byte
		switch kind {
		case protowire.VarintType:
			n, k = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			n, k = protowire.ConsumeFixed64(b)
		case protowire.Fixed32Type:
			var v uint32
			v, k = protowire.ConsumeFixed32(b)
			n = uint64(v)
		default:
			bytes, k = protowire.ConsumeBytes(b)
		}
		if k < 0 {
			t.Fatal("an event is no protocol buffer")
		}
		f(num, n, bytes)
		b = b[k:]
	}
}

// sameCharts holds the event files to a history: a point an epoch and tag, rounded
// to float32.
func sameCharts(t *testing.T, dir string, history trainer.History) {
	t.Helper()
	want := map[string][]point{}
	step := int64(0)
	for _, e := range history {
		step += int64(e.Steps)
		add := func(tag string, v float64) { want[tag] = append(want[tag], point{step, float32(v)}) }
		add("loss/train", e.TrainLoss)
		add("learning_rate", e.LR)
		add("images_per_second", e.ImagesPerSecond)
		if e.HasAccuracy() {
			add("accuracy/train", e.TrainAccuracy)
		}
		if e.Evaluated {
			add("loss/test", e.TestLoss)
			if e.HasAccuracy() {
				add("accuracy/test", e.TestAccuracy)
			}
		}
	}
	got := charts(t, dir)
	for tag, points := range want {
		if len(got[tag]) != len(points) {
			t.Errorf("%s: events %v, want %v", tag, got[tag], points)
			continue
		}
		for i, p := range points {
			if got[tag][i] != p {
				t.Errorf("%s: event %d is %v, want %v", tag, i, got[tag][i], p)
			}
		}
		delete(got, tag)
	}
	for tag, points := range got {
		t.Errorf("events %s: %v, of which the history has nothing", tag, points)
	}
}

// The events' figures are those of the history.
func TestEventsAreTheHistory(t *testing.T) {
	net, data, cfg, keep := problem(t)
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, keep)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	cfg.EvalEvery = 2
	cfg.Hooks = []trainer.Hook{d.Hook()}
	run, err := trainer.Fit(t.Context(), net, data, cfg)
	if err != nil {
		t.Fatal(err)
	}
	sameCharts(t, path, run.History)
}
