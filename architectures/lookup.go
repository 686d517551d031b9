package architectures

import (
	"strings"

	"github.com/pkg/errors"
)

// Lookup returns the architecture of that name. Case, hyphens and underscores
// don't matter, and there are aliases: "ResNet-50", "alexnet_2012". An unknown
// name is an error that suggests the nearest known one.
func Lookup(name string) (Architecture, error) {
	key, best, least := fold(name), "", 0
	for _, a := range All() {
		for _, known := range append([]string{a.Name}, a.aliases...) {
			d := edits(key, fold(known))
			if d == 0 {
				return a, nil
			}
			if best == "" || d < least {
				best, least = a.Name, d
			}
		}
	}
	return Architecture{}, errors.Errorf("unknown architecture %q; did you mean %s? `demo list` lists all %d", name, best, len(All()))
}

// fold takes the differences from a name that don't matter.
func fold(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// edits counts the letters to insert, delete or replace that turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1) // distances of a[:i] to every b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d++
			}
			diagonal = row[j+1]
			row[j+1] = min(d, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
