package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/stheno-ml/stheno/measure"
)

func newBench() *cobra.Command {
	var n network
	var passes compiling
	var batch, threads, size int
	var mode, kernelName, file string
	var seconds float64
	var asJSON, turns bool
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure the speed of a network's steps, or of one kernel",
		Long: `Bench measures steps of a network on made-up images: milliseconds a step
(median), images and floating-point operations a second, percent of the peak
that it measures itself with multiply-adds on registers alone, memory, and
allocations. Or it measures how long a network takes from a file of weights to
its first answer.`,
		Example: `  demo bench --arch lenet5 --batch 128
  demo bench --arch resnet18 --batch 1 --mode infer --threads 1 --json
  demo bench --arch resnet18 --batch 1 --mode first --weights resnet18.safetensors
  demo bench --arch googlenet --batch 1 --mode infer --without layout
  demo bench --kernel sgemm --size 1024 --threads 1`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := c.OutOrStdout()
			if kernelName != "" {
				m, err := measure.Kernel(c.Context(), measure.KernelWorkload{Kernel: kernelName, Size: size, Threads: threads, Seconds: seconds})
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(out).Encode(m)
				}
				fmt.Fprintf(out, "%s %dx%dx%d, %d threads, %s: %.1f GFLOP/s, %.0f %% of the peak of %.1f\n",
					m.Kernel, size, size, size, m.Threads, m.ISA, m.GFLOPS, 100*m.GFLOPS/m.PeakGFLOPS, m.PeakGFLOPS)
				return nil
			}
			first := mode == "first"
			if first {
				mode = "infer"
			}
			w, err := n.workload(batch, mode)
			if err != nil {
				return err
			}
			w.Threads, w.Seconds = threads, seconds
			passes.measured(&w)
			w.Weights = file
			if first {
				return firstAnswer(c, w, asJSON)
			}
			r, err := measure.Start(c.Context(), w)
			if err != nil {
				return err
			}
			defer r.Close()
			in := bufio.NewScanner(c.InOrStdin())
			for !turns || in.Scan() {
				m, err := r.Measure(c.Context())
				if err != nil {
					return err
				}
				if asJSON {
					err = json.NewEncoder(out).Encode(m)
				} else {
					err = printMeasurement(out, m)
				}
				if err != nil || !turns {
					return err
				}
			}
			return in.Err()
		},
	}
	n.flags(c.Flags(), "lenet5")
	passes.flags(c.Flags())
	c.Flags().IntVar(&batch, "batch", 32, "images a step")
	c.Flags().StringVar(&mode, "mode", "train", "train, infer, or first: from a file of weights to the first answer")
	c.Flags().IntVar(&threads, "threads", 0, "threads to use; 0 uses all")
	c.Flags().Float64Var(&seconds, "seconds", 2, "how long to measure")
	c.Flags().StringVar(&file, "weights", "", "safetensors file of the network's weights (default as it starts)")
	c.Flags().BoolVar(&turns, "turns", false, "measure once for every line of standard input, to take turns with another program")
	c.Flags().StringVar(&kernelName, "kernel", "", "measure a kernel instead: sgemm")
	c.Flags().IntVar(&size, "size", 1024, "rows and columns of the kernel's matrices")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a measurement")
	return c
}

// firstAnswer measures and prints how long the first answer takes.
func firstAnswer(c *cobra.Command, w measure.Workload, asJSON bool) error {
	if w.Weights == "" {
		return errors.New("--mode first needs --weights, a file to read")
	}
	f, err := measure.FirstAnswer(c.Context(), w)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(f)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), `%s, batch %d, first answer, %d threads, %s
  time    %.1f ms: file %.1f, program %.1f, weights %.1f, run %.1f
  memory  %.1f MB peak of the process
`, f.Arch, f.Batch, f.Threads, f.ISA, f.Ms, f.OpenMs, f.BuildMs, f.LoadMs, f.RunMs, float64(f.PeakMemoryBytes)/1e6)
	return err
}

func printMeasurement(out io.Writer, m measure.Speed) error {
	_, err := fmt.Fprintf(out, `%s, batch %d, %s, %d threads, %s
  time         %.3f ms a step (median of %d), %.1f images/s
  arithmetic   %.1f GFLOP/s, %.0f %% of the peak of %.1f
  memory       %.1f MB planned, %.1f MB peak of the process
  allocations  %.0f a step, %.1f kB
`, m.Arch, m.Batch, m.Mode, m.Threads, m.ISA, m.MsPerStep, m.Runs, m.ImagesPerSecond, m.GFLOPS, m.PercentOfPeak(), m.PeakGFLOPS,
		float64(m.PlannedMemoryBytes)/1e6, float64(m.PeakMemoryBytes)/1e6, m.AllocsPerStep, m.AllocBytesPerStep/1e3)
	return err
}

// workload is the network as a thing to measure.
func (n *network) workload(batch int, mode string) (measure.Workload, error) {
	if mode != "train" && mode != "infer" {
		return measure.Workload{}, errors.Errorf("--mode is %q, want train or infer, or for bench first", mode)
	}
	a, net, size, err := n.build()
	if err != nil {
		return measure.Workload{}, err
	}
	return measure.Workload{Name: a.Name, Net: net, Input: size, Batch: batch, Train: mode == "train"}, nil
}
