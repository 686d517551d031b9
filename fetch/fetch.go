// Package fetch downloads published files: from several mirrors in order, going
// on where a cut connection stopped, and keeping nothing that does not have the
// published length and checksum.
package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/internal/filelock"
	"github.com/stheno-ml/stheno/internal/size"
)

// File is something to download.
type File struct {
	Name   string   // its name in the folder
	URLs   []string // mirrors, the preferred one first
	Size   int64    // bytes
	SHA256 string   // hexadecimal
}

// Client downloads files. Its zero value works.
type Client struct {
	HTTP     *http.Client                     // nil: http.Transport's defaults. Its redirect policy is replaced
	Idle     time.Duration                    // without a byte, after which a mirror is given up; 0 means 30 s
	Tries    int                              // at each mirror; 0 means 3. One that made progress starts the count anew
	Pause    time.Duration                    // before a mirror is tried again; 0 means 1 s
	Progress func(f File, done int64)         // called often, nil: not at all
	Log      func(format string, args ...any) // what went wrong on the way; nil: nowhere
}

// ErrChecksum says that a file was whole but not the published one.
var ErrChecksum = errors.New("wrong checksum")

// Get puts the file into a folder, which must exist. If it is there already, with
// the right length and checksum, nothing is done; a wrong one is replaced. What a
// broken download left is used: only the rest is asked for. The file takes its
// name when it is whole, checked and on the disk. Two processes may ask for one
// file: the second returns filelock.ErrLocked. What the disk has no room for is
// refused before the first byte.
//
// The error names every mirror and what was wrong there.
func (c Client) Get(ctx context.Context, dir string, f File) error {
	if err := f.check(); err != nil {
		return err
	}
	path := filepath.Join(dir, f.Name)
	if Verify(path, f) == nil {
		return nil
	}
	part := filepath.Join(dir, "."+f.Name+".part")
	lock, err := filelock.Try(part + ".lock")
	if err != nil {
		return errors.WithMessagef(err, "fetch %s", f.Name)
	}
	defer lock.Remove()
	// Whoever had the lock may have got the file in the meantime.
	if Verify(path, f) == nil {
		return nil
	}
	if err := size.FitDisk("the rest of "+f.Name, dir, f.Size-length(part)); err != nil {
		return errors.WithMessagef(err, "fetch %s", f.Name)
	}
	var faults []string
	for _, mirror := range f.URLs {
		err := c.mirror(ctx, mirror, part, f)
		if err == nil {
			return install(part, path)
		}
		if ctx.Err() != nil {
			return errors.Wrapf(ctx.Err(), "fetch %s: stopped", f.Name)
		}
		c.log("%s: %v", mirror, err)
		faults = append(faults, mirror+": "+err.Error())
	}
	return errors.Errorf("fetch %s: no mirror gave it: %s", f.Name, strings.Join(faults, "; "))
}

func (f File) check() error {
	switch {
	case f.Name == "" || !filepath.IsLocal(f.Name) || filepath.Base(f.Name) != f.Name:
		return errors.Errorf("fetch: file name %q, want a plain one", f.Name)
	case f.Size < 0 || len(f.SHA256) != 64:
		return errors.Errorf("fetch %s: size %d and checksum %q, want both as published", f.Name, f.Size, f.SHA256)
	case len(f.URLs) == 0:
		return errors.Errorf("fetch %s: no address", f.Name)
	}
	return nil
}

// Verify holds a file on the disk to its published length and checksum.
func Verify(path string, f File) error {
	in, err := os.Open(path)
	if err != nil {
		return errors.Wrap(err, "verify")
	}
	defer in.Close()
	if info, err := in.Stat(); err == nil && info.Size() != f.Size {
		return errors.Errorf("verify %s: %d bytes, want %d", path, info.Size(), f.Size)
	}
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return errors.Wrapf(err, "verify %s", path)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != strings.ToLower(f.SHA256) {
		return errors.Wrapf(ErrChecksum, "verify %s: SHA-256 is %s, want %s", path, got, f.SHA256)
	}
	return nil
}

// mirror downloads from one address until the file is whole or the tries are
// used up.
func (c Client) mirror(ctx context.Context, address, part string, f File) error {
	tries := c.Tries
	if tries == 0 {
		tries = 3
	}
	var last error
	for n := 0; n < tries; n++ {
		if n > 0 {
			pause := c.Pause
			if pause == 0 {
				pause = time.Second
			}
			select {
			case <-time.After(pause << min(n-1, 5)):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		before := length(part)
		err := c.once(ctx, address, part, f)
		if err == nil {
			if err = Verify(part, f); err == nil {
				return nil
			}
			os.Remove(part) // whole, and wrong: its rest would be, too
			if before == 0 {
				return err
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var final *finalError
		if errors.As(err, &final) {
			return err
		}
		if length(part) > before {
			n = 0 // it made progress
		}
		last = err
	}
	return last
}

func length(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// finalError is an answer that another try would not change.
type finalError struct{ text string }

func (e *finalError) Error() string { return e.text }

// once makes one request and appends what it brings to the partial file.
func (c Client) once(ctx context.Context, address, part string, f File) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	idle := c.Idle
	if idle == 0 {
		idle = 30 * time.Second
	}
	watch := time.AfterFunc(idle, cancel)
	defer watch.Stop()
	have := length(part)
	if have > f.Size {
		os.Remove(part)
		have = 0
	}
	if have == f.Size && have > 0 {
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return &finalError{err.Error()}
	}
	req.Header.Set("Accept-Encoding", "identity") // the file's own bytes
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := c.http().Do(req)
	if err != nil && ctx.Err() != nil {
		return errors.Errorf("no byte for %v", idle)
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	switch {
	case resp.StatusCode == http.StatusPartialContent && have > 0:
		if want := fmt.Sprintf("bytes %d-%d/%d", have, f.Size-1, f.Size); resp.Header.Get("Content-Range") != want {
			os.Remove(part) // the next try asks for all
			return errors.Errorf("answers the range %q, want %q", resp.Header.Get("Content-Range"), want)
		}
	case resp.StatusCode == http.StatusOK:
		have, flags = 0, flags|os.O_TRUNC
		if n := resp.ContentLength; n >= 0 && n != f.Size {
			return &finalError{fmt.Sprintf("announces %d bytes, want %d", n, f.Size)}
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		os.Remove(part)
		return errors.New("answers " + status(resp.StatusCode))
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout:
		return errors.New("answers " + status(resp.StatusCode))
	default:
		return &finalError{"answers " + status(resp.StatusCode)}
	}
	out, err := os.OpenFile(part, flags, 0o644)
	if err != nil {
		return &finalError{err.Error()}
	}
	err = c.copy(out, resp.Body, have, f, func() { watch.Reset(idle) })
	if cerr := out.Close(); err == nil && cerr != nil {
		err = &finalError{cerr.Error()}
	}
	if err != nil && ctx.Err() != nil {
		return errors.Errorf("no byte for %v", idle)
	}
	return err
}

// status has our own words for a code: a server's may hold anything.
func status(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

func (c Client) copy(out io.Writer, in io.Reader, have int64, f File, alive func()) error {
	buf := make([]byte, 1<<16)
	for {
		n, err := in.Read(buf)
		if n > 0 {
			alive()
			if have+int64(n) > f.Size {
				return &finalError{fmt.Sprintf("sends more than %d bytes", f.Size)}
			}
			if _, werr := out.Write(buf[:n]); werr != nil {
				return &finalError{werr.Error()}
			}
			have += int64(n)
			if c.Progress != nil {
				c.Progress(f, have)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if have < f.Size {
		return errors.Errorf("ended after %d bytes of %d", have, f.Size)
	}
	return nil
}

// http is the client with a redirect policy of our own: no more than ten, and
// never from https to anything else.
func (c Client) http() *http.Client {
	client := http.Client{}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) >= 10 {
			return errors.New("more than ten redirects")
		}
		if secure(via[len(via)-1].URL) && !secure(req.URL) {
			return errors.Errorf("refuses to be led from https to %s", req.URL)
		}
		return nil
	}
	return &client
}

func secure(u *url.URL) bool { return u.Scheme == "https" }

func (c Client) log(format string, args ...any) {
	if c.Log != nil {
		c.Log(format, args...)
	}
}

// install gives a checked file its name, durably.
func install(part, path string) error {
	in, err := os.OpenFile(part, os.O_RDWR, 0)
	if err == nil {
		err = in.Sync()
		if cerr := in.Close(); err == nil {
			err = cerr
		}
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Wrapf(err, "fetch: %s", path)
	}
	return errors.Wrapf(atomicfile.OS.SyncFolder(filepath.Dir(path)), "fetch: %s", path)
}
