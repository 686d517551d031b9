package datasets

import "github.com/stheno-ml/stheno/imaging"

// cifar100Format has the coarse label, of 20, before the fine one.
func cifar100Format() cifarFormat {
	return cifarFormat{"CIFAR-100", []int{20, 100}, imaging.CIFAR100()}
}

// cifar100Train and cifar100Test are in the published files; files of fewer are read too.
const cifar100Train, cifar100Test = 50000, 10000

// CIFAR100 reads the 50,000 training and 10,000 test images, 3x32x32, with their fine labels, in
// the published binary format from dir, dir/cifar100 or a folder cifar-100-binary in either:
// train.bin, test.bin and fine_label_names.txt.
// Pixels are normalised by means (0.5071, 0.4865, 0.4409) and deviations (0.2673, 0.2564, 0.2762).
//
// A missing file, a size that is no whole number of records, more records than published, and
// labels out of range are errors that name the file.
//
// Krizhevsky, Learning multiple layers of features from tiny images, 2009.
func CIFAR100(dir string) (train, test *Dataset, err error) {
	var paths [3]string
	for i, name := range []string{"fine_label_names.txt", "train.bin", "test.bin"} {
		paths[i], err = find(dir, []string{"", "cifar-100-binary", "cifar100", "cifar100/cifar-100-binary"}, []string{name}, "CIFAR-100",
			"put the published binary version there: train.bin, test.bin and fine_label_names.txt")
		if err != nil {
			return nil, nil, err
		}
	}
	format := cifar100Format()
	classes, err := format.readNames(paths[0])
	if err != nil {
		return nil, nil, err
	}
	var parts [2]*Dataset
	for i, most := range []int{cifar100Train, cifar100Test} {
		records, err := format.size(most, paths[1+i])
		if err != nil {
			return nil, nil, err
		}
		if parts[i], err = format.read(records, classes, paths[1+i]); err != nil {
			return nil, nil, err
		}
	}
	return parts[0], parts[1], nil
}
