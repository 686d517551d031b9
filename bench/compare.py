#!/usr/bin/env python3
"""Runs the same networks in PyTorch and in stheno, side by side.

For every network and mode the two take turns, and each pair of runs gives one
ratio, PyTorch's time over ours: above 1 we are faster. The median of the pairs
is printed, so that a machine whose speed drifts does not favour either.

    python3 bench/compare.py                  everything
    python3 bench/compare.py --only resnet18  one network
    python3 bench/compare.py --markdown       the table as in RESULTS.md
    python3 bench/compare.py --against FILE   another build of cmd/demo instead of PyTorch

Needs Go, and torch and torchvision unless --against names an older build. Each run is a process of its own, so that peak
memory can be compared too.
"""
import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

# name, channels, size, training batch
NETWORKS = [
    ("lenet5", 1, 28, 128),
    ("cifar_resnet20", 3, 32, 128),
    ("alexnet", 3, 224, 32),
    ("resnet18", 3, 224, 16),
    ("googlenet", 3, 224, 16),
    ("resnet50", 3, 224, 8),
]


def torch_model(name):
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    if name == "lenet5":
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(inplace=True), nn.Linear(120, 84), nn.ReLU(inplace=True), nn.Linear(84, 10))
    if name == "cifar_resnet20":
        class Unit(nn.Module):
            def __init__(self, cin, cout, stride):
                super().__init__()
                self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
                self.bn1 = nn.BatchNorm2d(cout)
                self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
                self.bn2 = nn.BatchNorm2d(cout)
                self.stride, self.pad = stride, (cout - cin) // 2

            def forward(self, x):
                y = F.relu(self.bn1(self.conv1(x)), inplace=True)
                y = self.bn2(self.conv2(y))
                if self.stride > 1:
                    x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
                return F.relu(y + x, inplace=True)

        layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
        for cin, cout, stride in ((16, 16, 1), (16, 32, 2), (32, 64, 2)):
            layers += [Unit(cin, cout, stride), Unit(cout, cout, 1), Unit(cout, cout, 1)]
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    import torchvision
    extra = {"init_weights": False, "transform_input": False} if name == "googlenet" else {}
    return getattr(torchvision.models, name)(weights=None, **extra)


def torch_run(name, channels, size, batch, mode, threads, seconds):
    """One measured process on PyTorch's side; prints one JSON object."""
    import torch
    import torch.nn.functional as F

    torch.manual_seed(1)
    torch.set_num_threads(threads)
    model = torch_model(name)
    classes = 10 if size <= 32 else 1000
    x, target = torch.randn(batch, channels, size, size), torch.randint(0, classes, (batch,))
    if mode == "train":
        model.train()
        optimizer = torch.optim.SGD(model.parameters(), 1e-6, momentum=0.9)

        def step():
            optimizer.zero_grad(set_to_none=True)
            out = model(x)
            if isinstance(out, tuple):  # googlenet: main and two auxiliary heads
                loss = F.cross_entropy(out[0], target) + 0.3 * (F.cross_entropy(out[1], target) + F.cross_entropy(out[2], target))
            else:
                loss = F.cross_entropy(out, target)
            loss.backward()
            optimizer.step()
    else:
        model.eval()

        def step():
            with torch.inference_mode():
                model(x)
    step(), step()
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        t = time.perf_counter()
        step()
        times.append(time.perf_counter() - t)
    print(json.dumps({"ms_per_step": statistics.median(times) * 1e3,
                      "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                      "version": torch.__version__}))


def last_json(command, env):
    out = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--only", action="append", help="networks to run, repeatable")
    p.add_argument("--modes", default="train,infer,infer1", help="of train, infer, infer1 (batch 1)")
    p.add_argument("--pairs", type=int, default=5)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--seconds", type=float, default=2, help="measured per run, after two warm-up steps")
    p.add_argument("--markdown", action="store_true")
    p.add_argument("--against", metavar="FILE", help="a program built of cmd/demo to compare with, such as an older one")
    p.add_argument("--torch-run", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.torch_run:
        torch_run(**json.loads(a.torch_run))
        return
    env = dict(os.environ, GOMAXPROCS=str(a.threads))
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    demo = os.path.join(tempfile.mkdtemp(), "demo")
    subprocess.run(["go", "build", "-o", demo, "./cmd/demo"], cwd=root, check=True)
    rival = "other" if a.against else "PyTorch"
    header = ["network", "batch", "mode", rival + " ms", "stheno ms", "ratio", "lowest", "highest", rival + " MB", "stheno MB"]
    if a.markdown:
        print("| " + " | ".join(header) + " |\n|" + " --- |" * len(header))
    else:
        print("  ".join(header))
    version = ""
    for name, channels, size, batch in NETWORKS:
        if a.only and name not in a.only:
            continue
        for mode in a.modes.split(","):
            n = 1 if mode == "infer1" else batch
            kind = "train" if mode == "train" else "infer"
            spec = {"name": name, "channels": channels, "size": size, "batch": n, "mode": kind, "threads": a.threads, "seconds": a.seconds}
            theirs, ours = [], []
            for _ in range(a.pairs):
                bench = ["bench", "--arch", name, "--batch", str(n), "--mode", kind,
                         "--threads", str(a.threads), "--seconds", str(a.seconds), "--json"]
                if a.against:
                    theirs.append(last_json([a.against] + bench, env))
                else:
                    theirs.append(last_json([sys.executable, os.path.abspath(__file__), "--torch-run", json.dumps(spec)], env))
                ours.append(last_json([demo] + bench, env))
            version = rival if a.against else rival + " " + theirs[0]["version"]
            ratios = [t["ms_per_step"] / o["ms_per_step"] for t, o in zip(theirs, ours)]
            row = [name, n, kind] + ["%.2f" % statistics.median(r["ms_per_step"] for r in side) for side in (theirs, ours)]
            row += ["%.2f" % statistics.median(ratios), "%.2f" % min(ratios), "%.2f" % max(ratios)]
            row += ["%.0f" % (max(r["peak_memory_bytes"] for r in side) / 1e6) for side in (theirs, ours)]
            row = [str(c) for c in row]
            print("| " + " | ".join(row) + " |" if a.markdown else "  ".join(row), flush=True)
    print(f"\n{version}, {a.threads} threads, {platform.processor() or platform.machine()}, median of {a.pairs} pairs")


if __name__ == "__main__":
    main()
