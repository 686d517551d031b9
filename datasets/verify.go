package datasets

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/stheno-ml/stheno/fetch"
	"github.com/stheno-ml/stheno/internal/atomicfile"
)

// sumsFile lists the checksums of an installed set's files, as sha256sum does:
// the archives that they were in are not kept.
const sumsFile = "SHA256SUMS"

// Verification is what Verify found to be as published.
type Verification struct {
	Dir         string // that was looked into
	Train, Test int    // images that were read
	Files       int    // with the right checksum; 0: other files hold the images
	Pixels      bool   // the decoded pixels and labels have the right checksum
}

// Verify holds a set of PublishedSets on the disk to what was published. See
// Catalog.Verify.
func Verify(ctx context.Context, name, dir string) (Verification, error) {
	return PublishedSets().Verify(ctx, name, dir)
}

// Verify reads a set from dir, or from where Fetch installs it when dir is empty,
// and compares checksums: of all files that Fetch installed, of the published
// files, and of the decoded pixels and labels where theirs are known, so that any
// packing will do. The set is as published if all its files are or its pixels
// are; otherwise the error says what differs, or that there is nothing to compare
// with.
func (c Catalog) Verify(ctx context.Context, name, dir string) (Verification, error) {
	p, err := c.Find(name)
	if err != nil {
		return Verification{}, err
	}
	if dir == "" {
		if dir, err = p.cached(); err != nil {
			return Verification{}, err
		}
	}
	v := Verification{Dir: dir}
	// Checksums of files first: they are quick, and their errors say most.
	if v.Files, err = p.verifyFiles(ctx, dir); err != nil {
		return v, errors.WithMessage(err, p.Title)
	}
	train, test, err := p.Load(ctx, dir)
	if err != nil {
		return v, err
	}
	v.Train, v.Test = train.Len(), test.Len()
	if p.Pixels != [2]string{} {
		v.Pixels = true
		for i, part := range []Source{train, test} {
			d, ok := part.(*Dataset)
			if !ok {
				return v, errors.Errorf("%s: its pixels have a checksum, but are no Dataset", p.Title)
			}
			got := d.Digest()
			if got == p.Pixels[i] {
				continue
			}
			v.Pixels = false
			if v.Files == 0 { // no published file speaks for them either
				return v, errors.Wrapf(fetch.ErrChecksum, "%s in %s: SHA-256 of the decoded %s images is %s, want %s",
					p.Title, dir, []string{"training", "test"}[i], got, p.Pixels[i])
			}
		}
	}
	if !v.Pixels && v.Files == 0 {
		return v, errors.Errorf("%s: %s can be read, but holds neither the published files nor %s to compare with", p.Title, dir, sumsFile)
	}
	return v, nil
}

// verifyFiles compares those files whose checksums are known and counts them.
func (p Published) verifyFiles(ctx context.Context, dir string) (int, error) {
	if _, err := os.Stat(filepath.Join(dir, sumsFile)); err == nil {
		return verifySums(ctx, dir)
	}
	n := 0
	if p.packed() {
		return 0, nil
	}
	for i := range p.Files {
		f := p.file(i)
		err := fetch.Verify(filepath.Join(dir, f.Name), f)
		switch {
		case err == nil:
			n++
		case p.Pixels != [2]string{} || os.IsNotExist(errors.Cause(err)):
			// Another packing: its pixels decide.
		default:
			return n, err
		}
		if err := ctx.Err(); err != nil {
			return n, err
		}
	}
	if n < len(p.Files) {
		n = 0
	}
	return n, nil
}

// Digest is the SHA-256, in hexadecimal, of the stored pixels and labels: for
// each image in turn its pixels (C, H, W), a byte each, and its label, a byte.
// Views that resize, pad or normalise have the digest of what they show; a
// selection has its own.
func (d *Dataset) Digest() string {
	h := sha256.New()
	one := d.stored.Channels * d.stored.Height * d.stored.Width
	for i := range d.Len() {
		k := d.at(i)
		h.Write(d.pixels[k*one : (k+1)*one])
		h.Write([]byte{byte(d.labels[k])})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// writeSums writes the checksums of all files in the folder into it.
func writeSums(ctx context.Context, dir string) error {
	files, err := filesIn(dir)
	if err != nil {
		return err
	}
	return atomicfile.Stream(filepath.Join(dir, sumsFile), func(w io.Writer) error {
		for _, name := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			sum, err := sumOf(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s  %s\n", sum, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// verifySums compares all files in the folder with the list and returns their number.
func verifySums(ctx context.Context, dir string) (int, error) {
	want, err := readSums(filepath.Join(dir, sumsFile))
	if err != nil {
		return 0, err
	}
	files, err := filesIn(dir)
	if err != nil {
		return 0, err
	}
	for _, name := range files {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		sum, listed := want[name]
		if !listed {
			return 0, errors.Errorf("%s: file %s is not part of the set", dir, name)
		}
		delete(want, name)
		got, err := sumOf(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return 0, err
		}
		if got != sum {
			return 0, errors.Wrapf(fetch.ErrChecksum, "%s: SHA-256 of %s is %s, want %s; remove the folder and fetch the set again", dir, name, got, sum)
		}
	}
	for name := range want {
		return 0, errors.Errorf("%s: file %s is missing; remove the folder and fetch the set again", dir, name)
	}
	return len(files), nil
}

// readSums reads a list of checksums.
func readSums(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	return parseSums(path, f)
}

func parseSums(path string, r io.Reader) (map[string]string, error) {
	out := map[string]string{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(sum) != 2*sha256.Size || name == "" {
			return nil, errors.Errorf("%s: line %d is %q, want a SHA-256, two spaces and a file", path, n, lines.Text())
		}
		out[name] = sum
	}
	return out, errors.Wrap(lines.Err(), path)
}

// filesIn lists the files of a set by their paths in the folder, with slashes, in order.
func filesIn(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if rel = filepath.ToSlash(rel); err == nil && rel != sumsFile {
			out = append(out, rel)
		}
		return err
	})
	slices.Sort(out)
	return out, errors.WithStack(err)
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", errors.WithStack(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", errors.Wrap(err, path)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
