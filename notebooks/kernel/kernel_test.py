"""Asks the installed kernel what a front end asks it: pictures, interrupts,
tooltips, completion. The exit status is 1 if an answer is not as it should be.
"""
import base64
import sys
import time

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="gophernotes", startup_timeout=120)
failures = 0


def check(name, good, got):
    global failures
    if good:
        print(f"ok: {name}")
    else:
        failures += 1
        print(f"FAIL: {name}: {str(got)[:2000]}", file=sys.stderr)


def run(code, stop_after=None, timeout=120):
    """Runs a cell; returns its reply and outputs. stop_after presses the stop
    button so many seconds after the first output."""
    outputs = []
    request = client.execute(code)
    stop_at = None
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            message = client.get_iopub_msg(timeout=0.2)
        except Exception:  # queue.Empty: nothing came
            message = None
        if stop_at and time.monotonic() > stop_at:
            manager.interrupt_kernel()
            stop_at = None
        if message is None or message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] == "idle":
            return client.get_shell_msg(timeout=10)["content"], outputs
        if kind in ("stream", "display_data", "execute_result", "error"):
            outputs.append((kind, content))
            if stop_after is not None:
                stop_at, stop_after = time.monotonic() + stop_after, None
    raise SystemExit(f"the cell took more than {timeout} s: {code}")


def text(outputs):
    return "".join(content.get("text", "") for kind, content in outputs if kind == "stream")


def ask(method, code, cursor):
    request = method(code, len(code) if cursor is None else cursor)
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == request:
            return reply["content"]


reply, _ = run('''import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/stheno-ml/stheno/activations"
	"github.com/stheno-ml/stheno/blocks"
	"github.com/stheno-ml/stheno/datasets"
	"github.com/stheno-ml/stheno/drawing"
	"github.com/stheno-ml/stheno/plots"
	"github.com/stheno-ml/stheno/trainer"
)''')
check("imports", reply["status"] == "ok", reply)


def picture(name, code):
    reply, outputs = run(code)
    data = next((c["data"] for kind, c in outputs if kind == "execute_result"), {})
    meta = next((c["metadata"] for kind, c in outputs if kind == "execute_result"), {})
    png = base64.b64decode(data.get("image/png", ""))
    check(name + " has SVG", data.get("image/svg+xml", "").lstrip().startswith("<"), reply)
    check(name + " has PNG", png.startswith(b"\x89PNG"), data.get("text/plain"))
    check(name + " has a size", meta.get("image/png", {}).get("width", 0) > 10, meta)


picture("a figure", 'plots.Curve("a line", "x", "y", plots.Series{Y: []float64{1, 2, 4}})')
picture("a drawing", '''g := G.NewGraph()
x := G.NewScalar(g, tensor.Float64, G.WithName("x"))
y, err := activations.Tanh{}.Apply(x)
drawing.Expression(drawing.Options{}, y)''')

# A training run: the stop button ends it after the step under way and keeps what
# there is. The cell goes on, and so does the next one.
reply, outputs = run('''train, test, err := datasets.EmbeddedMNIST()
if err != nil {
	panic(err)
}
run, err := trainer.Fit(ctx, blocks.Sequence{blocks.Linear{Out: 10}},
	trainer.Data{Train: train, Test: test},
	trainer.Config{Epochs: 100000, Batch: 100, Optimizer: trainer.SGD{LR: 0.01}, Hooks: []trainer.Hook{trainer.LogTo(os.Stdout)}})
fmt.Println("stopped:", run.Stopped, errors.Is(err, context.Canceled))''', stop_after=0.5)
check("an interrupt ends a training run", reply["status"] == "ok" and "stopped: true true" in text(outputs), (reply, text(outputs)[-500:]))
check("progress while it runs", text(outputs).count("\n") > 2, text(outputs)[:500])
reply, outputs = run('fmt.Println(run.Steps > 0, len(run.History) > 0, ctx.Err())')
check("an interrupt keeps the network", text(outputs) == "true true <nil>\n", (reply, outputs))
reply, outputs = run('fmt.Println("going")\nfor {\n}', stop_after=0.3)
check("an interrupt ends a loop", reply["status"] == "error" and "interrupted" in reply["evalue"], reply)

reply, _ = run('a := []int{1}\n\nfmt.Println(a[2])')
check("a panic names its line", reply["status"] == "error" and "]:3: " in reply["evalue"], reply)
reply, _ = run('func f(x int) int {\n\tif x > 0 {\n\t\treturn 1\n\t}\n}')
check("a missing return does not compile", reply["status"] == "error" and ":5:1: missing return" in reply["evalue"], reply)
reply, _ = run('func Map[T any](x T) T { return x }')
check("generics are refused by name", reply["status"] == "error" and "cells have no generics" in reply["evalue"], reply)
reply, _ = run('slices.Clone([]int{1})')
check("a generic function is refused by name", reply["status"] == "error" and "generic" in reply["evalue"], reply)
reply, outputs = run('s := []int{3, 1, 2}\nslices.Sort(s)\nfor i := range 3 {\n\tfmt.Print(s[i])\n}')
check("slices and ranges over integers", text(outputs) == "123", (reply, outputs))

found = ask(client.complete, "trainer.Config{Epochs: 3, Opt", None)
check("completion of a literal's fields", found.get("matches") == ["Optimizer"] and found["cursor_start"] == 26, found)
found = ask(client.complete, "run.Test.", None)
check("completion of a value's fields", "Confusion" in found.get("matches", []), found)
found = ask(client.complete, "// 한글\nplots.Cur", None)
check("completion behind Korean", found.get("matches") == ["Curve"] and found["cursor_start"] == 12, found)

for code, cursor, want in (
    ("trainer.Fit(ctx, ", None, "mini-batch gradient descent"),
    ("run.Params", None, "the trained parameters"),
    ("run.Program(100)", 6, "compiles the network for inference"),
    ("trainer.Config{ClipNorm: 1}", 18, "largest common norm"),
    ("fmt.Println", None, "func Println"),
    ("blocks.Residual{}", 10, "two 3x3 convolutions"),
):
    answer = ask(client.inspect, code, cursor)
    check("inspect " + code, answer.get("found") and want in answer["data"].get("text/plain", ""), answer)
answer = ask(client.inspect, "unknown_name", None)
check("inspect what is not there", answer["status"] == "ok" and not answer["found"], answer)

client.stop_channels()
manager.shutdown_kernel(now=True)
sys.exit(1 if failures else 0)
