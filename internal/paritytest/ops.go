package paritytest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// Ops is a file of operations and activations.
type Ops struct {
	File           string `json:"-"`
	Cases          []OpCase
	ActivationGrid []float64 `json:"activation_grid"`
	// Activations by name, parameters after an underscore: "leaky_relu_0.2".
	Activations map[string]Activation
}

// Activation holds value and derivative at each point of the grid.
type Activation struct {
	Y  []float64 `json:"y"`
	DY []float64 `json:"dy_dx"`
}

// OpCase is one operation with its results.
type OpCase struct {
	Name    string
	Case    Op
	Float64 OpResult
}

// OpResult holds the shape of y and briefs by name: y, dx, dweight, dbias,
// running_mean_after, running_var_after.
type OpResult struct {
	YShape []int
	Briefs map[string]Brief
}

// UnmarshalJSON sorts the shape from the briefs.
func (r *OpResult) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	r.Briefs = map[string]Brief{}
	for name, v := range raw {
		if name == "y_shape" {
			if err := json.Unmarshal(v, &r.YShape); err != nil {
				return errors.Wrap(err, name)
			}
			continue
		}
		var b Brief
		if err := json.Unmarshal(v, &b); err != nil {
			return errors.Wrap(err, name)
		}
		r.Briefs[name] = b
	}
	return nil
}

// Pair is a value per spatial axis, {vertical, horizontal}. In JSON it may be
// a single number, which then holds for both.
type Pair [2]int

// UnmarshalJSON accepts a number or a list of two.
func (p *Pair) UnmarshalJSON(data []byte) error {
	var one int
	if json.Unmarshal(data, &one) == nil {
		*p = Pair{one, one}
		return nil
	}
	var two []int
	if err := json.Unmarshal(data, &two); err != nil {
		return err
	}
	if len(two) != 2 {
		return errors.Errorf("%s: want a number or two", data)
	}
	*p = Pair{two[0], two[1]}
	return nil
}

// Op is an operation's attributes. Those that an operation does not have are
// zero, those that the file leaves out have PyTorch's default.
type Op struct {
	Op         string
	N, C, H, W int
	// Out is the number of output channels (use OutChannels) or, of adaptive
	// pooling, the output's height and width.
	Out             Pair
	Kernel          Pair
	Stride          Pair
	Pad             Pair
	OutputPad       Pair `json:"output_pad"`
	Dilation        Pair
	Groups          int
	Bias            bool
	CeilMode        bool `json:"ceil_mode"`
	CountIncludePad bool `json:"count_include_pad"`
	Momentum, Eps   float64
	Size            int
	Alpha, Beta, K  float64
	LabelSmoothing  float64 `json:"label_smoothing"`
	Scale           float64
	Pieces          int
}

// OutChannels is the number of output channels or features.
func (o Op) OutChannels() int { return o.Out[0] }

// UnmarshalJSON fills in defaults and refuses an attribute it doesn't know: a
// case whose attribute is ignored would be compared with the wrong result.
func (o *Op) UnmarshalJSON(data []byte) error {
	type plain Op
	p := plain{Stride: Pair{-1, -1}, Dilation: Pair{1, 1}, Groups: 1, Momentum: 0.1, Eps: 1e-5, Scale: 1}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return err
	}
	if p.Stride[0] < 0 {
		p.Stride = Pair{1, 1}
		if strings.Contains(p.Op, "pool") {
			p.Stride = p.Kernel
		}
	}
	*o = Op(p)
	return nil
}

// Fill returns n elements of the case's tensor of that name: x, weight, bias,
// running_mean, running_var or dy. The upstream gradient of a scalar output is
// 1.
func (c OpCase) Fill(name string, n int) ([]float64, error) {
	f := Signed
	norm := strings.HasPrefix(c.Case.Op, "batch_norm")
	switch {
	case name == "x":
		f = func(u float64) float64 { return Signed(u) * c.Case.Scale }
	case name == "dy" && scalar(c.Float64.YShape):
		f = func(float64) float64 { return 1 }
	case name == "weight" && norm, name == "running_var":
		f = func(u float64) float64 { return 0.5 + u }
	case name == "running_mean":
		f = func(u float64) float64 { return Signed(u) * 0.1 }
	case name != "weight" && name != "bias" && name != "dy":
		return nil, errors.Errorf("parity: no rule fills %s.%s", c.Name, name)
	}
	return Uniform(c.Name+"."+name, n, f), nil
}

// LoadOps reads every file of kind "ops".
func LoadOps(t testing.TB) []Ops {
	t.Helper()
	return load(t, "ops", func(o *Ops, name string) { o.File = name })
}
