#!/bin/sh
# Runs notebooks from a clean state, each in a fresh kernel built from this
# checkout. The exit status is 1 if a cell fails.
#
#   notebooks/run.sh                   all lessons
#   notebooks/run.sh FILE.ipynb ...    these
#   notebooks/run.sh --write [...]     and keep the new outputs in the files
set -eu

notebooks=$(cd "$(dirname "$0")" && pwd)
write=no
if [ "${1:-}" = --write ]; then
	write=yes
	shift
fi
[ $# -gt 0 ] || set -- "$notebooks"/*.ipynb

"$notebooks/install.sh"
jupyter=$(cat "${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks/jupyter")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM

status=0
for file; do
	name=$(basename "$file")
	echo "run: $name"
	if ! "$jupyter" nbconvert --log-level=ERROR --to notebook --execute \
		--ExecutePreprocessor.kernel_name=gophernotes \
		--ExecutePreprocessor.timeout=900 \
		--ExecutePreprocessor.record_timing=False \
		--output-dir "$scratch" --output "$name" "$file" >"$scratch/log" 2>&1; then
		# The cell and its error, without the way they took through Python.
		sed -n '/^nbclient.exceptions/,$p' "$scratch/log" | grep . >&2 || cat "$scratch/log" >&2
		echo "run: $name failed" >&2
		status=1
		continue
	fi
	# What a reader sees must not depend on whose machine it was made on.
	if ! python3 "$notebooks/kernel/tidy_outputs.py" "$scratch/$name" \
		"$(dirname "$notebooks")" "$HOME" "$scratch"; then
		status=1
		continue
	fi
	[ $write = no ] || cp "$scratch/$name" "$file"
done
exit $status
