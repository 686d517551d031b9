package datasets

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/augment"
	"github.com/stheno-ml/stheno/internal/size"
	"github.com/stheno-ml/stheno/pictures"
)

// PictureFolderConfig describes a folder of labelled picture files.
type PictureFolderConfig struct {
	// Dir has one sub-folder a class, its name the class's, with pictures in it
	// and in folders below. Or Table names a CSV file, in Dir or anywhere, whose
	// header has the columns "file" (relative to Dir) and "label".
	Dir   string
	Table string

	Shape         Shape         // that every picture is brought to; required
	Normalization Normalization // of the pixels; the zero value reads them as 0..1
	// Stretch scales a picture to Height and Width whatever its proportions.
	// Otherwise it is scaled to cover them and the middle is cut out.
	Stretch bool
	// Side is the shorter side that a picture is scaled to before the middle is cut
	// out, such as 256 for 224x224; 0: as covers Shape.
	Side int
	// Classes fixes names and order of the labels, such as those of a training
	// folder for its test folder. Empty: what is found, in alphabetical order.
	Classes []string
	// ClassNames are for people, one for each of Classes, where folders or tables
	// have codes. Empty: as Classes.
	ClassNames []string
	// SkipBroken leaves out pictures that can't be read; Broken lists them.
	// Otherwise the first is an error.
	SkipBroken bool
	// Keep is how many bytes of decoded pictures stay in memory once they were read
	// whole, as augment.RandomResizedCrop wants them: decoding is most of what a
	// JPEG costs. A photograph of 500x375 takes 281 kB. Default 0: none.
	Keep int64
}

// PictureFile is one labelled file.
type PictureFile struct {
	Path  string
	Label int
}

// BrokenFile is a file that is no picture, or half of one.
type BrokenFile struct {
	Path string
	Err  error
}

// PictureFolder is a Source of picture files that are decoded when they are read:
// as many as a disk holds. InMemory makes a Dataset of it, which is faster.
type PictureFolder struct {
	cfg    PictureFolderConfig
	files  []PictureFile
	broken []BrokenFile
	size   int
	kept   *kept // shared by its parts; nil: none
}

var _ PixelSource = (*PictureFolder)(nil)

// OpenPictureFolder lists a folder's pictures, in the order of their paths, and
// decodes each once to find broken ones, on all processors. Files without a known
// ending (see pictures.Extensions) and those that begin with a dot are passed over
// in folders; a table names what it names.
//
// JPEG, PNG, GIF (the first frame) and WebP; EXIF orientation is followed; grey and
// colour are brought to Shape's channels.
func OpenPictureFolder(ctx context.Context, cfg PictureFolderConfig) (*PictureFolder, error) {
	d, err := listPictureFolder(cfg)
	if err != nil {
		return nil, err
	}
	if err := d.check(ctx); err != nil {
		return nil, err
	}
	if len(d.files) == 0 {
		return nil, errors.Errorf("%s: no picture can be read (%d are broken, such as %s: %v)", cfg.Dir, len(d.broken), d.broken[0].Path, d.broken[0].Err)
	}
	return d, nil
}

// listPictureFolder is OpenPictureFolder without decoding: for a folder that is
// decoded right after.
func listPictureFolder(cfg PictureFolderConfig) (*PictureFolder, error) {
	n, err := imageSize(cfg.Dir, cfg.Shape)
	if err != nil {
		return nil, err
	}
	if c := cfg.Shape.Channels; c != 1 && c != 3 {
		return nil, errors.Errorf("%s: %d channels, want 1 (grey) or 3 (colour)", cfg.Dir, c)
	}
	if err := cfg.Normalization.Check(cfg.Shape.Channels); err != nil {
		return nil, errors.WithMessage(err, cfg.Dir)
	}
	if err := pictures.CheckSide(cfg.Side, cfg.Shape.Width, cfg.Shape.Height, cfg.Stretch); err != nil {
		return nil, errors.WithMessage(err, cfg.Dir)
	}
	if cfg.Keep < 0 {
		return nil, errors.Errorf("%s: %d bytes of pictures to keep, want at least 0", cfg.Dir, cfg.Keep)
	}
	if n := len(cfg.ClassNames); n > 0 && n != len(cfg.Classes) {
		return nil, errors.Errorf("%s: %d names of classes, want %d, one for each of Classes", cfg.Dir, n, len(cfg.Classes))
	}
	d := &PictureFolder{cfg: cfg, size: n}
	if cfg.Keep > 0 {
		d.kept = &kept{}
		d.kept.room.Store(cfg.Keep)
	}
	found, err := d.list()
	if err != nil {
		return nil, err
	}
	return d, d.label(found)
}

// list finds the files, in the order of their paths or of the table's rows.
func (d *PictureFolder) list() ([]named, error) {
	if d.cfg.Table != "" {
		return d.readTable()
	}
	return walk(d.cfg.Dir)
}

func (d *PictureFolder) readTable() ([]named, error) {
	path := d.cfg.Table
	if _, err := os.Stat(path); err != nil && !filepath.IsAbs(path) {
		path = filepath.Join(d.cfg.Dir, d.cfg.Table)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Wrap(err, "table of pictures")
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		return nil, errors.Wrapf(err, "%s: header", path)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff") // spreadsheets begin a file so
	file, label := slices.Index(head, "file"), slices.Index(head, "label")
	if file < 0 || label < 0 {
		return nil, errors.Errorf("%s: columns are %s, want file and label", path, strings.Join(head, ", "))
	}
	var found []named
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, errors.Wrap(err, path)
		}
		line, _ := r.FieldPos(0)
		if max(file, label) >= len(row) || row[file] == "" || row[label] == "" {
			return nil, errors.Errorf("%s: line %d has no file or no label: %s", path, line, strings.Join(row, ","))
		}
		p := row[file]
		if !filepath.IsAbs(p) {
			p = filepath.Join(d.cfg.Dir, filepath.FromSlash(p))
		}
		found = append(found, named{p, row[label]})
	}
	if len(found) == 0 {
		return nil, errors.Errorf("%s: no pictures below the header", path)
	}
	return found, nil
}

// label numbers the classes: as given, else in alphabetical order, numbers by
// their size.
func (d *PictureFolder) label(found []named) error {
	if len(d.cfg.Classes) == 0 {
		d.cfg.Classes = classesOf(found)
	}
	labels := make(map[string]int, len(d.cfg.Classes))
	for l, c := range d.cfg.Classes {
		if _, twice := labels[c]; twice {
			return errors.Errorf("%s: class %q stands twice in Classes", d.cfg.Dir, c)
		}
		labels[c] = l
	}
	for _, f := range found {
		l, ok := labels[f.class]
		if !ok {
			return errors.Errorf("%s: class %q is none of %s", f.path, f.class, strings.Join(d.cfg.Classes, ", "))
		}
		d.files = append(d.files, PictureFile{f.path, l})
	}
	return nil
}

// classesOf lists the classes of files in alphabetical order, numbers by their size.
func classesOf(found []named) []string {
	values := map[string]int{}
	numbers := true
	for _, f := range found {
		if _, seen := values[f.class]; !seen {
			n, err := strconv.Atoi(f.class)
			values[f.class], numbers = n, numbers && err == nil
		}
	}
	return slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		if x, y := values[a], values[b]; numbers && x != y {
			return cmp.Compare(x, y)
		}
		return strings.Compare(a, b)
	})
}

// check decodes every file once.
func (d *PictureFolder) check(ctx context.Context) error {
	faults := make([]error, len(d.files))
	err := eachFile(ctx, len(d.files), func(i int) error {
		_, faults[i] = openPicture(d.files[i].Path)
		return nil
	})
	if err != nil {
		return errors.Wrapf(err, "%s: checking the pictures", d.cfg.Dir)
	}
	whole := d.files[:0:0]
	for i, f := range d.files {
		if faults[i] == nil {
			whole = append(whole, f)
			continue
		}
		if !d.cfg.SkipBroken {
			return errors.WithMessagef(faults[i], "%s (set SkipBroken to leave such files out)", d.cfg.Dir)
		}
		d.broken = append(d.broken, BrokenFile{f.Path, faults[i]})
	}
	d.files = whole
	return nil
}

// eachFile calls f for 0 ... n-1 on all processors, until one fails or the context
// is done.
func eachFile(ctx context.Context, n int, f func(i int) error) error {
	next := make(chan int)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := range next {
				if err := f(i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	all.Wait()
	return context.Cause(ctx)
}

// Name is the folder's own name.
func (d *PictureFolder) Name() string { return filepath.Base(d.cfg.Dir) }

// Len is the number of pictures that can be read.
func (d *PictureFolder) Len() int { return len(d.files) }

// Shape is the size that every picture is brought to.
func (d *PictureFolder) Shape() Shape { return d.cfg.Shape }

// Classes are the names of the labels.
func (d *PictureFolder) Classes() []string {
	if len(d.cfg.ClassNames) > 0 {
		return slices.Clone(d.cfg.ClassNames)
	}
	return slices.Clone(d.cfg.Classes)
}

// Normalization is the one in use.
func (d *PictureFolder) Normalization() Normalization { return d.cfg.Normalization }

// Files lists the pictures with their labels.
func (d *PictureFolder) Files() []PictureFile { return slices.Clone(d.files) }

// Broken lists the files that were left out.
func (d *PictureFolder) Broken() []BrokenFile { return slices.Clone(d.broken) }

// Background is black, normalised: what Augment.Pad brings in from outside.
func (d *PictureFolder) Background() []float32 {
	black := make([]float32, d.cfg.Shape.Channels)
	for c := range black {
		mean, std := d.cfg.Normalization.At(c)
		black[c] = -mean / std
	}
	return black
}

// Read decodes picture i and prepares it.
func (d *PictureFolder) Read(i int, image []float32) (label int, err error) {
	if i < 0 || i >= len(d.files) || len(image) != d.size {
		return 0, errors.Errorf("%s: picture %d into %d values, want 0 to %d into %d", d.Name(), i, len(image), len(d.files)-1, d.size)
	}
	bytes := make([]uint8, d.size)
	if err := d.bytes(i, bytes); err != nil {
		return 0, err
	}
	for k, b := range bytes {
		image[k] = float32(b) / 255
	}
	return d.files[i].Label, d.cfg.Normalization.Apply(image, d.cfg.Shape)
}

// ReadPixels decodes picture i into p and returns its label. With whole it is as large as in the file;
// otherwise it is brought to Shape.
func (d *PictureFolder) ReadPixels(i int, whole bool, p *augment.Picture) (label int, err error) {
	if i < 0 || i >= len(d.files) {
		return 0, errors.Errorf("%s: picture %d, want 0 to %d", d.Name(), i, len(d.files)-1)
	}
	if !whole {
		if err := p.Reset(d.cfg.Shape); err != nil {
			return 0, err
		}
		return d.files[i].Label, d.bytes(i, p.Pixels)
	}
	path := d.files[i].Path
	img, err := d.kept.open(path)
	if err != nil {
		return 0, err
	}
	b := img.Bounds()
	if err := p.Reset(Shape{Channels: d.cfg.Shape.Channels, Height: b.Dy(), Width: b.Dx()}); err != nil {
		return 0, errors.WithMessage(err, path)
	}
	return d.files[i].Label, errors.WithMessage(pictures.Planes(img, p.Shape.Channels, p.Pixels), path)
}

// bytes decodes picture i into planes of bytes.
func (d *PictureFolder) bytes(i int, dst []uint8) error {
	path := d.files[i].Path
	img, err := openPicture(path)
	if err != nil {
		return err
	}
	s := d.cfg.Shape
	if img, err = pictures.Bring(img, s.Width, s.Height, d.cfg.Stretch, d.cfg.Side); err != nil {
		return errors.WithMessage(err, path)
	}
	return errors.WithMessage(pictures.Planes(img, s.Channels, dst), path)
}

// InMemory decodes all pictures, on all processors, into a Dataset. It refuses
// what the machine's memory can't hold.
func (d *PictureFolder) InMemory(ctx context.Context) (*Dataset, error) {
	if err := size.FitShape(d.Name()+" in memory", []int{len(d.files), d.size}, 1); err != nil {
		return nil, err
	}
	cfg := Config{Name: d.Name(), Shape: d.cfg.Shape, Pixels: make([]uint8, len(d.files)*d.size),
		Classes: d.Classes(), Normalization: d.cfg.Normalization}
	for _, f := range d.files {
		cfg.Labels = append(cfg.Labels, f.Label)
	}
	err := eachFile(ctx, len(d.files), func(i int) error { return d.bytes(i, cfg.Pixels[i*d.size:(i+1)*d.size]) })
	if err != nil {
		return nil, errors.WithMessagef(err, "%s", d.cfg.Dir)
	}
	return New(cfg)
}
