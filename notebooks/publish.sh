#!/bin/sh
# Publishes the lessons, as they are in the repository, as pages in docs/notebooks.
# With --check it says which pages are not what it would write. install.sh comes first.
set -eu
notebooks=$(cd "$(dirname "$0")" && pwd)
jupyter=$(cat "${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks/jupyter")
interpreter=$(sed -n '1s/^#!//p' "$jupyter")
[ -x "$interpreter" ] || interpreter=python3
exec "$interpreter" "$notebooks/lessons/publish.py" "$@"
