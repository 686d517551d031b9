// Package spoken holds the language that a process draws in, for figures and
// drawings alike: a notebook sets it once, in its first cell.
package spoken

import (
	"maps"
	"sync/atomic"
)

// words are the process's own Korean; nil while it speaks English.
var words atomic.Pointer[map[string]string]

// Korean makes Korean the language, with those words for texts of the process's
// own. Called again, it adds to them.
func Korean(own map[string]string) {
	all := map[string]string{}
	if old := words.Load(); old != nil {
		maps.Copy(all, *old)
	}
	maps.Copy(all, own)
	words.Store(&all)
}

// English goes back to English.
func English() { words.Store(nil) }

// InKorean says whether the language is Korean.
func InKorean() bool { return words.Load() != nil }

// Word is the process's own Korean for a text, if it has any.
func Word(text string) (korean string, ok bool) {
	if all := words.Load(); all != nil {
		korean, ok = (*all)[text]
	}
	return korean, ok
}

// Say is the text in the process's language: itself where there is no other.
func Say(text string) string {
	if korean, ok := Word(text); ok {
		return korean
	}
	return text
}
