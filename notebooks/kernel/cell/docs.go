package cell

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"sync"
)

// Entry is the documentation of one exported name.
type Entry struct {
	Decl string `json:"d"`           // as Go writes it
	Doc  string `json:"c,omitempty"` // the comment
}

// generic reports whether the name is a generic function or type.
func (e Entry) generic() bool {
	head, rest, _ := strings.Cut(e.Decl, " ")
	if head != "func" && head != "type" {
		return false
	}
	name := strings.IndexFunc(rest, func(r rune) bool { return r == '[' || r == '(' || r == ' ' })
	return name >= 0 && rest[name] == '['
}

// Documentation is what package doc comments say: by package path, then by name:
// "Fit", "Config", "Config.Epochs", "Run.Program"; the package itself is "".
type Documentation map[string]map[string]Entry

var (
	packed   []byte
	unpacked Documentation
	unpack   sync.Once
)

// SetDocumentation hands over the documentation, as JSON under gzip. The package
// of bindings does so when the kernel starts.
func SetDocumentation(data []byte) { packed = data }

// lookup finds what a package's comments say of a name.
func lookup(path, name string) (Entry, bool) {
	unpack.Do(func() {
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err == nil {
			err = json.NewDecoder(r).Decode(&unpacked)
		}
		if err != nil {
			unpacked = nil // a kernel without documentation still answers with types
		}
	})
	e, ok := unpacked[path][name]
	return e, ok
}
