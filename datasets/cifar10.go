package datasets

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
)

const (
	cifarClasses = 10
	cifarPixels  = 3 * 32 * 32
	cifarRecord  = 1 + cifarPixels // a label, then 1024 bytes each of red, green and blue
)

// CIFAR10 reads the 50,000 training and 10,000 test images, 3x32x32, in the published binary
// format from dir or dir/cifar-10-batches-bin: data_batch_1.bin to data_batch_5.bin,
// test_batch.bin and batches.meta.txt.
// Pixels are normalised by means (0.4914, 0.4822, 0.4465) and deviations (0.2470, 0.2435, 0.2616).
//
// A missing file, a size that is no whole number of records, files of different sizes (the
// published ones all hold 10,000 images) and labels above 9 are errors that name the file.
//
// Krizhevsky, Learning multiple layers of features from tiny images, 2009.
func CIFAR10(dir string) (train, test *Dataset, err error) {
	locate := func(name string) (string, error) {
		return find(dir, []string{"", "cifar-10-batches-bin"}, []string{name}, "CIFAR-10",
			"put the published binary version there: data_batch_1.bin to data_batch_5.bin, test_batch.bin and batches.meta.txt")
	}
	// Every file is looked for before the first is read: a missing one shows at once.
	meta, err := locate("batches.meta.txt")
	if err != nil {
		return nil, nil, err
	}
	var batches []string
	for i := 1; i <= 5; i++ {
		path, err := locate(fmt.Sprintf("data_batch_%d.bin", i))
		if err != nil {
			return nil, nil, err
		}
		batches = append(batches, path)
	}
	testBatch, err := locate("test_batch.bin")
	if err != nil {
		return nil, nil, err
	}
	classes, err := cifarNames(meta)
	if err != nil {
		return nil, nil, err
	}
	records, err := cifarSize(append([]string{testBatch}, batches...))
	if err != nil {
		return nil, nil, err
	}
	if train, err = cifarPart(batches, records, classes); err != nil {
		return nil, nil, err
	}
	if test, err = cifarPart([]string{testBatch}, records, classes); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// cifarNames reads the names of the classes, one a line.
func cifarNames(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	var names []string
	lines := bufio.NewScanner(strings.NewReader(string(b)))
	for lines.Scan() {
		if name := strings.TrimSpace(lines.Text()); name != "" {
			names = append(names, name)
		}
	}
	if len(names) != cifarClasses {
		return nil, errors.Errorf("%s: found %d names of classes, want %d", path, len(names), cifarClasses)
	}
	return names, nil
}

// cifarSize returns the number of records, which has to be the same in every file: so a file that
// was cut exactly between two records is found out too.
func cifarSize(paths []string) (int, error) {
	var first int64
	for i, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return 0, errors.WithStack(err)
		}
		size := info.Size()
		if size == 0 || size%cifarRecord != 0 {
			return 0, errors.Errorf("%s: %d bytes, want a whole number of records of %d bytes (published: 10000 records, %d bytes)",
				path, size, cifarRecord, 10000*cifarRecord)
		}
		if i == 0 {
			first = size
		}
		if size != first {
			return 0, errors.Errorf("%s: %d records, %s has %d; want the same in every file (published: 10000)",
				path, size/cifarRecord, paths[0], first/cifarRecord)
		}
	}
	return int(first / cifarRecord), nil
}

// cifarPart reads files of the given number of records each into one dataset.
func cifarPart(paths []string, records int, classes []string) (*Dataset, error) {
	pixels := make([]uint8, 0, len(paths)*records*cifarPixels)
	labels := make([]int, 0, len(paths)*records)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, errors.WithStack(err)
		}
		if len(b) != records*cifarRecord {
			return nil, errors.Errorf("%s: read %d bytes, want %d", path, len(b), records*cifarRecord)
		}
		for i := range records {
			record := b[i*cifarRecord : (i+1)*cifarRecord]
			if record[0] >= cifarClasses {
				return nil, errors.Errorf("%s: label of record %d is %d, want 0 to %d", path, i, record[0], cifarClasses-1)
			}
			labels = append(labels, int(record[0]))
			pixels = append(pixels, record[1:]...)
		}
	}
	return New(Config{Name: "CIFAR-10", Shape: Shape{Channels: 3, Height: 32, Width: 32}, Pixels: pixels, Labels: labels,
		Classes: classes, Normalization: imaging.CIFAR10()})
}
