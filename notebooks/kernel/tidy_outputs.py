"""Tidies the outputs of a notebook that was just run, and checks them.

    tidy_outputs.py NOTEBOOK FOLDER...

Text that a cell printed in several pieces becomes one piece: how it was cut
depends on timing. The exit status is 1 if an output names one of the folders.
"""
import json
import sys


def merge(outputs):
    """Joins neighbouring streams of one name."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output["output_type"] == "stream" == last.get("output_type") and output["name"] == last["name"]:
            text = "".join(last["text"]) + "".join(output["text"])
            last["text"] = text.splitlines(keepends=True)
        else:
            merged.append(output)
    return merged


def main(path, folders):
    with open(path, encoding="utf-8") as file:
        notebook = json.load(file)
    status = 0
    for number, cell in enumerate(notebook["cells"]):
        if "outputs" not in cell:
            continue
        cell["outputs"] = merge(cell["outputs"])
        text = json.dumps(cell["outputs"], ensure_ascii=False)
        for folder in folders:
            if len(folder) > 1 and folder + "/" in text:
                print(f"cell {number}: the output names the folder {folder}", file=sys.stderr)
                status = 1
    with open(path, "w", encoding="utf-8") as file:
        json.dump(notebook, file, indent=1, ensure_ascii=False)
        file.write("\n")
    return status


sys.exit(main(sys.argv[1], sys.argv[2:]))
