// Package lab puts what the textbooks say about networks to the test: each
// experiment sets the claim, the paper's numbers and ours side by side, with a
// verdict.
//
//	e, err := lab.Lookup("vanishing")
//	r, err := lab.Do(ctx, e, lab.Settings{})
//	err = r.Write("vanishing") // tables, figures, a page
package lab

//go:generate go run ./figures ../docs

import (
	"context"
	"runtime"
	"time"

	"github.com/pkg/errors"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/internal/kernel"
	"github.com/stheno-ml/stheno/internal/lookup"
)

// Experiment puts a claim of the textbooks to the test: it runs what a paper
// ran, or something that shows the same on two processors, and sets numbers
// beside the claim.
type Experiment struct {
	Name  string // of the command, the folder and the page: "vanishing"
	Title Text
	// Question is what the experiment asks, in a sentence or two.
	Question Text
	Papers   []Paper
	// Takes says how long the default settings take on two processors: "40 s".
	Takes string
	Run   func(ctx context.Context, s Settings) (*Result, error)
}

// Paper is what a claim or a published number comes from.
type Paper struct {
	Authors string `json:"authors"` // "Glorot and Bengio"
	Year    int    `json:"year"`
	Title   string `json:"title"`
	URL     string `json:"url"`
}

// experiments are all of them, in the order of the lesson.
var experiments = []*Experiment{
	&linear,
	&step,
	&activationFunctions,
	&vanishing,
	&elu,
	&maxout,
	&race,
	&shattered,
	&unrolled,
	&skip,
	&shortcut,
	&ensemble,
	&landscape,
	&auxiliary,
	&features,
	&attention,
	&receptive,
}

// All lists the experiments in the order of the lesson.
func All() []Experiment {
	all := make([]Experiment, len(experiments))
	for i, e := range experiments {
		all[i] = *e
	}
	return all
}

// Lookup returns the experiment of that name. An unknown name is an error that
// suggests the nearest known one.
func Lookup(name string) (Experiment, error) {
	known := make([]string, len(experiments))
	for i, e := range experiments {
		known[i] = e.Name
	}
	i := lookup.Find(name, known)
	if i < 0 {
		return Experiment{}, lookup.Unknown("experiment", name, known)
	}
	return *experiments[i], nil
}

// Settings say how an experiment is run. The zero value takes some minutes at
// most and needs no files.
type Settings struct {
	Seeds []uint64 // one run each; nil means 1, 2, 3
	Full  bool     // the paper's size where it can be had: much longer
	// MNIST and CIFAR10 are folders of the published files. Without them there
	// are the MNIST images that the program carries, and made-up images for
	// CIFAR-10.
	MNIST, CIFAR10 string
	// ResNet20 is a file of weights of architectures' cifar_resnet20, trained on
	// CIFAR-10, for the experiments that look into a trained network. Without it
	// or without CIFAR10 they train a small one for some seconds.
	ResNet20 string
	// Progress is told how many of how many parts are done and what comes
	// next; nil means nobody is.
	Progress func(done, of int, what string)

	// tiny asks for the least that still shows the order: tests.
	tiny bool
}

// mostSeeds bounds what a slip of the keyboard can ask for.
const mostSeeds = 1000

// Do runs an experiment and completes its result with what every result has:
// names, settings, machine and seconds. It ends with ctx's error when ctx does.
func Do(ctx context.Context, e Experiment, s Settings) (*Result, error) {
	if ctx == nil {
		return nil, errors.Errorf("lab %s: no context", e.Name)
	}
	if e.Run == nil {
		return nil, errors.Errorf("lab %s: nothing to run", e.Name)
	}
	if s.Seeds == nil {
		s.Seeds = []uint64{1, 2, 3}
	}
	if n := len(s.Seeds); n < 1 || n > mostSeeds {
		return nil, errors.Errorf("lab %s: %d seeds, want 1 to %d", e.Name, n, mostSeeds)
	}
	start := time.Now()
	r, err := e.Run(ctx, s)
	if err != nil {
		return nil, errors.WithMessage(err, "lab "+e.Name)
	}
	for i := range r.Claims {
		r.Claims[i].settle()
	}
	r.Command = "demo lab " + e.Name
	if s.MNIST != "" || s.CIFAR10 != "" {
		r.Command += " --data-dir DIR"
	}
	if s.Full {
		r.Command += " --full"
	}
	r.Experiment, r.Title, r.Question, r.Papers = e.Name, e.Title, e.Question, e.Papers
	r.Seeds, r.Full, r.Seconds = s.Seeds, s.Full, float64(int(time.Since(start).Seconds()*10+0.5))/10
	r.Machine = Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, ISA: kernel.ISA(), Threads: runtime.GOMAXPROCS(0), Go: runtime.Version()}
	return r, r.check()
}

// progress tells Settings.Progress, where there is one.
func (s Settings) progress(done, of int, what string) {
	if s.Progress != nil {
		s.Progress(done, of, what)
	}
}

// pick chooses a size: for tests, by default, and in full.
func pick[T any](s Settings, tiny, usual, full T) T {
	switch {
	case s.tiny:
		return tiny
	case s.Full:
		return full
	}
	return usual
}

// digits are MNIST's first images, as many as asked for or as there are, and
// what they are called in a result.
func (s Settings) digits(train, test int) (tr, te *datasets.Dataset, name string, err error) {
	name = "MNIST"
	if s.MNIST != "" {
		tr, te, err = datasets.MNIST(s.MNIST)
	} else {
		name = "MNIST, embedded subset"
		tr, te, err = datasets.EmbeddedMNIST()
	}
	if err != nil {
		return nil, nil, "", err
	}
	return tr.Take(train), te.Take(test), name, nil
}

// photos are CIFAR-10's first images, or made-up ones of their size, and what
// they are called in a result.
func (s Settings) photos(train, test int) (tr, te *datasets.Dataset, name string, err error) {
	if s.CIFAR10 == "" {
		tr, te, err = datasets.Synthetic(datasets.SyntheticConfig{Train: train, Test: test, Seed: 1})
		return tr, te, "made-up images of 10 classes, 3x32x32", err
	}
	if tr, te, err = datasets.CIFAR10(s.CIFAR10); err != nil {
		return nil, nil, "", err
	}
	return tr.Take(train), te.Take(test), "CIFAR-10", nil
}
