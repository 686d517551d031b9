// Package faulty is a file system for tests: in memory, failing at a chosen
// operation, and able to show every state that a disk may be in after a power
// cut.
package faulty

import (
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stheno-ml/stheno/internal/atomicfile"
)

var _ atomicfile.FS = (*Disk)(nil)

// Disk is a file system whose folders are all there. Its zero value is empty and
// works.
type Disk struct {
	// FailAt makes the operation of that number, counted from 1, fail with
	// Err, and with Lasting every one after it. 0 fails none.
	FailAt  int
	Lasting bool
	Err     error

	mu      sync.Mutex
	count   int
	made    int
	names   map[string]*inode
	history []event
	start   map[string][]byte // content before the history
}

type inode struct {
	id      int
	content []byte
}

// event is one operation that succeeded.
type event struct {
	kind     string // create, write, sync, rename, remove, syncfolder
	id       int    // of the file
	from, to string
	data     []byte
}

// Operations is the number of operations so far, failed ones included.
func (d *Disk) Operations() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count
}

// begin counts an operation and says whether it fails.
func (d *Disk) begin(what, path string) error {
	d.count++
	if d.FailAt > 0 && (d.count == d.FailAt || d.Lasting && d.count > d.FailAt) {
		err := d.Err
		if err == nil {
			err = fmt.Errorf("injected fault")
		}
		return &os.PathError{Op: what, Path: path, Err: err}
	}
	if d.names == nil {
		d.names = map[string]*inode{}
	}
	return nil
}

// CreateTemp implements atomicfile.FS.
func (d *Disk) CreateTemp(dir, prefix, suffix string) (atomicfile.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin("create", prefix); err != nil {
		return nil, err
	}
	d.made++
	name := filepath.Join(dir, fmt.Sprintf("%s%d%s", prefix, d.made, suffix))
	f := &inode{id: d.made}
	d.names[name] = f
	d.history = append(d.history, event{kind: "create", id: f.id, to: name})
	return &file{d, f, name}, nil
}

// Rename implements atomicfile.FS.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin("rename", from); err != nil {
		return err
	}
	f := d.names[from]
	if f == nil {
		return &os.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	delete(d.names, from)
	d.names[to] = f
	d.history = append(d.history, event{kind: "rename", id: f.id, from: from, to: to})
	return nil
}

// Remove implements atomicfile.FS.
func (d *Disk) Remove(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin("remove", path); err != nil {
		return err
	}
	if d.names[path] == nil {
		return &os.PathError{Op: "remove", Path: path, Err: fs.ErrNotExist}
	}
	delete(d.names, path)
	d.history = append(d.history, event{kind: "remove", from: path})
	return nil
}

// SyncFolder implements atomicfile.FS.
func (d *Disk) SyncFolder(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin("sync", dir); err != nil {
		return err
	}
	d.history = append(d.history, event{kind: "syncfolder", to: filepath.Clean(dir)})
	return nil
}

// ReadFile implements atomicfile.FS.
func (d *Disk) ReadFile(path string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin("read", path); err != nil {
		return nil, err
	}
	f := d.names[path]
	if f == nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return slices.Clone(f.content), nil
}

// ReadDir implements atomicfile.FS.
func (d *Disk) ReadDir(dir string) ([]fs.DirEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin("readdir", dir); err != nil {
		return nil, err
	}
	var list []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if filepath.Dir(name) == filepath.Clean(dir) {
			list = append(list, entry{filepath.Base(name), int64(len(d.names[name].content))})
		}
	}
	return list, nil
}

// Mode implements atomicfile.FS. It is no operation that can fail.
func (d *Disk) Mode(path string) (os.FileMode, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names[path] == nil {
		return 0, fs.ErrNotExist
	}
	return 0o644, nil
}

// Names lists the files, temporary ones included.
func (d *Disk) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names))
}

type file struct {
	disk *Disk
	node *inode
	name string
}

func (f *file) Name() string { return f.name }

// Write writes half of the bytes when it fails, as a full disk does.
func (f *file) Write(b []byte) (int, error) {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.begin("write", f.name)
	n := len(b)
	if err != nil {
		n /= 2
	}
	f.node.content = append(f.node.content, b[:n]...)
	d.history = append(d.history, event{kind: "write", id: f.node.id, data: slices.Clone(b[:n])})
	return n, err
}

func (f *file) Chmod(os.FileMode) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.disk.begin("chmod", f.name)
}

func (f *file) Sync() error {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin("sync", f.name); err != nil {
		return err
	}
	d.history = append(d.history, event{kind: "sync", id: f.node.id})
	return nil
}

func (f *file) Close() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.disk.begin("close", f.name)
}

type entry struct {
	name string
	size int64
}

func (e entry) Name() string               { return e.name }
func (e entry) IsDir() bool                { return false }
func (e entry) Type() fs.FileMode          { return 0 }
func (e entry) Info() (fs.FileInfo, error) { return info{e}, nil }

type info struct{ entry }

func (i info) Size() int64       { return i.size }
func (i info) Mode() fs.FileMode { return 0o644 }
func (i info) ModTime() (t time.Time) {
	return t
}
func (i info) Sys() any { return nil }

// Events is the number of operations so far that changed something.
func (d *Disk) Events() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.history)
}

// State is a disk after a power cut.
type State struct {
	*Disk
	Done  int    // events before the cut, see Disk.Events
	After string // what had happened, for messages
}

// PowerCuts shows every state that the disk may be in after a power cut between
// any two operations of its history: the names of each folder as of its last sync
// and any number of changes after it, in order; what was written to a file after
// its last sync there, missing, half there, or zeros.
func (d *Disk) PowerCuts() iter.Seq[State] {
	return func(yield func(State) bool) {
		for n := 0; n <= len(d.history); n++ {
			past := d.history[:n]
			for _, changes := range choices(unsyncedNames(past)) {
				for _, lost := range []string{"kept", "missing", "torn", "zeros"} {
					s := State{d.rebuild(past, changes, lost), n, fmt.Sprintf("%s; later names %v, unsynced bytes %s", describe(past), changes, lost)}
					if !yield(s) {
						return
					}
				}
			}
		}
	}
}

func naming(e event) bool { return e.kind == "create" || e.kind == "rename" || e.kind == "remove" }

// folder is the one whose names an event changes or syncs.
func (e event) folder() string {
	switch e.kind {
	case "syncfolder":
		return e.to
	case "remove":
		return filepath.Dir(e.from)
	}
	return filepath.Dir(e.to)
}

// unsyncedNames counts each folder's changes since its last sync.
func unsyncedNames(past []event) map[string]int {
	n := map[string]int{}
	for _, e := range past {
		switch {
		case e.kind == "syncfolder":
			delete(n, e.folder())
		case naming(e):
			n[e.folder()]++
		}
	}
	return n
}

// choices lists how many of each folder's changes may have reached the disk.
func choices(most map[string]int) []map[string]int {
	out := []map[string]int{{}}
	for _, dir := range slices.Sorted(maps.Keys(most)) {
		var longer []map[string]int
		for _, c := range out {
			for n := 0; n <= most[dir]; n++ {
				with := maps.Clone(c)
				with[dir] = n
				longer = append(longer, with)
			}
		}
		out = longer
	}
	return out
}

func (d *Disk) rebuild(past []event, changes map[string]int, lost string) *Disk {
	out := &Disk{names: map[string]*inode{}, made: d.made}
	for name, content := range d.start {
		out.names[name] = &inode{content: slices.Clone(content)}
	}
	type written struct{ synced, rest []byte }
	files := map[int]*written{}
	durable := map[string]int{} // events of a folder before this index have durable names
	for i, e := range past {
		switch e.kind {
		case "create":
			files[e.id] = &written{}
		case "write":
			files[e.id].rest = append(files[e.id].rest, e.data...)
		case "sync":
			w := files[e.id]
			w.synced, w.rest = append(w.synced, w.rest...), nil
		case "syncfolder":
			durable[e.folder()] = i
		}
	}
	nodes := map[int]*inode{}
	for id, w := range files {
		content := slices.Clone(w.synced)
		switch lost {
		case "kept":
			content = append(content, w.rest...)
		case "torn":
			content = append(content, w.rest[:len(w.rest)/2]...)
		case "zeros":
			content = append(content, make([]byte, len(w.rest))...)
		}
		nodes[id] = &inode{id: id, content: content}
	}
	left := maps.Clone(changes)
	for i, e := range past {
		if !naming(e) {
			continue
		}
		if dir := e.folder(); i >= durable[dir] {
			if left[dir] == 0 {
				continue
			}
			left[dir]--
		}
		switch e.kind {
		case "create":
			out.names[e.to] = nodes[e.id]
		case "rename":
			delete(out.names, e.from)
			out.names[e.to] = nodes[e.id]
		case "remove":
			delete(out.names, e.from)
		}
	}
	return out
}

func describe(past []event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d operations", len(past))
	if len(past) > 0 {
		e := past[len(past)-1]
		fmt.Fprintf(&b, ", the last %s %s%s", e.kind, e.from, e.to)
	}
	return b.String()
}

// Settle forgets the history: what is there now is on the disk for good.
func (d *Disk) Settle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.start = map[string][]byte{}
	for name, f := range d.names {
		d.start[name] = slices.Clone(f.content)
	}
	d.history = nil
	d.count = 0
}
