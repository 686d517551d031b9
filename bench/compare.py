#!/usr/bin/env python3
"""Runs the same networks in stheno and in its rivals, taking turns.

The rivals are ONNX Runtime, OpenVINO and PyTorch, the latter in four modes:
eager, channels_last, torch.compile and both. For every network and mode all
sides start, warm up, and are then measured in turn, so that a machine whose
speed drifts favours none; each round gives a ratio of a rival's time over ours,
above 1 where we are faster, and the median of the rounds is printed. All have the
same weights and images, and the answers are compared.

    python3 bench/compare.py                          everything
    python3 bench/compare.py --only resnet18          one network
    python3 bench/compare.py --modes infer1,first     batch 1, and the time to the first answer
    python3 bench/compare.py --rivals onnxruntime,torch_channels_last
    python3 bench/compare.py --threads 1 --markdown   the table as in RESULTS.md
    python3 bench/compare.py --against FILE           another build of cmd/demo instead of the rivals

Modes are train, infer, infer1 (batch 1) and first: from the start of a process,
weights on disk, to its first answer at batch 1. "load" there leaves out what
starting Python and importing libraries took.

Needs Go, and the packages of requirements.txt unless --against names a build.
torch.compile needs a C++ compiler. Times are in milliseconds, memory is a
process's peak in megabytes.
"""
import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from networks import NETWORKS  # noqa: E402

TORCH = ["torch", "torch_channels_last", "torch_compile", "torch_compile_channels_last"]
RIVALS = ["onnxruntime", "openvino"] + TORCH
OURS = "stheno"


class Worker:
    """A process that is measured again and again."""

    def __init__(self, command, env):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)

    def ask(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.read()

    def read(self):
        line = self.process.stdout.readline()
        while line and not line.startswith("{"):
            line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            raise RuntimeError(self.errors.read()[-2000:] or "it ended")
        return json.loads(line)

    def close(self):
        for file in (self.process.stdin, self.process.stdout, self.errors):
            file.close()
        self.process.wait()


class Again:
    """A program that is started anew for every measurement: builds of cmd/demo that take no turns."""

    def __init__(self, command, env):
        self.command, self.env = command, env

    def ask(self):
        return once(self.command, self.env)

    def close(self):
        pass


def once(command, env):
    """Runs a program to its end. Adds the time from its start to its answer."""
    begin = time.perf_counter()
    w = Worker(command, env)
    try:
        answer = w.read()
        return dict(answer, total_ms=(time.perf_counter() - begin) * 1e3)
    finally:
        w.close()


class Comparison:
    def __init__(self, args):
        self.args = args
        self.own = None if args.folder else tempfile.TemporaryDirectory(prefix="stheno-bench-")
        self.folder = os.path.abspath(args.folder) if args.folder else self.own.name
        os.makedirs(self.folder, exist_ok=True)
        self.env = dict(os.environ, GOMAXPROCS=str(args.threads), OMP_NUM_THREADS=str(args.threads),
                        TORCHINDUCTOR_CACHE_DIR=os.path.join(self.folder, "inductor"))
        self.demo = args.demo
        if not self.demo:
            self.demo = os.path.join(self.folder, "demo")
            subprocess.run(["go", "build", "-o", self.demo, "./cmd/demo"], cwd=os.path.dirname(here), check=True)
        self.versions, self.skipped, self.results = {}, [], []

    def path(self, name):
        return os.path.join(self.folder, name)

    def prepare(self, name, channels, size, batches):
        """Writes the weights in a process of its own, which frees its memory. Returns the right answer."""
        done = self.path(name + ".json")
        if os.path.exists(done):
            with open(done) as f:
                return json.load(f)
        code = f"import sys, json; sys.path.insert(0, {here!r}); import networks; " \
               f"print(json.dumps(networks.prepare({name!r}, {channels}, {size}, {batches!r}, {self.folder!r})))"
        out = subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=self.env, check=True, capture_output=True, text=True).stdout
        answer = json.loads(out.strip().splitlines()[-1])
        with open(done, "w") as f:
            json.dump(answer, f)
        return answer

    def ours(self, name, batch, mode, extra=()):
        command = [self.demo, "bench", "--arch", name, "--batch", str(batch), "--mode", mode, "--threads", str(self.args.threads), "--json"]
        if mode != "train" and not self.args.against:
            command += ["--weights", self.path(name + ".safetensors")]
        return command + list(extra)

    def theirs(self, rival, name, channels, size, batch, **more):
        spec = {"rival": rival, "name": name, "channels": channels, "size": size, "batch": batch, "threads": self.args.threads,
                "seconds": self.args.seconds, "train": False, "weights": self.path(name + ".safetensors"),
                "onnx": self.path(f"{name}_{batch}.onnx"), **more}
        return [sys.executable, os.path.join(here, "worker.py"), json.dumps(spec)]

    def sides(self, name, channels, size, batch, mode):
        """The workers of a case, started and warm, by name."""
        seconds = ["--seconds", str(self.args.seconds)]
        if self.args.against:
            # Each turn is a process of its own: the other build may know no other way.
            other = [self.args.against] + self.ours(name, batch, mode, seconds)[1:]
            return {OURS: Again(self.ours(name, batch, mode, seconds), self.env), "other": Again(other, self.env)}
        workers = {OURS: Worker(self.ours(name, batch, mode, seconds + ["--turns"]), self.env)}
        for rival in self.args.rivals:
            if mode == "train" and rival not in TORCH:
                continue
            w = Worker(self.theirs(rival, name, channels, size, batch, train=mode == "train"), self.env)
            try:
                self.versions[rival.split("_")[0]] = w.read()["version"]
                workers[rival] = w
            except (RuntimeError, ValueError) as e:
                self.skipped.append(f"{rival} {name} {mode}: {e}")
                w.close()
        return workers

    def steady(self, name, channels, size, batch, mode):
        workers = self.sides(name, channels, size, batch, mode)
        try:
            rounds = {side: [] for side in workers}
            for _ in range(self.args.pairs):
                for side, w in workers.items():
                    rounds[side].append(w.ask())
        finally:
            for w in workers.values():
                w.close()
        key = "cpu_ms_per_step" if self.args.cpu else "ms_per_step"
        return {side: {"ms": [m[key] for m in list_], "runs": sum(m["runs"] for m in list_),
                       "memory": max(m["peak_memory_bytes"] for m in list_), "base": list_[-1].get("base_memory_bytes", 0)}
                for side, list_ in rounds.items()}

    def first(self, name, channels, size, answer):
        commands = {OURS: self.ours(name, 1, "first")}
        for rival in self.args.rivals:
            if "compile" not in rival:
                commands[rival] = self.theirs(rival, name, channels, size, 1, first=True)
        rounds = {side: [] for side in commands}
        for i in range(self.args.pairs + 1):
            for side, command in commands.items():
                m = once(command, self.env)
                worst = max(abs(a - b) for a, b in zip(m["answer"], answer)) / max(map(abs, answer))
                if worst > 1e-3:
                    raise SystemExit(f"{side} answers {m['answer'][:3]} for {name}, want {answer[:3]}")
                if i > 0:  # the first round fetches the files from disk
                    rounds[side].append(m)
        return {side: {"ms": [m["total_ms"] for m in list_], "load": [m["ms"] for m in list_], "runs": len(list_),
                       "memory": max(m["peak_memory_bytes"] for m in list_), "base": list_[-1].get("base_memory_bytes", 0)}
                for side, list_ in rounds.items()}

    def run(self):
        for name, channels, size, batch in NETWORKS:
            if self.args.only and name not in self.args.only:
                continue
            answer = None if self.args.against else self.prepare(name, channels, size, sorted({1, batch}))
            for mode in self.args.modes:
                n = 1 if mode in ("infer1", "first") else batch
                if mode == "first":
                    sides = self.first(name, channels, size, answer)
                else:
                    sides = self.steady(name, channels, size, n, "train" if mode == "train" else "infer")
                result = {"network": name, "batch": n, "mode": mode, "threads": self.args.threads, "sides": sides}
                self.results.append(result)
                if self.args.output:
                    with open(self.args.output, "a") as f:
                        f.write(json.dumps(result) + "\n")
                yield result


def ratios(sides, rival, key="ms"):
    return [t / o for t, o in zip(sides[rival][key], sides[OURS][key])]


def best(sides, key="ms"):
    """The fastest rival."""
    others = [s for s in sides if s != OURS]
    return min(others, key=lambda s: statistics.median(sides[s][key])) if others else None


def table(results, rivals):
    """Rows of text: a header, then one a result."""
    header = ["network", "batch", "mode", "stheno ms"] + list(rivals) + ["best", "ratio", "lowest", "highest", "runs", "stheno MB", "least MB"]
    lines = [header]
    for r in results:
        s, b = r["sides"], best(r["sides"])
        row = [r["network"], r["batch"], r["mode"], "%.2f" % statistics.median(s[OURS]["ms"])]
        row += ["%.2f" % statistics.median(ratios(s, o)) if o in s else "" for o in rivals]
        if b:
            q = ratios(s, b)
            least = min((o for o in s if o != OURS), key=lambda o: s[o]["memory"])
            row += [b, "%.2f" % statistics.median(q), "%.2f" % min(q), "%.2f" % max(q), s[OURS]["runs"],
                    "%.0f" % (s[OURS]["memory"] / 1e6), "%.0f" % (s[least]["memory"] / 1e6)]
        lines.append([str(c) for c in row])
    return lines


def write(lines, markdown, header):
    for i, line in enumerate(lines):
        if i > 0 or header:
            print("| " + " | ".join(line) + " |" if markdown else "  ".join(line), flush=True)
        if i == 0 and header and markdown:
            print("|" + " --- |" * len(line))


def mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def processor():
    try:
        with open("/proc/cpuinfo") as f:
            return next(line.split(":")[1].strip() for line in f if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def names(known):
    def split(text):
        list_ = text.split(",")
        for n in list_:
            if n not in known:
                raise argparse.ArgumentTypeError(f"{n!r} is none of {', '.join(known)}")
        return list_
    return split


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--only", type=names([n[0] for n in NETWORKS]), help="networks, separated by commas")
    p.add_argument("--modes", type=names(["train", "infer", "infer1", "first"]), default="train,infer,infer1,first")
    p.add_argument("--rivals", type=names(RIVALS), default=",".join(RIVALS))
    p.add_argument("--pairs", type=int, default=5, help="rounds")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--seconds", type=float, default=2, help="measured in a turn, at least three steps")
    p.add_argument("--cpu", action="store_true", help="compare processor time instead of time, for a machine that others use too; "
                   "with one thread, since threads that wait use some as well")
    p.add_argument("--markdown", action="store_true")
    p.add_argument("--folder", metavar="DIR", help="keep models and compiled code there, and use what is there (default a temporary one)")
    p.add_argument("--output", metavar="FILE", help="append everything that was measured, a JSON object a line")
    p.add_argument("--table", metavar="FILE", nargs="+", help="measure nothing: print what such files hold")
    p.add_argument("--demo", metavar="FILE", help="our build of cmd/demo (default one made now)")
    p.add_argument("--against", metavar="FILE", help="a build of cmd/demo to compare with, such as an older one")
    a = p.parse_args()
    if a.cpu and a.threads > 1:
        p.error("--cpu wants --threads 1")
    if a.against:
        a.rivals, a.modes = [], [m for m in a.modes if m != "first"]
    if a.table:
        results = [json.loads(line) for name in a.table for line in open(name)]
        columns = [o for o in RIVALS + ["other"] if any(o in r["sides"] for r in results)]
        for i, r in enumerate(results):
            write(table([r], columns), a.markdown, i == 0)
        summary(a.modes, columns, results)
        return
    c = Comparison(a)
    columns = ["other"] if a.against else a.rivals
    for i, r in enumerate(c.run()):
        write(table([r], columns), a.markdown, i == 0)
    summary(a.modes, columns, c.results)
    for s in c.skipped:
        print("left out:", s.strip().splitlines()[-1] if s.strip() else s)
    print("\n" + ", ".join([f"{k} {v}" for k, v in c.versions.items()] + [f"{a.threads} threads" + (", processor time" if a.cpu else ""), processor(), f"median of {a.pairs} rounds"]))


def summary(modes, columns, results):
    """Prints geometric means, and first answers without what Python costs."""
    print()
    for mode in modes:
        of = [r for r in results if r["mode"] == mode and best(r["sides"])]
        if of:
            print(f"geometric mean, {mode}: " + ", ".join(
                [f"best rival {mean([statistics.median(ratios(r['sides'], best(r['sides']))) for r in of]):.2f}"] +
                [f"{o} {mean([statistics.median(ratios(r['sides'], o)) for r in of if o in r['sides']]):.2f}" for o in columns if any(o in r["sides"] for r in of)]))
    loads = [r for r in results if r["mode"] == "first"]
    if loads:
        print("\nfirst answer without Python's start and its imports:")
        for r in loads:
            b = best(r["sides"], "load")
            print(f"  {r['network']}: stheno {statistics.median(r['sides'][OURS]['ms']):.0f} ms, process start included" +
                  "".join(f", {o} {statistics.median(r['sides'][o]['load']):.0f}" for o in columns if o in r["sides"]) +
                  (f"; {b}'s over ours {statistics.median(r['sides'][b]['load']) / statistics.median(r['sides'][OURS]['ms']):.2f}" if b else ""))


if __name__ == "__main__":
    main()
