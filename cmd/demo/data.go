package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/fetch"
	"golang.org/x/term"
)

// newData makes 'demo data' for the sets of a catalogue.
func newData(sets datasets.Catalog) *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "List, download, check and export published datasets",
		Long: `Data lists the published datasets, downloads them and checks what is on the disk.

Sets are installed in the cache folder (stheno/datasets in $XDG_CACHE_HOME, by
default ~/.cache), where --data finds them. Nothing is installed that has not the
published length and SHA-256. Ctrl-C stops a download; the next one goes on
where it was.`,
		Example: `  demo data list
  demo data fetch fashion_mnist
  demo data verify
  demo train --data fashion_mnist`,
		Args: cobra.NoArgs,
	}
	c.AddCommand(newDataList(sets), newDataFetch(sets), newDataVerify(sets), newDataExport())
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return c
}

func newDataList(sets datasets.Catalog) *cobra.Command {
	var dir string
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the published datasets",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := c.OutOrStdout()
			w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			if !asJSON {
				fmt.Fprintln(w, "name\timages\tdownload\tinstalled\tlicence")
			}
			for _, p := range sets {
				folder, there, err := sets.Installed(p.Name, dir)
				if err != nil {
					return err
				}
				if asJSON {
					if !there {
						folder = ""
					}
					err := json.NewEncoder(out).Encode(struct {
						Name    string   `json:"name"`
						Title   string   `json:"title"`
						Images  string   `json:"images"`
						Bytes   int64    `json:"bytes"`
						Dir     string   `json:"dir,omitempty"` // empty: not installed
						Mirrors []string `json:"mirrors"`
						Licence string   `json:"licence"`
						Paper   string   `json:"paper"`
					}{p.Name, p.Title, p.Images, p.Bytes(), folder, p.Mirrors, p.Licence, p.Paper})
					if err != nil {
						return err
					}
					continue
				}
				answer := "no"
				if there {
					answer = "yes"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.Images, megabytes(p.Bytes()), answer, p.Licence)
			}
			return w.Flush()
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the sets (default the cache folder)")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a set")
	return c
}

func newDataFetch(sets datasets.Catalog) *cobra.Command {
	var dir, mirror string
	c := &cobra.Command{
		Use:   "fetch NAME...",
		Short: "Download and install published datasets",
		Long: `Fetch downloads datasets from their mirrors in order, checks and installs them.
What is installed already is left as it is. It prints the folder of each.`,
		Example: `  demo data fetch cifar10 cifar100
  demo data fetch mnist --dir /data --mirror https://mirror.example/mnist/`,
		Args: named,
		RunE: func(c *cobra.Command, names []string) error {
			// A name that is wrong shows before the first download.
			chosen, err := choose(sets, names)
			if err != nil {
				return err
			}
			if mirror != "" {
				if len(chosen) > 1 {
					return errors.New("--mirror is the folder of one set's files: name one set")
				}
				chosen[0].Mirrors = append([]string{strings.TrimSuffix(mirror, "/") + "/"}, chosen[0].Mirrors...)
			}
			for _, p := range chosen {
				show := newDownload(c.ErrOrStderr())
				folder, err := chosen.Fetch(c.Context(), p.Name, datasets.FetchConfig{Dir: dir, Client: fetch.Client{Progress: show.progress, Log: show.log}})
				show.clear()
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", p.Title, folder)
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder in which each set gets a folder of its name (default the cache folder)")
	c.Flags().StringVar(&mirror, "mirror", "", "address of a folder with the set's published files, to be tried first")
	return c
}

func newDataVerify(sets datasets.Catalog) *cobra.Command {
	var dir string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify [NAME...]",
		Short: "Compare datasets on the disk with what was published",
		Long: `Verify reads datasets and compares the checksums of their files, or of the decoded
pixels where those are known, with the published ones. Without names it takes all
that are installed.`,
		Example: `  demo data verify
  demo data verify cifar10 --dir DIR`,
		RunE: func(c *cobra.Command, names []string) error {
			if len(names) == 0 {
				for _, p := range sets {
					_, there, err := sets.Installed(p.Name, dir)
					if err != nil {
						return err
					}
					if there {
						names = append(names, p.Name)
					}
				}
				if len(names) == 0 {
					return errors.New("no dataset is installed: get one with \"demo data fetch NAME\", or name one and its --dir")
				}
			}
			chosen, err := choose(sets, names)
			if err != nil {
				return err
			}
			var failed []string
			for _, p := range chosen {
				err := verifyOne(c.Context(), c.OutOrStdout(), p, dir, asJSON)
				if c.Context().Err() != nil {
					return c.Context().Err()
				}
				if err == nil {
					continue
				}
				if len(chosen) == 1 {
					return err
				}
				fmt.Fprintln(c.ErrOrStderr(), err)
				failed = append(failed, p.Name)
			}
			if len(failed) > 0 {
				return errors.Errorf("not as published: %s", strings.Join(failed, ", "))
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder of the sets, or of the files of one (default the cache folder)")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a set that is as published")
	return c
}

func verifyOne(ctx context.Context, out io.Writer, p datasets.Published, dir string, asJSON bool) error {
	one := datasets.Catalog{p}
	if folder, there, err := one.Installed(p.Name, dir); err != nil {
		return err
	} else if there {
		dir = folder
	}
	v, err := one.Verify(ctx, p.Name, dir)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(struct {
			Name   string `json:"name"`
			Dir    string `json:"dir"`
			Train  int    `json:"train_images"`
			Test   int    `json:"test_images"`
			Files  int    `json:"files_verified"`
			Pixels bool   `json:"pixels_verified"`
		}{p.Name, v.Dir, v.Train, v.Test, v.Files, v.Pixels})
	}
	var by []string
	if v.Files > 0 {
		by = append(by, count(v.Files, "file"))
	}
	if v.Pixels {
		by = append(by, "the decoded pixels")
	}
	_, err = fmt.Fprintf(out, "%s: as published, %d + %d images in %s (SHA-256 of %s)\n", p.Title, v.Train, v.Test, v.Dir, strings.Join(by, " and "))
	return err
}

// named wants at least one set's name.
func named(_ *cobra.Command, names []string) error {
	if len(names) == 0 {
		return errors.New("which dataset? \"demo data list\" has their names")
	}
	return nil
}

// choose returns the sets of the names.
func choose(sets datasets.Catalog, names []string) (datasets.Catalog, error) {
	var chosen datasets.Catalog
	for _, n := range names {
		p, err := sets.Find(n)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// download shows how far a file is: a line that changes on a terminal, otherwise
// one now and then.
type download struct {
	out         io.Writer
	live, shown bool
	now         func() time.Time
	file        string
	first       int64     // bytes that were there when it began
	start, last time.Time // of the file, something was shown
}

func newDownload(out io.Writer) *download {
	d := &download{out: out, now: time.Now}
	if f, ok := out.(*os.File); ok {
		d.live = term.IsTerminal(int(f.Fd()))
	}
	return d
}

func (d *download) progress(f fetch.File, done int64) {
	now := d.now()
	if d.file != f.Name {
		d.clear()
		d.file, d.first, d.start, d.last = f.Name, done, now, now
		if !d.live {
			fmt.Fprintf(d.out, "%s: %s\n", f.Name, megabytes(f.Size))
		}
	}
	every := lineEvery
	if d.live {
		every = barEvery
	}
	if now.Sub(d.last) < every {
		return
	}
	d.last = now
	text := fmt.Sprintf("%s: %s of %s", f.Name, megabytes(done), megabytes(f.Size))
	if took, got := now.Sub(d.start), done-d.first; got > 0 && took > 0 {
		rate := float64(got) / took.Seconds()
		text += fmt.Sprintf(", %.1f MB/s, %s left", rate/1e6, lasting(time.Duration(float64(f.Size-done)/rate*float64(time.Second))))
	}
	if d.live {
		d.shown = true
		fmt.Fprintf(d.out, "\r%s\x1b[K", text)
		return
	}
	fmt.Fprintln(d.out, text)
}

// log tells what went wrong on the way.
func (d *download) log(format string, args ...any) {
	d.clear()
	fmt.Fprintf(d.out, format+"\n", args...)
}

// clear takes the changing line away.
func (d *download) clear() {
	if d.shown {
		d.shown = false
		fmt.Fprint(d.out, "\r\x1b[K")
	}
}

// megabytes writes a length as published ones are: "9.9 MB".
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
