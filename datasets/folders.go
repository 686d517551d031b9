package datasets

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"
)

// find returns the first existing dir/sub/name, over all subfolders and, in each, over all names.
// what and put go into the error: which file it is, and what is to be put where.
func find(dir string, subs, names []string, what, put string) (string, error) {
	if dir == "" {
		return "", errors.Errorf("%s: no folder given; %s", what, put)
	}
	for _, sub := range subs {
		for _, name := range names {
			path := filepath.Join(dir, sub, name)
			info, err := os.Stat(path)
			if err == nil && info.Mode().IsRegular() {
				return path, nil
			}
			if err != nil && !os.IsNotExist(err) && !strings.Contains(err.Error(), "not a directory") {
				return "", errors.Wrap(err, what)
			}
		}
	}
	looked := make([]string, len(subs))
	for i, sub := range subs {
		looked[i] = filepath.Join(dir, sub)
	}
	return "", errors.Errorf("%s: found no %s in %s; %s", what, strings.Join(names, " or "), strings.Join(looked, " or "), put)
}
