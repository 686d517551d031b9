package datasets

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/imaging"
)

const (
	cifarClasses = 10
	cifarPixels  = 3 * 32 * 32
	cifarRecord  = 1 + cifarPixels // a label, then 1024 bytes each of red, green and blue
	cifarRecords = 10000           // in each published file; files of fewer are read too
	cifarMeta    = 4096            // more bytes than the names of the classes take: the published file has about 60
)

// CIFAR10 reads the 50,000 training and 10,000 test images, 3x32x32, in the published binary
// format from dir or dir/cifar-10-batches-bin: data_batch_1.bin to data_batch_5.bin,
// test_batch.bin and batches.meta.txt.
// Pixels are normalised by means (0.4914, 0.4822, 0.4465) and deviations (0.2470, 0.2435, 0.2616).
//
// A missing file, a size that is no whole number of records, files of different sizes or with more
// than the published 10,000 images, and labels above 9 are errors that name the file.
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

// cifarNames reads the names of the classes from a file, one a line.
func cifarNames(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	return readNames(path, f)
}

func readNames(path string, r io.Reader) ([]string, error) {
	b, err := io.ReadAll(io.LimitReader(r, cifarMeta+1))
	if err != nil {
		return nil, errors.Wrap(err, path)
	}
	if len(b) > cifarMeta {
		return nil, errors.Errorf("%s: more than %d bytes, want %d names of classes, one a line", path, cifarMeta, cifarClasses)
	}
	var names []string
	for line := range strings.Lines(string(b)) {
		if name := strings.TrimSpace(line); name != "" {
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
		if size == 0 || size%cifarRecord != 0 || size > cifarRecords*cifarRecord {
			return 0, errors.Errorf("%s: %d bytes, want a whole number of records of %d bytes, at most the published %d: %d bytes",
				path, size, cifarRecord, cifarRecords, cifarRecords*cifarRecord)
		}
		if i == 0 {
			first = size
		}
		if size != first {
			return 0, errors.Errorf("%s: %d records, %s has %d; want the same in every file (published: %d)",
				path, size/cifarRecord, paths[0], first/cifarRecord, cifarRecords)
		}
	}
	return int(first / cifarRecord), nil
}

// cifarPart reads files of the given number of records each into one dataset.
func cifarPart(paths []string, records int, classes []string) (*Dataset, error) {
	pixels := make([]uint8, 0, len(paths)*records*cifarPixels)
	labels := make([]int, 0, len(paths)*records)
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, errors.WithStack(err)
		}
		pixels, labels, err = readRecords(path, f, records, pixels, labels)
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return New(Config{Name: "CIFAR-10", Shape: Shape{Channels: 3, Height: 32, Width: 32}, Pixels: pixels, Labels: labels,
		Classes: classes, Normalization: imaging.CIFAR10()})
}

// readRecords appends the pixels and labels of exactly so many records.
func readRecords(path string, r io.Reader, records int, pixels []uint8, labels []int) ([]uint8, []int, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	var record [cifarRecord]byte
	for i := range records {
		if n, err := io.ReadFull(br, record[:]); err != nil {
			return nil, nil, errors.Wrapf(err, "%s: read %d bytes, want %d", path, i*cifarRecord+n, records*cifarRecord)
		}
		if record[0] >= cifarClasses {
			return nil, nil, errors.Errorf("%s: label of record %d is %d, want 0 to %d", path, i, record[0], cifarClasses-1)
		}
		labels = append(labels, int(record[0]))
		pixels = append(pixels, record[1:]...)
	}
	if _, err := br.ReadByte(); err != io.EOF {
		return nil, nil, errors.Errorf("%s: more than %d bytes", path, records*cifarRecord)
	}
	return pixels, labels, nil
}
