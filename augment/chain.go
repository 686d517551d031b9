package augment

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// Step changes a picture by chance. It is a configuration that does not change, so any number of
// goroutines may apply it, each to a picture of its own.
type Step interface {
	// Name is what it is called in JSON.
	Name() string
	// Check refuses settings that mean nothing.
	Check() error
	// Apply changes the picture as r draws. The settings have been checked, and the shape is that of
	// the picture's pixels.
	Apply(p *Picture, r *Rand) error
}

// Chain is steps that are taken one after the other.
//
// In JSON it is a list of objects, each with the step's name and the settings that are not the
// default, or of names alone:
//
//	["random_resized_crop", {"name": "color_jitter", "brightness": 0.4}]
type Chain []Step

// kinds are the steps that JSON can name, each with its zero value.
var kinds = []Step{
	RandomResizedCrop{}, ColorJitter{}, Rotation{}, Affine{}, GaussianBlur{}, Flip{},
	RandAugment{}, TrivialAugment{}, AutoAugment{}, Operation{},
}

// Names lists the steps that Lookup and JSON know.
func Names() []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k.Name()
	}
	return out
}

// Lookup returns a step with its default settings by its name ("trivial_augment").
func Lookup(name string) (Step, error) {
	i := lookup.Find(name, Names())
	if i < 0 {
		return nil, lookup.Unknown("augmentation", name, Names())
	}
	return kinds[i], nil
}

// Check refuses steps that are nil or whose settings mean nothing, and names the place:
//
//	step 1 (rand_augment): magnitude is 40, want 0 to 30
func (c Chain) Check() error {
	for i, s := range c {
		if s == nil || reflect.ValueOf(s).Kind() == reflect.Pointer && reflect.ValueOf(s).IsNil() {
			return errors.Errorf("step %d is nil", i)
		}
		if err := s.Check(); err != nil {
			return errors.WithMessagef(err, "step %d (%s)", i, s.Name())
		}
		if _, first := s.(RandomResizedCrop); first && i > 0 {
			return errors.Errorf("step %d (%s): it cuts out of the picture as it is in the file, want it first", i, s.Name())
		}
	}
	return nil
}

// Apply takes the steps in turn, drawing what happens from r. The chain has been checked.
func (c Chain) Apply(p *Picture, r *Rand) error {
	if err := p.whole(); err != nil {
		return err
	}
	for i, s := range c {
		if err := s.Apply(p, r); err != nil {
			return errors.WithMessagef(err, "step %d (%s)", i, s.Name())
		}
	}
	return nil
}

// Cuts tells whether the chain begins with a RandomResizedCrop and so wants pictures as large as they
// are. Its Size has to be what follows then.
func (c Chain) Cuts() bool {
	if len(c) == 0 {
		return false
	}
	_, ok := c[0].(RandomResizedCrop)
	return ok
}

// Sized is the chain whose RandomResizedCrop makes pictures of a shape, where it names no size.
func (c Chain) Sized(s imaging.Shape) Chain {
	if !c.Cuts() {
		return c
	}
	crop := c[0].(RandomResizedCrop)
	if crop.Height == 0 && crop.Width == 0 {
		crop.Height, crop.Width = s.Height, s.Width
		c = slices.Clone(c)
		c[0] = crop
	}
	return c
}

// MarshalJSON writes the chain as UnmarshalJSON reads it.
func (c Chain) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('[')
	for i, s := range c {
		if s == nil {
			return nil, errors.Errorf("augment: step %d is nil", i)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(s.Name())
		if err != nil {
			return nil, err
		}
		settings, err := json.Marshal(s)
		if err != nil {
			return nil, errors.Wrapf(err, "augment: step %d (%s)", i, s.Name())
		}
		if settings = bytes.TrimSpace(settings); len(settings) < 2 || settings[0] != '{' {
			return nil, errors.Errorf("augment: step %d (%s) is no object in JSON", i, s.Name())
		}
		if string(settings) == "{}" {
			out.Write(name)
			continue
		}
		out.WriteString(`{"name":`)
		out.Write(name)
		out.WriteByte(',')
		out.Write(settings[1:])
	}
	out.WriteByte(']')
	return out.Bytes(), nil
}

// UnmarshalJSON reads a chain. It refuses names and settings that it doesn't know, and settings that
// mean nothing.
func (c *Chain) UnmarshalJSON(text []byte) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return errors.Wrap(err, "augmentation: want a list of steps")
	}
	var out Chain
	for i, item := range items {
		s, err := readStep(item)
		if err != nil {
			return errors.WithMessagef(err, "augmentation: step %d", i)
		}
		out = append(out, s)
	}
	if err := out.Check(); err != nil {
		return errors.WithMessage(err, "augmentation")
	}
	*c = out
	return nil
}

func readStep(text []byte) (Step, error) {
	var name string
	if json.Unmarshal(text, &name) == nil {
		return Lookup(name)
	}
	var settings map[string]json.RawMessage
	if err := json.Unmarshal(text, &settings); err != nil {
		return nil, errors.New(`want a name, or an object such as {"name": "rotation", "degrees": 15}`)
	}
	if err := json.Unmarshal(settings["name"], &name); err != nil {
		return nil, errors.Errorf(`has no "name", want one of %s`, strings.Join(Names(), ", "))
	}
	kind, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	delete(settings, "name")
	known := settingsOf(kind)
	for key := range settings {
		if !slices.Contains(known, key) {
			return nil, errors.WithMessage(lookup.Unknown("setting", key, known), kind.Name())
		}
	}
	if text, err = json.Marshal(settings); err != nil {
		return nil, err
	}
	target := reflect.New(reflect.TypeOf(kind))
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(target.Interface()); err != nil && err != io.EOF {
		return nil, errors.Wrap(err, kind.Name())
	}
	return target.Elem().Interface().(Step), nil
}

// settingsOf lists a step's settings as JSON names them.
func settingsOf(s Step) []string {
	t := reflect.TypeOf(s)
	var out []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}
