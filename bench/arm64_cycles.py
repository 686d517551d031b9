#!/usr/bin/env python3
"""Counts what the inner loops of the arm64 kernels cost, without an arm64 machine.

The package's test binary is built for arm64 and disassembled; of each kernel named,
the innermost loop with the most multiply-adds is given to llvm-mca, which predicts
its cycles from LLVM's scheduling models of the cores. Caches are not modelled.

    python3 bench/arm64_cycles.py [--llvm /usr/lib/llvm-19/bin] [KERNEL ...]

needs llvm-objdump and llvm-mca of LLVM 19 or later, which know these cores.
"""
import argparse
import os
import re
import subprocess
import tempfile

PACKAGE = "github.com/stheno-ml/stheno/internal/kernel"
KERNELS = """tileNEON_8x12 tileNEON_4x12 columnTileNEON_8x12 directTileNEON_8x12 pixelTileNEON_6x16
pixelTileNEON_8x12 pixelTileNEON_12x8 pixelTileNEON_12x4 dotTileNEON_4x4 dotTileNEON_4x1 doubleNEON
vecDepthwise8NEON vecDepthwise8Columns3s1NEON vecDepthwise8Columns3s2NEON vecDepthwise8Columns5s1NEON""".split()
# Cores, and how many vectors of four float32 they multiply and add a cycle.
CORES = {"neoverse-n1": 2, "neoverse-v1": 4, "neoverse-v2": 4}


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def instructions(objdump, binary, kernel):
    """The kernel's instructions: address, mnemonic and operands."""
    found = []
    text = run(objdump, "-d", "--no-show-raw-insn", f"--disassemble-symbols={PACKAGE}.{kernel}.abi0", binary)
    for line in text.splitlines():
        if m := re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)", line):
            found.append((int(m[1], 16), m[2], re.sub(r"<.*>", "", m[3])))
    return found


def is_branch(name):
    return name == "b" or name.startswith(("b.", "cb", "tb"))


def inner_loop(code):
    """The instructions of the innermost loop with the most multiply-adds."""
    index = {address: i for i, (address, _, _) in enumerate(code)}
    loops = []
    for i, (_, name, operands) in enumerate(code):
        target = re.search(r"0x([0-9a-f]+)\s*$", operands)
        if is_branch(name) and target and index.get(int(target[1], 16), i + 1) <= i:
            loops.append((index[int(target[1], 16)], i))
    inner = [(s, e) for s, e in loops if not any((s, e) != o and s <= o[0] and o[1] <= e for o in loops)]
    return max((code[s:e + 1] for s, e in inner), key=multiply_adds)


def multiply_adds(code):
    return sum(name == "fmla" for _, name, _ in code)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--llvm", default="/usr/lib/llvm-19/bin", help="the folder of LLVM's tools")
    parser.add_argument("kernels", nargs="*", metavar="KERNEL")
    args = parser.parse_args()
    rounds = 200
    print("| kernel | multiply-adds | instructions | per multiply-add |", " | ".join(f"{c}: cycles | % of peak" for c in CORES), "|")
    print("| --- " + "| --: " * (3 + 2 * len(CORES)) + "|")
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "kernel.test")
        run("go", "test", "-c", "-o", binary, "./internal/kernel", env={**os.environ, "GOARCH": "arm64", "CGO_ENABLED": "0"},
            cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        for kernel in args.kernels or KERNELS:
            loop = inner_loop(instructions(os.path.join(args.llvm, "llvm-objdump"), binary, kernel))
            count = multiply_adds(loop)
            text = "".join(f"{name} {operands}\n" for _, name, operands in loop if not is_branch(name))
            row = [kernel, str(count), str(len(loop)), f"{len(loop) / count:.2f}"]
            for core, units in CORES.items():
                report = run(os.path.join(args.llvm, "llvm-mca"), "-mtriple=aarch64", f"-mcpu={core}", f"-iterations={rounds}", input=text)
                cycles = int(re.search(r"Total Cycles:\s+(\d+)", report)[1]) / rounds
                row += [f"{cycles:.1f}", f"{100 * count / units / cycles:.0f}"]
            print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
