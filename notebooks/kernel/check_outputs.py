"""Fails if an output of a notebook holds one of the given folder names.

    check_outputs.py NOTEBOOK FOLDER...
"""
import json
import sys

notebook, folders = sys.argv[1], [f for f in sys.argv[2:] if len(f) > 1]
status = 0
with open(notebook, encoding="utf-8") as file:
    cells = json.load(file)["cells"]
for number, cell in enumerate(cells):
    text = json.dumps(cell.get("outputs", []), ensure_ascii=False)
    for folder in folders:
        if folder + "/" in text:
            print(f"cell {number}: the output names the folder {folder}", file=sys.stderr)
            status = 1
sys.exit(status)
