package recipes

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// largest is far more than a recipe says.
const largest = 1 << 20

// Decode reads a recipe's JSON over base: fields that are not there keep what base
// has. The base's slices and maps are not changed. A field that is none, a value
// of another type and anything after the object are errors that name the field.
func Decode(text []byte, base Recipe) (Recipe, error) {
	return decode(text, base, Recipe{})
}

// Record is a run's config.json: the recipe, and what its bits depend on besides.
type Record struct {
	Recipe
	CheckpointEvery string `json:"checkpoint_every,omitempty"` // steps or time, as the demo's flag
	Threads         int    `json:"threads,omitempty"`
	ISA             string `json:"isa,omitempty"` // instruction set
}

// ReadFile reads a recipe over base from a file: one of your own, or a run's
// config.json, whose notes on the machine it was made on are passed over.
func ReadFile(path string, base Recipe) (Recipe, error) {
	info, err := os.Stat(path)
	if err != nil {
		return base, errors.Wrap(err, "recipe")
	}
	if info.Size() > largest {
		return base, errors.Errorf("%s: %d bytes, want a recipe of at most %d", path, info.Size(), largest)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return base, errors.Wrap(err, "recipe")
	}
	r, err := decode(text, Record{Recipe: clone(base)}, Record{})
	return r.Recipe, errors.WithMessage(err, path)
}

func decode[T any](text []byte, into, kind T) (T, error) {
	if r, ok := any(&into).(*Recipe); ok {
		*r = clone(*r)
	}
	if len(text) > largest {
		return kind, errors.Errorf("recipe: %d bytes, want at most %d", len(text), largest)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&into); err != nil {
		return kind, explain(err, text)
	}
	if d.More() {
		return kind, errors.New("recipe: there is more after the first object")
	}
	return into, nil
}

// clone has nothing in common with r that decoding would write to.
func clone(r Recipe) Recipe {
	text, err := json.Marshal(r)
	var out Recipe
	if err != nil || json.Unmarshal(text, &out) != nil {
		return r // not a number somewhere: Check says so
	}
	return out
}

var unknown = regexp.MustCompile(`unknown field "(.*)"`)

// explain says what a JSON error means for who wrote the file.
func explain(err error, text []byte) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return errors.Errorf("recipe: %s is a %s, want %s", kind.Field, kind.Value, plainType(kind.Type))
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		return errors.Errorf("recipe: line %d: %v", line, syntax)
	}
	if m := unknown.FindStringSubmatch(err.Error()); m != nil {
		return errors.WithMessage(lookup.Unknown("field", m[1], fields(reflect.TypeFor[Record](), nil)), "recipe")
	}
	return errors.Wrap(err, "recipe")
}

func plainType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// fields lists the names that JSON may have, those inside of others included.
func fields(t reflect.Type, names []string) []string {
	for i := range t.NumField() {
		f := t.Field(i)
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		} else if !f.Anonymous && f.IsExported() {
			names = append(names, f.Name)
		}
		if inner.Kind() == reflect.Struct {
			names = fields(inner, names)
		}
	}
	return names
}
