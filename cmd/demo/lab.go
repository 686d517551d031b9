package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/internal/atomicfile"
	"github.com/stheno-ml/stheno/lab"
)

// trainedResNet20 is where this repository keeps those weights.
const trainedResNet20 = "docs/results/cifar10-resnet20.safetensors"

// experiment is what 'demo lab' was told.
type experiment struct {
	full         bool
	seeds        int
	dataDir, out string
	weights      string
	dir          string // of 'demo lab lessons'
}

func newLab() *cobra.Command {
	e := &experiment{}
	c := &cobra.Command{
		Use:   "lab [EXPERIMENT]",
		Short: "Put the claims of the textbooks to the test",
		Long: `Lab runs an experiment: it measures what the textbooks say about deep networks, sets it
beside the numbers of the paper that it comes from, and says whether it holds. Without
a name it lists the experiments. The result is a folder with a page to open in a browser
(index.html), figures, and tables as .csv files.

Without --data-dir experiments use the MNIST images that the program carries and made-up
images in place of CIFAR-10.`,
		Example: `  demo lab
  demo lab vanishing
  demo lab race --data-dir DIR --full --out race
  demo lab lessons`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listExperiments(c.OutOrStdout())
			}
			return e.run(c, args[0])
		},
	}
	f := c.Flags()
	f.BoolVar(&e.full, "full", false, "the paper's size where it can be had: much longer")
	f.IntVar(&e.seeds, "seeds", 3, "runs, with seeds 1, 2, 3, ...")
	f.StringVar(&e.dataDir, "data-dir", "", "folder with the published MNIST and CIFAR-10 files, or folders mnist and cifar-10-batches-bin")
	f.StringVar(&e.weights, "weights", "", "trained weights of cifar_resnet20 to look into (default "+trainedResNet20+" where it is there)")
	f.StringVar(&e.out, "out", "", "folder for the result (default lab-EXPERIMENT)")
	lessons := &cobra.Command{
		Use:   "lessons",
		Short: "Write docs/lessons.md and docs/lessons.ko.md from the results in docs/lab",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return e.lessons(c.OutOrStdout())
		},
	}
	lessons.Flags().StringVar(&e.dir, "docs", "docs", "folder that has lab/ and gets the lessons")
	c.AddCommand(lessons)
	return c
}

func listExperiments(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "experiment\ttakes\twhat it is about")
	for _, e := range lab.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", e.Name, e.Takes, e.Title.EN)
	}
	return w.Flush()
}

func (e *experiment) run(c *cobra.Command, name string) error {
	x, err := lab.Lookup(name)
	if err != nil {
		return err
	}
	if e.seeds < 1 || e.seeds > 1000 {
		return errors.Errorf("--seeds %d: want 1 to 1000", e.seeds)
	}
	s := lab.Settings{Full: e.full, ResNet20: e.weights}
	if _, err := os.Stat(trainedResNet20); s.ResNet20 == "" && err == nil {
		s.ResNet20 = trainedResNet20
	}
	for i := range e.seeds {
		s.Seeds = append(s.Seeds, uint64(i)+1)
	}
	if e.dataDir != "" {
		if s.MNIST, s.CIFAR10, err = dataFolders(e.dataDir); err != nil {
			return err
		}
	}
	out := e.out
	if out == "" {
		out = "lab-" + x.Name
	}
	if err := atomicfile.Folder(out); err != nil {
		return err
	}
	s.Progress = parts(c.ErrOrStderr())
	r, err := lab.Do(c.Context(), x, s)
	if err != nil {
		return err
	}
	if err := r.Write(out); err != nil {
		return err
	}
	return tellResult(c.OutOrStdout(), r, out)
}

// dataFolders finds the published sets in a folder, one of them at least.
func dataFolders(dir string) (mnist, cifar string, err error) {
	for _, names := range []string{"train-images-idx3-ubyte", "train-images-idx3-ubyte.gz", "mnist/train-images-idx3-ubyte", "mnist/train-images-idx3-ubyte.gz"} {
		if _, err := os.Stat(filepath.Join(dir, names)); err == nil {
			mnist = dir
		}
	}
	for _, names := range []string{"data_batch_1.bin", "cifar10/data_batch_1.bin", "cifar-10-batches-bin/data_batch_1.bin", "cifar10/cifar-10-batches-bin/data_batch_1.bin"} {
		if _, err := os.Stat(filepath.Join(dir, names)); err == nil {
			cifar = dir
		}
	}
	if mnist == "" && cifar == "" {
		return "", "", errors.Errorf("--data-dir %s: neither MNIST nor CIFAR-10 is there; 'demo data fetch' downloads them", dir)
	}
	return mnist, cifar, nil
}

// parts says on a line of its own what comes next, now and then.
func parts(out io.Writer) func(done, of int, what string) {
	start := time.Now()
	shown := start.Add(-lineEvery)
	return func(done, of int, what string) {
		now := time.Now()
		if now.Sub(shown) < lineEvery/6 {
			return
		}
		shown = now
		left := ""
		if done > 0 {
			left = ", " + remaining(now.Sub(start), done, of-done) + " left"
		}
		fmt.Fprintf(out, "%d of %d: %s%s\n", done+1, of, what, left)
	}
}

func tellResult(out io.Writer, r *lab.Result, dir string) error {
	for _, claim := range r.Claims {
		published := ""
		if claim.Published.EN != "" {
			published = "\n  published: " + claim.Published.EN
		}
		if _, err := fmt.Fprintf(out, "\n%s\n  source:    %s%s\n  measured:  %s\n  verdict:   %s. %s\n", claim.Textbook.EN,
			claim.Source, published, claim.Measured.EN, claim.Holds.Text().EN, claim.Verdict.EN); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "\n%s, seeds %v; the result is in %s\n", lasting(time.Duration(r.Seconds*float64(time.Second))), r.Seeds, dir)
	return err
}

func (e *experiment) lessons(out io.Writer) error {
	files, err := lab.WriteLessons(e.dir)
	for _, f := range files {
		fmt.Fprintln(out, "written", f)
	}
	return err
}
