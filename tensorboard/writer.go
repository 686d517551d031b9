// Package tensorboard writes event files that TensorBoard reads.
//
//	w, err := tensorboard.Create("runs/mnist")
//	err = w.Scalar("loss/train", 100, 0.42)
//	err = w.Close()
//
// An event file is a sequence of records, each a length, a checksum of the
// length, a protocol buffer and its checksum (TensorFlow's record format).
package tensorboard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/errors"
	"google.golang.org/protobuf/encoding/protowire"
)

// Writer appends to one event file. It is not safe for use by two goroutines at
// once.
type Writer struct {
	file *os.File
	now  func() time.Time
	err  error
}

// Create makes a new event file in a folder, which it makes when it is missing.
// A folder may hold several: TensorBoard shows them as one run.
func Create(dir string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, errors.Wrap(err, "tensorboard")
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	stamp, err := after(dir, time.Now().Unix())
	if err != nil {
		return nil, err
	}
	var file *os.File
	for n := 0; ; n++ { // another process may have been as quick
		name := fmt.Sprintf("%s%010d.%s.%d.%d", prefix, stamp, filepath.Base(host), os.Getpid(), n)
		file, err = os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, os.ErrExist) {
			break
		}
	}
	if err != nil {
		return nil, errors.Wrap(err, "tensorboard")
	}
	w := &Writer{file: file, now: time.Now}
	version := protowire.AppendTag(nil, 3, protowire.BytesType) // Event.file_version
	version = protowire.AppendString(version, "brain.Event:2")
	w.event(0, version)
	if w.err != nil {
		file.Close()
		return nil, w.err
	}
	return w, nil
}

// prefix begins the names of event files; the second in which one began follows.
const prefix = "events.out.tfevents."

// after is the second for a new file's name, now or later: files are read in the
// order of their names, and this one comes after those that are there, whatever
// became of the clock.
func after(dir string, now int64) (int64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, errors.Wrap(err, "tensorboard")
	}
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), prefix)
		digits, _, _ := strings.Cut(rest, ".")
		const last = 9_999_999_998 // of ten digits, but for one to come after it
		if n, err := strconv.ParseInt(digits, 10, 64); ok && err == nil && n >= now && n <= last {
			now = n + 1
		}
	}
	return now, nil
}

// Path is the file's name.
func (w *Writer) Path() string { return w.file.Name() }

// Scalar records a number at a step under a tag such as "loss/train"; what
// stands before the slash groups the charts. A record is in the file when Scalar
// returns. After an error all further calls return it.
func (w *Writer) Scalar(tag string, step int64, value float64) error {
	v := protowire.AppendTag(nil, 1, protowire.BytesType) // Value.tag
	v = protowire.AppendString(v, tag)
	v = protowire.AppendTag(v, 2, protowire.Fixed32Type) // Value.simple_value
	v = protowire.AppendFixed32(v, math.Float32bits(float32(value)))
	s := protowire.AppendTag(nil, 1, protowire.BytesType) // Summary.value
	s = protowire.AppendBytes(s, v)
	e := protowire.AppendTag(nil, 5, protowire.BytesType) // Event.summary
	return w.event(step, protowire.AppendBytes(e, s))
}

// Resume says that training went on from a step: what earlier files of the folder
// have of later steps was lost, and TensorBoard drops it.
func (w *Writer) Resume(step int64) error {
	const start = 1
	l := protowire.AppendTag(nil, 1, protowire.VarintType) // SessionLog.status
	l = protowire.AppendVarint(l, start)
	e := protowire.AppendTag(nil, 7, protowire.BytesType) // Event.session_log
	return w.event(step+1, protowire.AppendBytes(e, l))
}

// Sync waits until all that was recorded is on the disk.
func (w *Writer) Sync() error {
	if w.err == nil {
		w.err = errors.Wrap(w.file.Sync(), "tensorboard")
	}
	return w.err
}

// event writes one record: the time and the step, then the rest of its fields.
func (w *Writer) event(step int64, rest []byte) error {
	if w.err != nil {
		return w.err
	}
	e := protowire.AppendTag(nil, 1, protowire.Fixed64Type) // Event.wall_time
	e = protowire.AppendFixed64(e, math.Float64bits(float64(w.now().UnixNano())/1e9))
	e = protowire.AppendTag(e, 2, protowire.VarintType) // Event.step
	e = protowire.AppendVarint(e, uint64(step))
	_, err := w.file.Write(record(append(e, rest...)))
	w.err = errors.Wrap(err, "tensorboard")
	return w.err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is the CRC-32C, masked so that checksums of checksums are sound.
func checksum(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// record frames a message.
func record(message []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint64(nil, uint64(len(message)))
	b = le.AppendUint32(b, checksum(b))
	b = append(b, message...)
	return le.AppendUint32(b, checksum(message))
}

// Close closes the file.
func (w *Writer) Close() error { return errors.Wrap(w.file.Close(), "tensorboard") }
