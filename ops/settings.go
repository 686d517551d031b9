package ops

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// settings writes what sets an operation apart from others: attributes for
// readers, "Eps=1e-08", and identity, which is also exact in types and
// addresses. Two operations with the same of both compute the same.
func settings(o any) (attributes, identity string, err error) {
	var w settingsWriter
	v := reflect.ValueOf(o)
	// Types have one address each. Two of one name, local to functions, are
	// still two.
	fmt.Fprintf(&w.exact, "%v@%p", v.Type(), v.Type())
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "", "", errors.Errorf("the operation is a nil %T", o)
		}
		fmt.Fprintf(&w.exact, "=%p", o)
		return "", w.exact.String(), nil
	}
	if err := w.write("", v, 0); err != nil {
		return "", "", errors.Errorf("%T can't be compared: it holds %v; give it by its address", o, err)
	}
	return w.shown.String(), w.exact.String(), nil
}

// settingsDepth is where writing settings ends: values can hold themselves.
const settingsDepth = 32

type settingsWriter struct{ shown, exact strings.Builder }

// write writes the value of a field.
func (w *settingsWriter) write(field string, v reflect.Value, depth int) error {
	if depth > settingsDepth {
		return errors.Errorf("more than %d values inside one another", settingsDepth)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if err := w.write(fieldPath(field, v.Type().Field(i).Name), v.Field(i), depth+1); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice, reflect.Array:
		// Without its length, the elements could be read as another field's.
		w.put(fieldPath(field, "len"), strconv.Itoa(v.Len()))
		for i := range v.Len() {
			if err := w.write(fieldPath(field, strconv.Itoa(i)), v.Index(i), depth+1); err != nil {
				return err
			}
		}
		return nil
	case reflect.Interface:
		if v.IsNil() {
			w.put(field, "nil")
			return nil
		}
		fmt.Fprintf(&w.exact, ",%v@%p", v.Elem().Type(), v.Elem().Type())
		return w.write(field, v.Elem(), depth+1)
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		fmt.Fprintf(&w.exact, ",%s=%#x", field, v.Pointer())
		return nil
	case reflect.Func, reflect.Map:
		return errors.Errorf("%s, a %v", orValue(field), v.Kind())
	case reflect.String:
		w.put(field, strconv.Quote(v.String()))
	case reflect.Float32, reflect.Float64:
		w.put(field, number(v.Float()))
	case reflect.Complex64, reflect.Complex128:
		w.put(field, strconv.FormatComplex(v.Complex(), 'g', -1, 128))
	case reflect.Bool:
		w.put(field, strconv.FormatBool(v.Bool()))
	default:
		if v.CanInt() {
			w.put(field, strconv.FormatInt(v.Int(), 10))
		} else {
			w.put(field, strconv.FormatUint(v.Uint(), 10))
		}
	}
	return nil
}

func (w *settingsWriter) put(field, value string) {
	fmt.Fprintf(&w.exact, ",%s=%s", field, value)
	if w.shown.Len() > 0 {
		w.shown.WriteByte(' ')
	}
	if field != "" {
		w.shown.WriteString(field + "=")
	}
	w.shown.WriteString(value)
}

func fieldPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func orValue(field string) string {
	if field == "" {
		return "its value"
	}
	return "field " + field
}
