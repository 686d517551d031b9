package randomnet

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/stheno-ml/stheno/activations"
)

// Code is the network as a Go literal, to be pasted into a test.
func (net Net) Code() string {
	var b strings.Builder
	fmt.Fprintf(&b, "randomnet.Net{Input: tensor.Shape{%s}, Out: %d, Loss: %q, Nodes: []randomnet.Node{\n", numbers(net.Input), net.Out, net.Loss)
	for i, n := range net.Nodes {
		fmt.Fprintf(&b, "\t{Kind: %q", n.Kind)
		if len(n.In) > 0 {
			fmt.Fprintf(&b, ", In: []int{%s}", numbers(n.In))
		}
		if len(n.N) > 0 {
			fmt.Fprintf(&b, ", N: []int{%s}", numbers(n.N))
		}
		if len(n.F) > 0 {
			fmt.Fprintf(&b, ", F: []float64{%s}", numbers(n.F))
		}
		if n.Act != "" {
			fmt.Fprintf(&b, ", Act: %q", n.Act)
		}
		if n.Block != nil {
			b.WriteString(", Block: " + literal(reflect.ValueOf(n.Block)))
		}
		fmt.Fprintf(&b, "}, // %d\n", i+1)
	}
	b.WriteString("}}")
	return b.String()
}

func numbers[T any](x []T) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(x), " ", ", "), "[]()")
}

// literal writes a configuration value without its zero fields.
func literal(v reflect.Value) string {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return "nil"
		}
		v = v.Elem()
	}
	if v.CanInterface() {
		if a, ok := v.Interface().(activations.Activation); ok {
			return fmt.Sprintf("randomnet.Act(%q)", a)
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				fields = append(fields, f.Name+": "+literal(v.Field(i)))
			}
		}
		return v.Type().String() + "{" + strings.Join(fields, ", ") + "}"
	case reflect.Slice, reflect.Array:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = literal(v.Index(i))
		}
		return v.Type().String() + "{" + strings.Join(items, ", ") + "}"
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	case reflect.Func:
		return "nil /* a function */"
	}
	if v.CanInt() && v.Type().PkgPath() != "" {
		return fmt.Sprintf("%s(%d)", v.Type(), v.Int())
	}
	if v.CanUint() && v.Type().PkgPath() != "" {
		return fmt.Sprintf("%s(%d)", v.Type(), v.Uint())
	}
	return fmt.Sprint(v.Interface())
}
