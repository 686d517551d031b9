package recipes

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/imaging"
)

// Data are a recipe's images, prepared for its network.
type Data struct {
	Train, Test datasets.Source
	// Normalization is that of the pixels, Stretch whether pictures are scaled to
	// the network's size whatever their proportions: what package classify has to
	// know for other pictures.
	Normalization imaging.Normalization
	Stretch       bool
	Side          int // shorter side before the middle is cut out; 0: as covers the input
	// Broken are the pictures that were left out.
	Broken []datasets.BrokenFile
}

// Load reads the data and makes it what the network takes.
//
// Of "folder", DataDir has one sub-folder a class, or the sub-folders train and
// val or test, which have those; or Table lists the files, whose folder is DataDir
// unless that is given. Without a test half
// TestShare of every class is held back, by a draw from Seed. Pictures are scaled
// to cover the network's input, and the middle is taken. What fits into a gibibyte
// is decoded once; more is decoded whenever it is asked for, and so are training
// pictures that random_resized_crop cuts from, of which a gibibyte is kept once decoded.
func (r Recipe) Load(ctx context.Context) (Data, error) {
	a, size, err := r.architecture()
	if err != nil {
		return Data{}, err
	}
	return r.LoadAs(ctx, size, a.Normalization)
}

// LoadAs is Load for images of that size and normalisation, such as a trained
// network wants, whatever the recipe's own is.
func (r Recipe) LoadAs(ctx context.Context, size imaging.Shape, n imaging.Normalization) (d Data, err error) {
	if r, err = r.Check(); err != nil {
		return d, err
	}
	if r.Data == FolderData {
		return r.loadFolder(ctx, size, n)
	}
	train, test, err := datasets.Lookup(r.Data, r.DataDir)
	if err != nil {
		return d, err
	}
	if r.Limit > 0 {
		// Testing on thousands of images takes longer than training on a few.
		for _, half := range []**datasets.Dataset{&train, &test} {
			if *half, err = (*half).Subset(some(r.Limit, (*half).Labels())); err != nil {
				return d, err
			}
		}
	}
	for _, half := range []**datasets.Dataset{&train, &test} {
		if *half, err = (*half).Prepare(size, n); err != nil {
			return d, err
		}
	}
	return Data{Train: train, Test: test, Normalization: train.Normalization(), Stretch: true}, nil
}

// inMemory is how many bytes of decoded pictures are kept.
const inMemory = 1 << 30

func (r Recipe) loadFolder(ctx context.Context, size imaging.Shape, n imaging.Normalization) (d Data, err error) {
	if r.DataDir == "" && r.Table != "" {
		r.DataDir = filepath.Dir(r.Table)
	}
	if r.DataDir == "" {
		return d, errors.New("data_dir is empty, want a folder with one sub-folder a class")
	}
	if size.Channels == 1 && max(len(n.Mean), len(n.Std)) == 3 {
		if n, err = n.Gray(); err != nil {
			return d, err
		}
	}
	var keep int64 // of whole pictures, which random crops want
	cuts := r.Augmentation != nil && r.Augmentation.Steps.Cuts()
	if cuts {
		keep = inMemory
	}
	open := func(dir, table string, classes []string) (*datasets.PictureFolder, error) {
		p, err := datasets.OpenPictureFolder(ctx, datasets.PictureFolderConfig{Dir: dir, Table: table, Shape: size, Normalization: n,
			Classes: classes, SkipBroken: r.Broken != "refuse", Keep: keep, Side: r.Side})
		if err == nil {
			d.Broken = append(d.Broken, p.Broken()...)
		}
		return p, err
	}
	d.Normalization, d.Side = n, r.Side
	trainDir, testDir := r.halves()
	train, err := open(trainDir, r.Table, nil)
	if err != nil {
		return d, err
	}
	if c := train.Classes(); len(c) < 2 {
		return d, errors.Errorf("%s: there is one class, %s: want two at least, a sub-folder each", trainDir, c[0])
	}
	var test *datasets.PictureFolder
	if testDir != "" {
		test, err = open(testDir, "", train.Classes())
	} else {
		share := r.TestShare
		if share == 0 {
			share = 0.2
		}
		train, test, err = train.Split(share, r.Seed)
	}
	if err != nil {
		return d, err
	}
	for _, half := range []**datasets.PictureFolder{&train, &test} {
		if p := *half; r.Limit > 0 && r.Limit < p.Len() {
			var labels []int
			for _, f := range p.Files() {
				labels = append(labels, f.Label)
			}
			if *half, err = p.Subset(some(r.Limit, labels)); err != nil {
				return d, err
			}
		}
	}
	d.Train, d.Test = train, test
	one, err := size.Size()
	if err != nil || train.Len()+test.Len() > inMemory/one {
		return d, err
	}
	if !cuts {
		if d.Train, err = train.InMemory(ctx); err != nil {
			return d, err
		}
	}
	d.Test, err = test.InMemory(ctx)
	return d, err
}

// halves are the folders to train and to test on. No second one: the first holds
// both. A folder "train" of pictures, without folders in it, is a class like others.
func (r Recipe) halves() (train, test string) {
	train = filepath.Join(r.DataDir, "train")
	if r.Table != "" || !hasFolders(train) {
		return r.DataDir, ""
	}
	for _, name := range []string{"val", "valid", "validation", "test"} {
		if dir := filepath.Join(r.DataDir, name); hasFolders(dir) {
			return train, dir
		}
	}
	return train, ""
}

// some are the first n images, or, where they are sorted by class, n at equal
// distances: the first ones may all be of one class.
func some(n int, labels []int) []int {
	n = min(n, len(labels))
	indices, sorted := make([]int, n), slices.IsSorted(labels)
	for i := range indices {
		indices[i] = i
		if sorted {
			indices[i] = i * len(labels) / n
		}
	}
	return indices
}

func hasFolders(path string) bool {
	entries, err := os.ReadDir(path)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.IsDir() && !strings.HasPrefix(e.Name(), ".") })
}
