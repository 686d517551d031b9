#!/bin/sh
# Tests what the notebooks stand on: the tools that build the kernel, and that a
# failing cell fails the run whatever kind of failure it is.
set -eu

notebooks=$(cd "$(dirname "$0")" && pwd)
"$notebooks/install.sh"
cd "${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks/build"
go test -mod=mod -tags mended ./bindgen ./mend ./cell
cd "$notebooks"

# The installed kernel, asked as a front end asks it. The Python beside jupyter has
# what that needs.
jupyter=$(cat "${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks/jupyter")
interpreter=$(sed -n '1s/^#!//p' "$jupyter")
[ -x "$interpreter" ] || interpreter=python3
"$interpreter" kernel/kernel_test.py

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM

# notebook NAME CELL writes a notebook of one cell.
notebook() {
	python3 - "$scratch/$1.ipynb" "$2" <<'EOF'
import json, sys
cell = {"cell_type": "code", "id": "only", "metadata": {}, "execution_count": None,
        "outputs": [], "source": sys.argv[2]}
kernel = {"name": "gophernotes", "display_name": "Go", "language": "go"}
with open(sys.argv[1], "w") as out:
    json.dump({"cells": [cell], "metadata": {"kernelspec": kernel},
               "nbformat": 4, "nbformat_minor": 5}, out)
EOF
}

# passes and fails say what a one-cell notebook must do.
passes() {
	notebook "$1" "$2"
	if ! ./run.sh "$scratch/$1.ipynb" >"$scratch/log" 2>&1; then
		cat "$scratch/log" >&2
		echo "FAIL: $1 should have passed" >&2
		exit 1
	fi
	echo "ok: $1"
}
fails() {
	notebook "$1" "$2"
	if ./run.sh "$scratch/$1.ipynb" >"$scratch/log" 2>&1; then
		echo "FAIL: $1 should have failed" >&2
		exit 1
	fi
	if ! grep -q "$3" "$scratch/log"; then
		cat "$scratch/log" >&2
		echo "FAIL: $1 did not say: $3" >&2
		exit 1
	fi
	echo "ok: $1 fails"
}

passes plain 'import "fmt"
fmt.Println("hello")'
passes error_as_value 'import "errors"
errors.New("shown, not raised")'
fails panic 'x := 1
panic("a panic in a cell")' ']:2: a panic in a cell'
fails compile 'nowhere + 1' 'undefined identifier: nowhere'
fails value_and_error 'import "os"
os.Open("no_such_file")' 'no such file or directory'
fails unknown_import 'import "example.org/nowhere"' 'not compiled into this kernel'
fails exit 'import "os"
os.Exit(0)' 'died'
fails machine_path "import \"fmt\"
fmt.Println(\"$HOME/images\")" 'the output names the folder'

# A lesson's notebooks are those of its source: a cell that was edited in one of them
# is found, as are prose and outputs that are out of step.
edited() {
	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree"
	cp -R "$notebooks/lessons" "$notebooks/ko" "$notebooks"/*.ipynb "$scratch/tree/"
	python3 - "$scratch/tree/$2" "$3" "$4" <<'EOF'
import sys
with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
if sys.argv[2] not in text:
    sys.exit(f"{sys.argv[1]} has no {sys.argv[2]!r} to edit")
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(text.replace(sys.argv[2], sys.argv[3], 1))
EOF
	if python3 "$scratch/tree/lessons/compose.py" --check 2>"$scratch/log"; then
		echo "FAIL: $1 was not found" >&2
		exit 1
	fi
	if ! grep -q "$5" "$scratch/log"; then
		cat "$scratch/log" >&2
		echo "FAIL: $1: the message does not say: $5" >&2
		exit 1
	fi
	echo "ok: $1 is found"
}
python3 lessons/compose.py --check
edited 'an edited English cell' 01_graphs.ipynb 'G.NewGraph()' 'G.NewGraph(7)' '01_graphs.ipynb: cell'
edited 'an edited Korean cell' ko/01_graphs.ipynb 'G.NewGraph()' 'G.NewGraph(7)' 'ko/01_graphs.ipynb: cell'
edited 'other Korean prose' ko/01_graphs.ipynb '뉴런 하나' '뉴런 둘' 'ko/01_graphs.ipynb: cell'
edited 'another Korean output' ko/01_graphs.ipynb '0.6351489524' '0.7351489524' 'shows other outputs'
edited 'missing Korean' lessons/01_graphs.md '--- ko' '--- go' 'every en is followed by its ko'
edited 'a word of no figure' lessons/01_graphs.md 'Four random layers =>' 'Five random layers =>' 'nothing in the lesson says'
edited 'a formula in one language' lessons/01_graphs.md '$$y = ' '$y = ' 'displayed formulas'
echo "all as it should be"
