#!/bin/sh
# Runs notebooks from a clean state, each in a fresh kernel built from this
# checkout. The exit status is 1 if a cell fails.
#
#   notebooks/run.sh                   all lessons
#   notebooks/run.sh FILE.ipynb ...    these
#   notebooks/run.sh --write [...]     and keep the new outputs in the files
#
# The lessons are there in English and in Korean, with the same code, which is
# checked letter by letter, but for a cell that lets the figures speak Korean: so
# both are run. With --write, what is no picture in the Korean one is taken from the
# English one, so that times and the like are the same in both.
set -eu

notebooks=$(cd "$(dirname "$0")" && pwd)
write=no
if [ "${1:-}" = --write ]; then
	write=yes
	shift
fi
status=0
if [ $# -eq 0 ]; then
	set -- "$notebooks"/*.ipynb "$notebooks"/ko/*.ipynb
	[ $write = yes ] || python3 "$notebooks/lessons/compose.py" --check || status=1
fi

"$notebooks/install.sh"
jupyter=$(cat "${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks/jupyter")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM

for file; do
	name=$(basename "$file")
	shown=${file#"$notebooks"/}
	started=$(date +%s)
	if ! "$jupyter" nbconvert --log-level=ERROR --to notebook --execute \
		--ExecutePreprocessor.kernel_name=gophernotes \
		--ExecutePreprocessor.timeout=900 \
		--ExecutePreprocessor.record_timing=False \
		--output-dir "$scratch" --output "$name" "$file" >"$scratch/log" 2>&1; then
		# The cell and its error, without the way they took through Python.
		sed -n '/^nbclient.exceptions/,$p' "$scratch/log" | grep . >&2 || cat "$scratch/log" >&2
		echo "run: $shown failed" >&2
		status=1
		continue
	fi
	echo "run: $shown, $(($(date +%s) - started)) s"
	# What a reader sees must not depend on whose machine it was made on.
	if ! python3 "$notebooks/kernel/tidy_outputs.py" "$scratch/$name" \
		"$(dirname "$notebooks")" "$HOME" "$scratch"; then
		status=1
		continue
	fi
	[ $write = yes ] || continue
	cp "$scratch/$name" "$file"
	lesson=${name%.ipynb}
	if [ -f "$notebooks/lessons/$lesson.md" ]; then
		python3 "$notebooks/lessons/compose.py" "$lesson"
	fi
	find "$notebooks" -name "$name" -exec "$jupyter" trust {} + >/dev/null
done
exit $status
