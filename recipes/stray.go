package recipes

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// stray finds a name in JSON that the type has no field for, in objects and lists
// of objects inside, too: groups[1]: unknown field "mach". What is of another type
// than it should be is left to decoding.
func stray(text []byte, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice:
		var list []json.RawMessage
		if json.Unmarshal(text, &list) != nil {
			return nil
		}
		for i, e := range list {
			if err := stray(e, t.Elem()); err != nil {
				return within(fmt.Sprintf("[%d]", i), err)
			}
		}
	case reflect.Struct:
		var object map[string]json.RawMessage
		if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) || json.Unmarshal(text, &object) != nil {
			return nil
		}
		known := fields(t)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			index, ok := known[name]
			if !ok {
				return lookup.Unknown("field", name, slices.Sorted(maps.Keys(known)))
			}
			if err := stray(object[name], t.FieldByIndex(index).Type); err != nil {
				return within(name, err)
			}
		}
	}
	return nil
}

// placed is an error somewhere in an object.
type placed struct {
	place string
	err   error
}

func (p *placed) Error() string { return p.place + ": " + p.err.Error() }

// within puts the name of what is around an error before its place.
func within(name string, err error) error {
	var p *placed
	switch {
	case !errors.As(err, &p):
		return &placed{name, err}
	case strings.HasPrefix(p.place, "["):
		return &placed{name + p.place, p.err}
	}
	return &placed{name + "." + p.place, p.err}
}

// fields are a struct's fields by their names in JSON.
func fields(t reflect.Type) map[string][]int {
	out := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous || !f.IsExported() || name == "-":
			continue
		case name == "":
			name = f.Name
		}
		out[name] = f.Index
	}
	return out
}
