// Package lookup finds things by the names that people type, and says which
// name they may have meant.
package lookup

import (
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Fold takes the differences from a name that don't matter: case, hyphens,
// underscores and spaces.
func Fold(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// Find is the index of the first known name that is equal to name but for what
// Fold takes away, or -1.
func Find(name string, known []string) int {
	key := Fold(name)
	for i, k := range known {
		if Fold(k) == key {
			return i
		}
	}
	return -1
}

// Nearest is the known name that takes the fewest edits to reach, the first of
// equals; "" if none is known.
func Nearest(name string, known []string) string {
	best, least := "", 0
	key := Fold(name)
	for _, k := range known {
		if d := edits(key, Fold(k)); best == "" || d < least {
			best, least = k, d
		}
	}
	return best
}

// Unknown is the error for a name that is none of those known:
//
//	unknown optimizer "sdg"; did you mean "sgd"? Known are sgd, adam, adamw
//
// Only names that resemble the given one are suggested, and only short lists are
// written out. Settings behind a colon
// ("elu:0.5") are no part of the name.
func Unknown(kind, name string, known []string) error {
	list := strings.Join(known, ", ")
	if n := len(known); n == 0 || n > 24 {
		list = strconv.Itoa(n) + " names"
	}
	base, _, _ := strings.Cut(name, ":")
	near := Nearest(base, known)
	if d := edits(Fold(base), Fold(near)); near == "" || d > max(2, len(Fold(base))/2) {
		return errors.Errorf("unknown %s %q; known are %s", kind, name, list)
	}
	return errors.Errorf("unknown %s %q; did you mean %q? Known are %s", kind, name, near, list)
}

// edits counts the letters to insert, delete or replace and the neighbours to
// swap that turn a into b (Damerau 1964, Levenshtein 1965).
func edits(a, b string) int {
	// Three rows of the table of distances from a[:i] to b[:j].
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			replace := last[j]
			if a[i] != b[j] {
				replace++
			}
			row[j+1] = min(replace, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
