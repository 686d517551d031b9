package trainer

import (
	"reflect"

	"github.com/pkg/errors"
)

// guard calls code that the user wrote and turns a panic into an error that
// names it.
func guard(what string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Errorf("%s panicked: %v", what, r)
		}
	}()
	return f()
}

// isNil tells whether v is nil or a nil pointer, function, map, slice or channel
// in an interface.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan, reflect.Interface:
		return r.IsNil()
	}
	return false
}
