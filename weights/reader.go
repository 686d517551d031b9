package weights

import (
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/graph"
	"github.com/stheno-ml/stheno/internal/size"
	"gorgonia.org/tensor"
)

// Reader is an open safetensors file: what it holds is known, the elements are
// still on disk. They are read straight into a model's memory, which takes half
// the time and memory of reading the file first.
type Reader struct {
	File // the tensors without their Bytes

	path   string
	file   *os.File
	bounds map[string][2]int64 // of each tensor's bytes in the file
}

// Open reads a file's header. It refuses what Decode refuses. Close it.
func Open(path string) (*Reader, error) {
	f, n, err := size.OpenFile(path)
	if err != nil {
		return nil, errors.Wrap(err, "weights")
	}
	r := &Reader{path: path, file: f, bounds: map[string][2]int64{}}
	if err := r.header(n); err != nil {
		f.Close()
		return nil, errors.WithMessage(err, path)
	}
	return r, nil
}

// header reads the header of a file of that size.
func (r *Reader) header(size int) error {
	start := make([]byte, min(8, size))
	if _, err := io.ReadFull(r.file, start); err != nil {
		return errors.WithStack(err)
	}
	n, err := headerLength(start, size)
	if err != nil {
		return err
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r.file, text); err != nil {
		return errors.Wrap(err, "header")
	}
	f, ends, err := decodeHeader(text, size-8-n)
	if err != nil {
		return err
	}
	for i, t := range f.Tensors {
		if err := t.checkSize(ends[i][1] - ends[i][0]); err != nil {
			return err
		}
		first := int64(8 + n)
		r.bounds[t.Name] = [2]int64{first + int64(ends[i][0]), first + int64(ends[i][1])}
	}
	r.File = *f
	return nil
}

// Close closes the file. What was loaded stays.
func (r *Reader) Close() error { return errors.WithStack(r.file.Close()) }

// Load reads the elements into a model's parameters and buffers, as the function
// Load does. Where reading fails halfway, some of them are changed.
func (r *Reader) Load(p *graph.Params) error {
	byName, err := match(p, r.Tensors)
	if err != nil {
		return errors.WithMessage(err, r.path)
	}
	var pieces []piece
	for _, q := range p.All() {
		t, bounds := byName[q.Name], r.bounds[q.Name]
		if t.Dtype != Float32 || q.Value.Dtype() != tensor.Float32 || !littleEndian {
			if err := r.convert(t, bounds, q.Value); err != nil {
				return err
			}
			continue
		}
		for memory := inMemory(q.Value.Float32s(), 4); len(memory) > 0; {
			n := min(len(memory), pieceSize)
			pieces = append(pieces, piece{memory[:n], bounds[0]})
			memory, bounds[0] = memory[n:], bounds[0]+int64(n)
		}
	}
	return errors.WithMessage(r.read(pieces), r.path)
}

// convert reads elements that the model has as another type.
func (r *Reader) convert(t Tensor, bounds [2]int64, d *tensor.Dense) error {
	t.Bytes = make([]byte, bounds[1]-bounds[0])
	err := piece{t.Bytes, bounds[0]}.read(r.file)
	if err == nil {
		err = t.CopyTo(d)
	}
	return errors.WithMessage(err, r.path)
}

// piece is a stretch of the file and where it goes.
type piece struct {
	memory []byte
	at     int64
}

// pieceSize is how many bytes are read at once at most.
const pieceSize = 4 << 20

func (p piece) read(f *os.File) error {
	n, err := f.ReadAt(p.memory, p.at)
	if n == len(p.memory) {
		return nil
	}
	if err == io.EOF {
		return errors.New("the file became shorter")
	}
	return errors.WithStack(err)
}

// read reads pieces on all threads: the time goes into copying and into memory
// that the system hands out page by page.
func (r *Reader) read(pieces []piece) error {
	var all sync.WaitGroup
	threads := min(runtime.GOMAXPROCS(0), len(pieces))
	failed := make([]error, threads)
	for i := range threads {
		all.Go(func() {
			for k := i; k < len(pieces) && failed[i] == nil; k += threads {
				failed[i] = pieces[k].read(r.file)
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
