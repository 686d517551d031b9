package tensorboard

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// The checksum of "123456789" is 0xe3069283 (RFC 3720, appendix B.4, gives the
// polynomial); masked it is rotated by 15 bits and moved by a constant.
func TestChecksum(t *testing.T) {
	c := uint32(0xe3069283)
	if got, want := checksum([]byte("123456789")), (c>>15|c<<17)+0xa282ead8; got != want {
		t.Errorf("checksum is %x, want %x", got, want)
	}
}

func TestRecordsAreFramed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "run")
	w, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	w.now = func() time.Time { return time.Unix(1, 500_000_000) }
	if err := w.Scalar("loss/train", 7, 0.25); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Scalar("loss/train", 8, 0.25); err == nil {
		t.Error("writing to a closed file is no error")
	}
	content, err := os.ReadFile(w.Path())
	if err != nil {
		t.Fatal(err)
	}
	var wall, value float64
	var step uint64
	var tag string
	n := 0
	for len(content) > 0 {
		length := int(content[0])
		message := content[12 : 12+length]
		if !bytes.Equal(record(message), content[:16+length]) {
			t.Fatalf("record %d is not framed as it should be", n)
		}
		content = content[16+length:]
		n++
		for len(message) > 0 {
			num, kind, k := protowire.ConsumeTag(message)
			message = message[k:]
			switch {
			case num == 1 && kind == protowire.Fixed64Type:
				v, k := protowire.ConsumeFixed64(message)
				wall, message = math.Float64frombits(v), message[k:]
			case num == 2:
				v, k := protowire.ConsumeVarint(message)
				step, message = v, message[k:]
			default:
				v, k := protowire.ConsumeBytes(message)
				message = message[k:]
				if num == 5 { // summary { value { tag, simple_value } }
					_, _, k = protowire.ConsumeTag(v)
					v, _ = protowire.ConsumeBytes(v[k:])
					_, _, k = protowire.ConsumeTag(v)
					text, m := protowire.ConsumeString(v[k:])
					tag = text
					v = v[k+m:]
					_, _, k = protowire.ConsumeTag(v)
					bits, _ := protowire.ConsumeFixed32(v[k:])
					value = float64(math.Float32frombits(bits))
				}
			}
		}
	}
	if n != 2 || wall != 1.5 || step != 7 || tag != "loss/train" || value != 0.25 {
		t.Errorf("%d records, the last at %v, step %d, %q = %v", n, wall, step, tag, value)
	}
	second, err := Create(dir)
	if err != nil || second.Path() == w.Path() {
		t.Errorf("a second file: %v, %v", second, err)
	}
	second.Close()
}

// Files are read in the order of their names: a later one comes later, also in the
// same second and after the clock was set back.
func TestLaterFilesHaveLaterNames(t *testing.T) {
	dir := t.TempDir()
	future := filepath.Join(dir, fmt.Sprintf("events.out.tfevents.%010d.host.7.0", time.Now().Unix()+5000))
	for _, name := range []string{future, filepath.Join(dir, "events.out.tfevents.what"), filepath.Join(dir, "events.out.tfevents.99999999999999999999.x")} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	last := future
	for range 12 {
		w, err := Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		w.Close()
		if filepath.Base(w.Path()) <= filepath.Base(last) {
			t.Errorf("%s comes before %s", filepath.Base(w.Path()), filepath.Base(last))
		}
		last = w.Path()
	}
}
