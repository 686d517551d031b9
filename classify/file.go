package classify

import (
	"encoding/json"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/architectures"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/weights"
)

// MetadataKey is where a weights file holds the Description, as JSON.
const MetadataKey = "stheno.classifier"

// Save writes weights and description into one safetensors file that Open reads:
// the trained network as one thing.
func Save(path string, params *graph.Params, d Description) error {
	f, err := Pack(params, d)
	if err != nil {
		return err
	}
	return errors.WithMessage(weights.WriteFile(path, f), "classify")
}

// Pack makes the content of such a file. Its tensors share the parameters'
// memory.
func Pack(params *graph.Params, d Description) (*weights.File, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	tensors, err := weights.FromParams(params)
	if err != nil {
		return nil, errors.WithMessage(err, "classify")
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, errors.Wrap(err, "classify")
	}
	return &weights.File{Tensors: tensors, Metadata: map[string]string{MetadataKey: string(text), "format": "pt"}}, nil
}

// Open reads a file that Save wrote.
func Open(path string) (*Classifier, error) {
	r, err := weights.Open(path)
	if err != nil {
		return nil, errors.WithMessage(err, "classify")
	}
	defer r.Close()
	d, err := DescriptionOf(&r.File)
	if err != nil {
		return nil, errors.WithMessage(err, path)
	}
	c, err := restore(d, r.Load)
	return c, errors.WithMessage(err, path)
}

// Decode reads the bytes of such a file, for instance embedded in a program.
func Decode(content []byte) (*Classifier, error) {
	f, err := weights.Decode(content)
	if err != nil {
		return nil, err
	}
	d, err := DescriptionOf(f)
	if err != nil {
		return nil, err
	}
	return Restore(f.Tensors, d)
}

// DescriptionOf reads the description that Save stored with weights.
func DescriptionOf(f *weights.File) (Description, error) {
	var d Description
	text, ok := f.Metadata[MetadataKey]
	if !ok {
		return d, errors.Errorf("classify: the file has weights only, no %q in its metadata: what network it is of must be said", MetadataKey)
	}
	return d, errors.Wrap(json.Unmarshal([]byte(text), &d), "classify: description")
}

// Network is the structure that the description names.
func (d Description) Network() (graph.Block, error) {
	a, err := architectures.Lookup(d.Architecture)
	if err != nil {
		return nil, errors.WithMessage(err, "classify")
	}
	o := architectures.Options{Classes: len(d.Classes)}
	if d.Activation != "" {
		if o.Act, err = activations.Lookup(d.Activation); err != nil {
			return nil, errors.WithMessage(err, "classify")
		}
	}
	net, err := a.New(o)
	return net, errors.WithMessage(err, "classify")
}

// Restore makes a classifier of weights and the architecture that the
// description names.
func Restore(tensors []weights.Tensor, d Description) (*Classifier, error) {
	return restore(d, func(p *graph.Params) error { return weights.Load(p, tensors) })
}

func restore(d Description, load func(*graph.Params) error) (*Classifier, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	net, err := d.Network()
	if err != nil {
		return nil, err
	}
	params := graph.NewParams(0, graph.Uninitialized())
	c, err := New(net, params, d)
	if err != nil {
		return nil, err
	}
	if err := load(params); err != nil {
		c.Close()
		return nil, errors.WithMessage(err, "classify")
	}
	return c, nil
}
