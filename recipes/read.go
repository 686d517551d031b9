package recipes

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// largest is far more than a recipe says.
const largest = 1 << 20

// Decode reads a recipe's JSON over base: fields that are not there keep what base
// has, those that are there replace it whole, and null takes it away. Base itself
// is not changed. A text that says "recipe" and not all that every run's
// config.json says begins at the recipe of that name, instead of at base.
//
// A field that is none, a value of another type and anything after the object are
// errors that name the place.
func Decode(text []byte, base Recipe) (Recipe, error) {
	return decode(text, base, func(r *Recipe) *Recipe { return r })
}

// ReadFile reads a recipe over base from a file, as Decode does: one of your own, or
// a run's config.json, whose notes on the machine it was made on are passed over.
func ReadFile(path string, base Recipe) (Recipe, error) {
	r, err := ReadRecord(path, base)
	return r.Recipe, err
}

// ReadRecord is ReadFile with those notes.
func ReadRecord(path string, base Recipe) (Record, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Record{}, errors.Wrap(err, "recipe")
	}
	if info.Size() > largest {
		return Record{}, errors.Errorf("%s: %d bytes, want a recipe of at most %d", path, info.Size(), largest)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Record{}, errors.Wrap(err, "recipe")
	}
	r, err := decode(text, Record{Recipe: base}, func(r *Record) *Recipe { return &r.Recipe })
	return r, errors.WithMessage(err, path)
}

// decode reads text over a recipe, or what has one in it.
func decode[T any](text []byte, into T, recipe func(*T) *Recipe) (T, error) {
	var none T
	if len(text) > largest {
		return none, errors.Errorf("recipe: %d bytes, want at most %d", len(text), largest)
	}
	var said map[string]json.RawMessage
	if err := json.Unmarshal(text, &said); err != nil {
		return none, explain(err, text)
	}
	if said == nil {
		return none, errors.New("recipe: null, want an object")
	}
	kind := reflect.TypeFor[T]()
	if err := stray(text, kind); err != nil {
		return none, errors.WithMessage(err, "recipe")
	}
	r := recipe(&into)
	var err error
	if *r, err = r.under(said); err != nil {
		return none, err
	}
	// What is there has to be new: decoding would write into the elements of base.
	v := reflect.ValueOf(&into).Elem()
	for name, index := range fields(kind) {
		if _, ok := said[name]; ok {
			v.FieldByIndex(index).SetZero()
		}
	}
	if err := json.Unmarshal(text, &into); err != nil {
		return none, explain(err, text)
	}
	return into, nil
}

// under is the recipe that those fields are read over.
func (r Recipe) under(said map[string]json.RawMessage) (Recipe, error) {
	has := func(name string) bool { _, ok := said[name]; return ok }
	var name, optimizer string
	_ = json.Unmarshal(said["recipe"], &name) // of another type: decoding says so
	_ = json.Unmarshal(said["optimizer"], &optimizer)
	whole := true // every run's config.json has these
	for _, f := range []string{"arch", "data", "epochs", "batch", "seed", "optimizer", "schedule"} {
		whole = whole && has(f)
	}
	switch {
	case whole:
		r = Recipe{}
	case name == "":
	case r.Name == "":
		var err error
		if r, err = Lookup(name); err != nil {
			return r, errors.WithMessage(err, "recipe")
		}
	case lookup.Fold(name) != lookup.Fold(r.Name):
		return r, errors.Errorf("recipe: the text begins at %q, and is read over %q: want the same", name, r.Name)
	}
	if optimizer != "" && lookup.Fold(optimizer) != lookup.Fold(r.Optimizer) {
		r.OptimizerArgs = nil
	}
	switch {
	case has("augmentation") && !has("augment"):
		r.Augment = false
	case has("augment") && !has("augmentation"):
		r.Augmentation = nil
	}
	return r, nil
}

// explain says what a JSON error means for who wrote the file.
func explain(err error, text []byte) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return errors.Errorf("recipe: %s, want an object", kind.Value)
	case errors.As(err, &kind):
		return errors.Errorf("recipe: %s is a %s, want %s", strings.TrimPrefix(kind.Field, "Recipe."), kind.Value, plainType(kind.Type))
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		return errors.Errorf("recipe: line %d: %v", line, syntax)
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
