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
	cifarPixels = 3 * 32 * 32 // 1024 bytes each of red, green and blue
	cifarMeta   = 4096        // more bytes than the names of the classes take: the published files have about 60 and 800
)

// cifarFormat is a binary format of records: labels, a byte each, then pixels.
type cifarFormat struct {
	name   string
	labels []int // how many classes each label tells apart; the last one is the class
	norm   Normalization
}

func cifar10Format() cifarFormat { return cifarFormat{"CIFAR-10", []int{10}, imaging.CIFAR10()} }

// cifar10Records are in each published file; files of fewer are read too.
const cifar10Records = 10000

func (f cifarFormat) classes() int { return f.labels[len(f.labels)-1] }

// record is the number of bytes of one.
func (f cifarFormat) record() int { return len(f.labels) + cifarPixels }

// CIFAR10 reads the 50,000 training and 10,000 test images, 3x32x32, in the published binary
// format from dir, dir/cifar10 or a folder cifar-10-batches-bin in either: data_batch_1.bin to data_batch_5.bin,
// test_batch.bin and batches.meta.txt.
// Pixels are normalised by means (0.4914, 0.4822, 0.4465) and deviations (0.2470, 0.2435, 0.2616).
//
// A missing file, a size that is no whole number of records, files of different sizes or with more
// than the published 10,000 images, and labels above 9 are errors that name the file.
//
// Krizhevsky, Learning multiple layers of features from tiny images, 2009.
func CIFAR10(dir string) (train, test *Dataset, err error) {
	locate := func(name string) (string, error) {
		return find(dir, []string{"", "cifar-10-batches-bin", "cifar10", "cifar10/cifar-10-batches-bin"}, []string{name}, "CIFAR-10",
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
	format := cifar10Format()
	classes, err := format.readNames(meta)
	if err != nil {
		return nil, nil, err
	}
	records, err := format.size(cifar10Records, append([]string{testBatch}, batches...)...)
	if err != nil {
		return nil, nil, err
	}
	if train, err = format.read(records, classes, batches...); err != nil {
		return nil, nil, err
	}
	if test, err = format.read(records, classes, testBatch); err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// readNames reads the names of the classes from a file, one a line.
func (f cifarFormat) readNames(path string) ([]string, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer in.Close()
	return f.names(path, in)
}

func (f cifarFormat) names(path string, r io.Reader) ([]string, error) {
	b, err := io.ReadAll(io.LimitReader(r, cifarMeta+1))
	if err != nil {
		return nil, errors.Wrap(err, path)
	}
	if len(b) > cifarMeta {
		return nil, errors.Errorf("%s: more than %d bytes, want %d names of classes, one a line", path, cifarMeta, f.classes())
	}
	var names []string
	for line := range strings.Lines(string(b)) {
		if name := strings.TrimSpace(line); name != "" {
			names = append(names, name)
		}
	}
	if len(names) != f.classes() {
		return nil, errors.Errorf("%s: found %d names of classes, want %d", path, len(names), f.classes())
	}
	return names, nil
}

// size returns the number of records, at most the published one, which has to be the same in every file: so a file that
// was cut exactly between two records is found out too.
func (f cifarFormat) size(most int, paths ...string) (int, error) {
	var first int64
	record := int64(f.record())
	for i, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return 0, errors.WithStack(err)
		}
		size := info.Size()
		if size == 0 || size%record != 0 || size > int64(most)*record {
			return 0, errors.Errorf("%s: %d bytes, want a whole number of records of %d bytes, at most the published %d: %d bytes",
				path, size, record, most, int64(most)*record)
		}
		if i == 0 {
			first = size
		}
		if size != first {
			return 0, errors.Errorf("%s: %d records, %s has %d; want the same in every file (published: %d)",
				path, size/record, paths[0], first/record, most)
		}
	}
	return int(first / record), nil
}

// read reads files of the given number of records each into one dataset.
func (f cifarFormat) read(records int, classes []string, paths ...string) (*Dataset, error) {
	pixels := make([]uint8, 0, len(paths)*records*cifarPixels)
	labels := make([]int, 0, len(paths)*records)
	for _, path := range paths {
		in, err := os.Open(path)
		if err != nil {
			return nil, errors.WithStack(err)
		}
		pixels, labels, err = f.records(path, in, records, pixels, labels)
		in.Close()
		if err != nil {
			return nil, err
		}
	}
	return New(Config{Name: f.name, Shape: Shape{Channels: 3, Height: 32, Width: 32}, Pixels: pixels, Labels: labels,
		Classes: classes, Normalization: f.norm})
}

// records appends the pixels and labels of exactly so many records.
func (f cifarFormat) records(path string, r io.Reader, records int, pixels []uint8, labels []int) ([]uint8, []int, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	record := make([]byte, f.record())
	for i := range records {
		if n, err := io.ReadFull(br, record); err != nil {
			return nil, nil, errors.Wrapf(err, "%s: read %d bytes, want %d", path, i*len(record)+n, records*len(record))
		}
		for k, classes := range f.labels {
			if int(record[k]) >= classes {
				return nil, nil, errors.Errorf("%s: label of record %d is %d, want 0 to %d", path, i, record[k], classes-1)
			}
		}
		labels = append(labels, int(record[len(f.labels)-1]))
		pixels = append(pixels, record[len(f.labels):]...)
	}
	if _, err := br.ReadByte(); err != io.EOF {
		return nil, nil, errors.Errorf("%s: more than %d bytes", path, records*len(record))
	}
	return pixels, labels, nil
}
