// Command demo trains, draws, measures and lists the networks of stheno.
//
// Without arguments it trains LeNet-5 on the MNIST images it carries.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/internal/lookup"
)

func main() { os.Exit(run(os.Args[1:])) }

// run executes a command line and returns the process's exit status: 1 after an
// error, and as shells have it 128 plus the signal's number after a signal.
func run(args []string) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals) // a second one ends the process at once
		cancel(&stopped{s})
	}()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var by *stopped
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled) && errors.As(context.Cause(ctx), &by):
		fmt.Fprintln(os.Stderr, "demo:", by)
		if n, ok := by.signal.(syscall.Signal); ok {
			return 128 + int(n)
		}
	default:
		fmt.Fprintln(os.Stderr, "demo:", err)
	}
	return 1
}

// stopped says which signal ended the command.
type stopped struct{ signal os.Signal }

// Error names the signal: "stopped by a signal: interrupt".
func (s *stopped) Error() string { return "stopped by a signal: " + s.signal.String() }

// Is makes it the cancelled context's error, for whoever asks for that.
func (s *stopped) Is(target error) bool { return target == context.Canceled }

func newRoot() *cobra.Command {
	train := newTrain()
	root := &cobra.Command{
		Use:   "demo",
		Short: "Train, draw and measure convolutional networks",
		Long: `Demo trains, draws and measures the convolutional networks of stheno.

Without a command it trains LeNet-5 on the MNIST images that it carries, which
takes some seconds and needs no network connection. Ctrl-C stops any command;
training then keeps what it has, a second Ctrl-C ends it at once.`,
		Example: `  demo                                                  train LeNet-5 on embedded MNIST
  demo train --recipe cifar10-resnet20 --data-dir DIR
  demo train --activation elu:1 --optimizer sgd --out run1
  demo predict digit.png
  demo summary --arch resnet50
  demo graph --arch googlenet -o googlenet.svg
  demo bench --arch resnet18 --batch 16 --mode train`,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          train.RunE,
	}
	root.Flags().AddFlagSet(train.Flags())
	root.AddCommand(train, newFindLR(), newPredict(), newEval(), newLive(), newCompare(), newReproduce(), newReport(), newSummary(), newGraph(), newList(), newData(datasets.PublishedSets()), newBench(), newProfile(), newExplain(), newLab())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var known []string
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				known = append(known, sub.Name())
			}
		}
		return lookup.Unknown("command", args[0], known)
	}
	root.SetFlagErrorFunc(suggestFlag)
	return root
}

// suggestFlag names the flag that was probably meant.
func suggestFlag(c *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || len(missing.GetSpecifiedName()) < 2 {
		return err
	}
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	return lookup.Unknown("flag", "--"+missing.GetSpecifiedName(), known)
}
