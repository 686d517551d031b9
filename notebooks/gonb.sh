#!/bin/sh
# Runs the notebook for the kernel GoNB, gonb/gonb.ipynb, from a clean state. The
# exit status is 1 if a cell fails. Where GoNB can't be had it says so and passes.
#
#   notebooks/gonb.sh           run it
#   notebooks/gonb.sh --write   and keep the new outputs
#
# install.sh comes first. GoNB is built in a module of its own, since "go install"
# of its version asks for more than the version.
set -eu

notebooks=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks
version=v0.11.4
tools=v0.37.0 # of goimports, which GoNB calls

skip() {
	echo "gonb: skipped: $1"
	exit 0
}
[ -f "$cache/jupyter" ] || { echo "gonb.sh: run notebooks/install.sh first" >&2; exit 1; }
jupyter=$(cat "$cache/jupyter")

gonb=$cache/gonb
if [ "$(cat "$gonb/version" 2>/dev/null)" != "$version $tools" ]; then
	rm -rf "$gonb"
	mkdir -p "$gonb/bin" "$gonb/module"
	echo "gonb: building GoNB $version"
	(
		cd "$gonb/module"
		export GOFLAGS=-mod=mod GOWORK=off
		go mod init gonb.local/tools 2>/dev/null
		go mod edit -require "github.com/janpfeifer/gonb@$version" -require "golang.org/x/tools@$tools"
		go build -o "$gonb/bin/" github.com/janpfeifer/gonb golang.org/x/tools/cmd/goimports
	) >"$gonb/log" 2>&1 || skip "GoNB $version could not be built: $(tail -n 1 "$gonb/log")"
	mkdir -p "$gonb/share/kernels/gonb"
	cat >"$gonb/share/kernels/gonb/kernel.json" <<JSON
{"argv": ["$gonb/bin/gonb", "--kernel", "{connection_file}"], "display_name": "Go (gonb)", "language": "go"}
JSON
	echo "$version $tools" >"$gonb/version"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
started=$(date +%s)
if ! (
	cd "$notebooks/gonb"
	PATH="$gonb/bin:$PATH" JUPYTER_PATH="$gonb/share${JUPYTER_PATH:+:$JUPYTER_PATH}" GOWORK=off \
		"$jupyter" nbconvert --log-level=ERROR --to notebook --execute \
		--ExecutePreprocessor.kernel_name=gonb --ExecutePreprocessor.timeout=900 \
		--ExecutePreprocessor.record_timing=False --output-dir "$scratch" gonb.ipynb
) >"$scratch/log" 2>&1; then
	sed -n '/^nbclient.exceptions/,$p' "$scratch/log" | grep . >&2 || cat "$scratch/log" >&2
	echo "gonb: gonb/gonb.ipynb failed" >&2
	exit 1
fi
echo "gonb: gonb/gonb.ipynb, $(($(date +%s) - started)) s"
python3 "$notebooks/kernel/tidy_outputs.py" "$scratch/gonb.ipynb" "$(dirname "$notebooks")" "$HOME" "$scratch"
[ "${1:-}" != --write ] || cp "$scratch/gonb.ipynb" "$notebooks/gonb/gonb.ipynb"
