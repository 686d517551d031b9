"""Composes the notebooks of the lessons, in English and Korean, from one source.

    compose.py [NAME ...]           writes NAME.ipynb and ko/NAME.ipynb
    compose.py --check [NAME ...]   says where they differ from the source

A source, NAME.md beside this program, is a row of parts, each below a line of its
own: "--- en" and "--- ko" with the same prose in both languages, "--- go" with
the code of a cell. So the code is the same in both, letter by letter. One part
"--- words", lines of "English => Korean", becomes a cell of the Korean notebook
alone that lets figures and drawings speak Korean. So the two notebooks' pictures
differ in their words; what else they put out is that of the English one.
Outputs of cells whose code did not change are kept.
"""
import json
import os
import re
import sys

lessons = os.path.dirname(os.path.abspath(__file__))
notebooks = os.path.dirname(lessons)
LANGUAGES = ("en", "ko")


def parts(name):
    """The cells of a lesson: ("go", code), ("words", code) or ("text", {"en": ..., "ko": ...})."""
    with open(os.path.join(lessons, name + ".md"), encoding="utf-8") as file:
        pieces = re.split(r"(?m)^--- (en|ko|go|words)\n", file.read())
    if pieces[0].strip():
        raise SystemExit(f"{name}.md: text before the first part")
    cells, waiting = [], None
    for kind, text in zip(pieces[1::2], pieces[2::2]):
        text = text.strip("\n")
        if not text:
            raise SystemExit(f"{name}.md: an empty part {kind} behind {len(cells)} cells")
        if (kind == "ko") != (waiting is not None):
            raise SystemExit(f"{name}.md: cell {len(cells)}: every en is followed by its ko")
        if kind == "en":
            waiting = text
        elif kind == "ko":
            alike(name, len(cells), waiting, text)
            cells.append(("text", {"en": waiting, "ko": text}))
            waiting = None
        elif kind == "words":
            cells.append(("words", speak(name, text, "".join(pieces))))
        else:
            cells.append(("go", text))
    if waiting is not None:
        raise SystemExit(f"{name}.md: the last part has no Korean")
    return cells


def speak(name, text, source):
    """The cell that lets figures and drawings speak Korean. Words that the lesson's
    code does not have are refused: they would be of a figure that is gone."""
    pairs = []
    for line in text.split("\n"):
        english, arrow, korean = line.partition(" => ")
        parts_of = re.split(r", |\b\d+\b", english)
        if not arrow or not re.search("[가-힣]", korean):
            raise SystemExit(f"{name}.md: words: {line!r} is not English => Korean")
        if not all(part.strip().lower() in source.replace(line, "").lower() for part in parts_of):
            raise SystemExit(f"{name}.md: words: nothing in the lesson says {english!r}")
        pairs.append(f"\t{json.dumps(english, ensure_ascii=False)}: {json.dumps(korean, ensure_ascii=False)},\n")
    return ('// 그림에 한국어를 쓴다. 다른 칸의 코드는 영어 단원과 같다.\nimport "github.com/stheno-ml/stheno/plots"\n\n'
            "plots.SpeakKorean(map[string]string{\n" + "".join(pairs) + "})")


def alike(name, cell, en, ko):
    """The two languages have the same shape: headings, list items, formulas."""
    for what, pattern in (
        ("headings", r"(?m)^#+ "),
        ("list items", r"(?m)^(?:\*|\d+\.) "),
        ("table rows", r"(?m)^\|"),
        ("displayed formulas", r"\$\$"),
    ):
        a, b = len(re.findall(pattern, en)), len(re.findall(pattern, ko))
        if a != b:
            raise SystemExit(f"{name}.md: cell {cell}: {a} {what} in English, {b} in Korean")
    if not re.search("[가-힣]", ko):
        raise SystemExit(f"{name}.md: cell {cell}: the Korean is not Korean")


def path(name, language):
    return os.path.join(notebooks, *(["ko"] if language == "ko" else []), name + ".ipynb")


def lines(text):
    return text.splitlines(keepends=True)


def compose(name, language, old):
    """The notebook of a lesson, with the outputs that old has of the same code."""
    known = {"".join(c["source"]): c for c in old.get("cells", []) if c["cell_type"] == "code"}
    cells, number = [], -1
    for kind, text in parts(name):
        number += kind != "words"
        if kind == "text":
            cells.append({"cell_type": "markdown", "id": f"text-{number:02}", "metadata": {}, "source": lines(text[language])})
        elif kind == "words":
            if language == "ko":
                before = known.get(text, {})
                cells.append({"cell_type": "code", "execution_count": before.get("execution_count"), "id": "words",
                              "metadata": {}, "outputs": [], "source": lines(text)})
        else:
            before = known.get(text, {})
            cells.append({"cell_type": "code", "execution_count": before.get("execution_count"), "id": f"code-{number:02}",
                          "metadata": {}, "outputs": before.get("outputs", []), "source": lines(text)})
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Go (gophernotes with stheno)", "language": "go", "name": "gophernotes"},
            "language_info": {"codemirror_mode": "go", "file_extension": ".go", "mimetype": "text/x-go", "name": "go",
                              "nbconvert_exporter": "", "pygments_lexer": "go"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def read(file):
    if not os.path.exists(file):
        return {}
    with open(file, encoding="utf-8") as source:
        return json.load(source)


def write(file, notebook):
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w", encoding="utf-8") as out:
        json.dump(notebook, out, indent=1, ensure_ascii=False)
        out.write("\n")


def shape(notebook):
    return [(c["cell_type"], c.get("id"), "".join(c["source"])) for c in notebook.get("cells", [])]


def code_cells(notebook):
    """The cells of code that both languages have."""
    return [c for c in notebook.get("cells", []) if c["cell_type"] == "code" and c.get("id") != "words"]


def is_picture(kind):
    return kind.startswith("image/")


def shared_part(cell):
    """A cell's outputs without what differs between the languages: of a picture
    only that it is one."""
    return [{**o, "data": {kind: True if is_picture(kind) else v for kind, v in o["data"].items()}} if "data" in o else o
            for o in cell.get("outputs", [])]


def share(en, ko):
    """Gives the Korean notebook the English one's outputs, but for the pictures that
    it made itself."""
    for e, k in zip(code_cells(en), code_cells(ko)):
        made = [o.get("data", {}) for o in k.get("outputs", [])]
        k["outputs"] = json.loads(json.dumps(e.get("outputs", [])))
        for i, o in enumerate(k["outputs"]):
            own = made[i] if i < len(made) else {}
            if "data" in o and all(kind in own for kind in o["data"] if is_picture(kind)):
                o["data"].update({kind: own[kind] for kind in o["data"] if is_picture(kind)})
    return ko


def check(name):
    """What is wrong with the notebooks of a lesson."""
    found = []
    for language in LANGUAGES:
        file = path(name, language)
        old = read(file)
        wanted = shape(compose(name, language, old))
        shown = os.path.relpath(file, notebooks)
        if not old:
            found.append(f"{shown} is missing: run notebooks/lessons/compose.py")
        elif len(shape(old)) != len(wanted):
            found.append(f"{shown} has {len(shape(old))} cells, lessons/{name}.md has {len(wanted)}")
        else:
            for i, (a, b) in enumerate(zip(shape(old), wanted)):
                if a != b:
                    found.append(f"{shown}: cell {i} is not that of lessons/{name}.md: change it there and run notebooks/lessons/compose.py")
    en, ko = (code_cells(read(path(name, language))) for language in LANGUAGES)
    if not found and [shared_part(c) for c in en] != [shared_part(c) for c in ko]:
        found.append(f"ko/{name}.ipynb shows other outputs than {name}.ipynb: run notebooks/run.sh --write")
    return found


def main(arguments):
    option = arguments.pop(0) if arguments and arguments[0].startswith("--") else ""
    names = arguments or sorted(f[:-3] for f in os.listdir(lessons) if re.match(r"\d.*\.md$", f))
    found = []
    for name in names:
        if option == "--check":
            found += check(name)
        elif option == "":
            en = read(path(name, "en"))
            write(path(name, "en"), compose(name, "en", en))
            write(path(name, "ko"), share(en, compose(name, "ko", read(path(name, "ko")) or en)))
        else:
            raise SystemExit(f"compose.py: unknown option {option}")
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


sys.exit(main(sys.argv[1:]))
