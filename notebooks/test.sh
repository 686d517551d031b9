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
echo "all as it should be"
