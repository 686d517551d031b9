package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test's own program is the demo when this is set.
const asDemo = "STHENO_TEST_AS_DEMO"

func TestMain(m *testing.M) {
	if os.Getenv(asDemo) != "" {
		os.Exit(run(os.Args[1:]))
	}
	// Runs that are given no folder go below the current one.
	dir, err := os.MkdirTemp("", "demo")
	if err == nil {
		err = os.Chdir(dir)
	}
	if err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// process is the demo as a program of its own. It is killed after a minute.
func process(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, program, args...)
	c.Env = append(os.Environ(), asDemo+"=1")
	c.Dir = t.TempDir()
	return c
}

// Sizes without bound are one clear line at once, before anything large is
// allocated: the process may not have more than 6 GB of addresses.
func TestSizesWithoutBound(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the limit is set by a Linux shell")
	}
	for args, want := range map[string]string{
		"train --input 3x100000x100000":             "this machine has",
		"train --input 1x99999999999x9":             "this machine has",
		"train --activation maxout:1000000000":      "this machine has",
		"summary --input 3x100000x100000":           "this machine has",
		"summary --classes 1000000000000":           "this machine has",
		"summary --batch 1000000000000":             "this machine has",
		"graph --compiled --input 3x100000x100000":  "this machine has",
		"train --epochs 1000000000000000":           "--epochs",
		"train --lr nan":                            "--lr is NaN, want a number of at least 0",
		"train --lr inf":                            "--lr is +Inf",
		"train --limit -3":                          "--limit is -3, want 0 to",
		"bench --batch 100000000":                   "this machine has",
		"bench --batch 9223372036854775807":         "more than a computer can count",
		"bench --kernel sgemm --size 4000000000":    "size 4000000000, want 1 to",
		"bench --threads 1000000":                   "1000000 threads, want 1 to",
		"bench --seconds inf":                       "+Inf seconds",
		"bench --seconds nan":                       "NaN seconds",
		"bench --seconds -1":                        "-1 seconds",
		"bench --seconds 1e300":                     "1e+300 seconds",
		"profile --runs 9223372036854775807":        "runs",
		"profile --threads 1000000":                 "1000000 threads",
		"graph --input 9999999999x9999999999x99999": "more than a computer can count",
	} {
		start := time.Now()
		c := process(t, "/bin/sh", append([]string{"-c", `ulimit -v 6000000 && exec "$0" "$@"`, os.Args[0]}, strings.Fields(args)...)...)
		out, err := c.CombinedOutput()
		text := string(out)
		if len(text) > 500 {
			text = text[:500] + "..."
		}
		if err == nil || c.ProcessState.ExitCode() != 1 || strings.Count(string(out), "\n") != 1 || !strings.HasPrefix(text, "demo: ") || !strings.Contains(text, want) {
			t.Errorf("demo %s: %v, want one line with %q:\n%s", args, err, want, text)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("demo %s took %v", args, took)
		}
	}
}

// A signal ends every command soon, with one line and the shell's status.
func TestSignalsStopCommands(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("signals are Unix's")
	}
	for _, c := range []struct {
		args   string
		signal syscall.Signal
	}{
		{"bench --seconds 80000", syscall.SIGINT},
		{"bench --kernel sgemm --size 64 --seconds 80000", syscall.SIGTERM},
		{"profile --runs 1000000", syscall.SIGTERM},
		{"graph --arch resnet152 --compiled --train", syscall.SIGINT},
	} {
		p := process(t, os.Args[0], strings.Fields(c.args)...)
		var out bytes.Buffer
		p.Stdout, p.Stderr = &out, &out
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // until it is at work
		sent := time.Now()
		if err := p.Process.Signal(c.signal); err != nil {
			t.Fatal(err)
		}
		_ = p.Wait()
		if took := time.Since(sent); took > 20*time.Second {
			t.Errorf("demo %s took %v to stop", c.args, took)
		}
		if got, want := p.ProcessState.ExitCode(), 128+int(c.signal); got != want || out.String() != "demo: stopped by a signal: "+c.signal.String()+"\n" {
			t.Errorf("demo %s: status %d, want %d, after\n%s", c.args, got, want, out.String())
		}
		if left, _ := os.ReadDir(p.Dir); len(left) != 0 {
			t.Errorf("demo %s left %v", c.args, left)
		}
	}
}

// What a stopped training run has done is told and written.
func TestStoppedTrainingKeepsWhatThereIs(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("signals are Unix's")
	}
	dir := filepath.Join(t.TempDir(), "new", "run")
	p := process(t, os.Args[0], "train", "--limit", "256", "--epochs", "1000000", "--out", dir)
	var errs bytes.Buffer
	p.Stderr = &errs
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for range 3 { // the introduction and two epochs
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err, errs.String())
		}
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	for _, want := range []string{"stopped in epoch ", "test accuracy ", "to go on: demo train --resume " + dir} {
		if !strings.Contains(string(rest), want) {
			t.Errorf("output lacks %q:\n%s", want, rest)
		}
	}
	if p.ProcessState.ExitCode() != 128+int(syscall.SIGTERM) || errs.String() != "demo: stopped by a signal: terminated\n" {
		t.Errorf("status %d after\n%s", p.ProcessState.ExitCode(), errs.String())
	}
	history, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
	if err != nil || strings.Count(string(history), `"test_accuracy"`) < 2 {
		t.Errorf("history is %s, %v", history, err)
	}
	for _, name := range []string{"history.svg", "confusion.svg"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", name, err)
		}
	}
}
