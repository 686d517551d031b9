// Command demo trains, draws, measures and lists the networks of stheno.
//
// Without arguments it trains LeNet-5 on the MNIST images it carries.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := newRoot().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func newRoot() *cobra.Command {
	train := newTrain()
	root := &cobra.Command{
		Use:   "demo",
		Short: "Train, draw and measure convolutional networks",
		Long: `Demo trains, draws and measures the convolutional networks of stheno.

Without a command it trains LeNet-5 on the MNIST images that it carries, which
takes some seconds and needs no network connection.`,
		Example: `  demo                                                  train LeNet-5 on embedded MNIST
  demo train --arch cifar_resnet20 --data cifar10 --data-dir DIR --epochs 10
  demo train --activation elu:1 --optimizer sgd --out run1
  demo summary --arch resnet50
  demo graph --arch googlenet -o googlenet.svg
  demo bench --arch resnet18 --batch 16 --mode train`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          train.RunE,
	}
	root.Flags().AddFlagSet(train.Flags())
	root.AddCommand(train, newSummary(), newGraph(), newList(), newBench(), newProfile())
	root.CompletionOptions.HiddenDefaultCmd = true
	return root
}
