package trainer

import (
	"path"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// checkPattern refuses a pattern that path.Match can't read.
func checkPattern(pattern string) error {
	if pattern == "" {
		return errors.New(`is empty, want a pattern such as "fc.*" or "**.bias"`)
	}
	for _, word := range strings.Split(pattern, ".") {
		if word == "" {
			return errors.New("has an empty word between dots")
		}
		if word == "**" {
			continue
		}
		if _, err := path.Match(word, ""); err != nil {
			return errors.Errorf("%q is no pattern: %v", word, err)
		}
		if strings.Contains(word, "**") {
			return errors.Errorf(`"**" stands for whole words, but is a part of %q`, word)
		}
	}
	return nil
}

// matches tells whether a dotted name fits a pattern.
func matches(pattern, name string) bool {
	words, want := strings.Split(name, "."), strings.Split(pattern, ".")
	// fits[j] tells whether the pattern up to here fits the first j words.
	fits := make([]bool, len(words)+1)
	fits[0] = true
	for _, w := range want {
		next := make([]bool, len(words)+1)
		if w == "**" {
			reached := false
			for j := range next {
				reached = reached || fits[j]
				next[j] = reached
			}
		} else {
			for j, word := range words {
				ok, _ := path.Match(w, word) // checked before
				next[j+1] = fits[j] && ok
			}
		}
		fits = next
	}
	return fits[len(words)]
}

// suggestion finds the pattern or name nearest to a pattern that matches
// nothing.
func suggestion(pattern string, names []string) string {
	seen := map[string]bool{}
	var known []string
	add := func(p string) {
		if !seen[p] {
			seen[p] = true
			known = append(known, p)
		}
	}
	for _, name := range names {
		add(name)
		words := strings.Split(name, ".")
		for i := 1; i < len(words); i++ {
			add(strings.Join(words[:i], ".") + ".**")
			add("**." + strings.Join(words[i:], "."))
		}
		add(strings.Join(words[:len(words)-1], ".") + ".*")
	}
	if near := lookup.Nearest(pattern, known); near != "" {
		return `; did you mean "` + near + `"?`
	}
	return ""
}
