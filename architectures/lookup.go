package architectures

import "github.com/stheno-ml/stheno/internal/lookup"

// Lookup returns the architecture of that name. Case, hyphens and underscores
// don't matter, and there are aliases: "ResNet-50", "alexnet_2012". An unknown
// name is an error that suggests the nearest known one.
func Lookup(name string) (Architecture, error) {
	var names []string
	for _, a := range All() {
		if lookup.Find(name, append([]string{a.Name}, a.aliases...)) >= 0 {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Architecture{}, lookup.Unknown("architecture", name, names)
}
