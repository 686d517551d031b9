#!/bin/sh
# Builds the gophernotes kernel with this checkout's packages compiled in, and
# installs it for the current user. Needs Go and python3; run it again after
# changing the library. A second run with nothing changed takes a few seconds.
set -eu

notebooks=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$notebooks")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks
build=$cache/build
mkdir -p "$cache"

need() {
	command -v "$1" >/dev/null 2>&1 || { echo "install.sh: $1 is not installed" >&2; exit 1; }
}
need go
need python3

# 1. Jupyter: the one that is there, else one of our own.
jupyter=$(command -v jupyter || true)
if [ -z "$jupyter" ] || ! "$jupyter" nbconvert --version >/dev/null 2>&1; then
	venv=$cache/venv
	jupyter=$venv/bin/jupyter
	if ! cmp -s "$notebooks/requirements.txt" "$venv/requirements.txt"; then
		echo "jupyter: installing nbconvert and what it needs into $venv"
		rm -rf "$venv"
		python3 -m venv "$venv" || {
			echo "install.sh: python3 cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)" >&2
			exit 1
		}
		"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$notebooks/requirements.txt"
		cp "$notebooks/requirements.txt" "$venv/requirements.txt"
	fi
fi
echo "jupyter: $jupyter"

# 2. The sources, assembled beside each other in a module of their own. Its go.sum
# takes in the library's, so that a dependency added there needs no change here.
rm -rf "$build"
mkdir -p "$build"
cp -R "$notebooks/kernel/." "$build"
cat "$notebooks/kernel/go.sum" "$root/go.sum" | sort -u >"$build/go.sum"
cd "$build"
export GOFLAGS=-mod=mod GOWORK=off
go mod edit -require github.com/stheno-ml/stheno@v0.0.0 -replace "github.com/stheno-ml/stheno=$root"
echo "kernel: mending gophernotes and gomacro"
go run ./mend -gophernotes gophernotes -gomacro gomacro
go mod edit -replace github.com/cosmos72/gomacro=./gomacro
echo "kernel: writing bindings"
go run ./bindgen -list packages.txt -o bindings
# With -v the compiler names each package that it takes up: the first time all of
# them, later those that changed. awk counts, and hands on what is no package.
needed=$(go list -deps ./gophernotes | wc -l)
echo "kernel: building from $needed packages (the first time takes several minutes, later seconds)"
{ go build -v -trimpath -ldflags=-s -o gophernotes-kernel ./gophernotes 2>&1 || echo "exit status $?"; } |
	awk -v needed="$needed" '
		/^exit status/ { failed = 1; next }
		/^[a-zA-Z0-9_.\/-]+$/ {
			if (++n % 25 == 0) { print "kernel: " n " of " needed " packages compiled"; fflush() }
			next
		}
		{ print }
		END { exit failed }'

# 3. The kernel's folder: the program, its description and its logos.
data=$("$jupyter" --data-dir)
kernel=$data/kernels/gophernotes
if [ -f "$kernel/kernel.json" ] && ! grep -q stheno "$kernel/kernel.json"; then
	echo "kernel: replacing the gophernotes kernel description in $kernel"
fi
mkdir -p "$kernel"
cp gophernotes/kernel/*.png "$kernel"
mv gophernotes-kernel "$kernel/gophernotes"
python3 - "$kernel" <<'EOF'
import json, os, sys
folder = sys.argv[1]
spec = {
    "argv": [os.path.join(folder, "gophernotes"), "{connection_file}"],
    "display_name": "Go (gophernotes with stheno)",
    "language": "go",
    "interrupt_mode": "signal",
}
with open(os.path.join(folder, "kernel.json"), "w") as out:
    json.dump(spec, out, indent=1)
EOF
echo "$jupyter" >"$cache/jupyter"

# 4. JupyterLab shows scripts and SVG of notebooks only that are trusted.
find "$notebooks" -name '*.ipynb' -not -path '*/.*' -exec "$jupyter" trust {} + >/dev/null
echo "kernel: gophernotes installed in $kernel"
