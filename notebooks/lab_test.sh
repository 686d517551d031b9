#!/bin/sh
# Opens a lesson in JupyterLab in a browser without a window, without trusting it,
# and checks that its pictures are shown.
#
#   notebooks/lab_test.sh [LESSON [SCREENSHOT]]
#
# Needs install.sh to have run, Node.js and Chromium (or CHROMIUM); where one of
# these is missing it says so and passes. JupyterLab goes into a Python environment
# of its own.
set -eu

notebooks=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$notebooks")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stheno-notebooks
lesson=${1:-01_graphs}

skip() {
	echo "lab_test: skipped: $1"
	exit 0
}
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || skip "no Node.js"
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
	command -v google-chrome >/dev/null 2>&1 || skip "no Chromium"
[ -d "$root/browser/node_modules/playwright-core" ] || npm ci --silent --no-audit --no-fund --prefix "$root/browser" ||
	skip "playwright-core could not be installed"

version=4.6.6
lab=$cache/lab
if [ "$(cat "$lab/version" 2>/dev/null)" != "$version" ]; then
	echo "lab_test: installing JupyterLab $version into $lab"
	rm -rf "$lab"
	python3 -m venv "$lab"
	"$lab/bin/pip" install --quiet --disable-pip-version-check "jupyterlab==$version"
	echo "$version" >"$lab/version"
fi

scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"' EXIT INT TERM
mkdir -p "$scratch/notebooks" "$scratch/settings/@jupyterlab/notebook-extension" "$scratch/settings/@jupyterlab/apputils-extension"
cp "$notebooks/$lesson.ipynb" "$scratch/notebooks/"
# All cells at once, and no questions about news.
echo '{"windowingMode": "none"}' >"$scratch/settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
echo '{"fetchNews": "false", "checkForUpdates": false}' >"$scratch/settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"

# A data folder of its own: no signature of a trusted notebook is there. The kernel
# is found beside it.
jupyter=$(cat "$cache/jupyter")
JUPYTER_PATH=$("$jupyter" --data-dir) JUPYTER_DATA_DIR=$scratch/data JUPYTER_CONFIG_DIR=$scratch/config JUPYTER_RUNTIME_DIR=$scratch/runtime \
	"$lab/bin/jupyter" lab --no-browser --allow-root --ip=127.0.0.1 --port=0 --ServerApp.root_dir="$scratch/notebooks" \
	--LabApp.user_settings_dir="$scratch/settings" --IdentityProvider.token=lesson >"$scratch/log" 2>&1 &
server=$!
address=
for _ in $(seq 120); do
	address=$(sed -n 's#.*\(http://127\.0\.0\.1:[0-9]*\)/lab?token.*#\1#p' "$scratch/log" | head -n 1)
	[ -z "$address" ] || break
	kill -0 "$server" 2>/dev/null || { cat "$scratch/log" >&2; exit 1; }
	sleep 1
done
[ -n "$address" ] || { echo "lab_test: JupyterLab did not start" >&2; cat "$scratch/log" >&2; exit 1; }
pictures=$(python3 -c 'import json, sys
cells = json.load(open(sys.argv[1], encoding="utf-8"))["cells"]
print(sum("image/svg+xml" in o.get("data", {}) for c in cells for o in c.get("outputs", [])))' "$notebooks/$lesson.ipynb")
node "$notebooks/kernel/lab_test.mjs" "$address/?token=lesson" "$lesson.ipynb" "$pictures" "${2:-$scratch/lab.png}"
