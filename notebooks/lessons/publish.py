"""Publishes the executed lessons as pages: docs/notebooks/NAME.html.

    publish.py            writes the pages
    publish.py --check    says which of them are not what it would write

A page has both languages and its outputs once, needs no network, and looks like
the project's other pages. It is made of the notebooks' outputs as they are in the
repository: run notebooks/run.sh --write first.
"""
import base64
import hashlib
import html
import json
import os
import re
import subprocess
import sys

try:
    import latex2mathml.converter
    import mistune
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import GoLexer
except ImportError as missing:
    raise SystemExit(f"publish.py: {missing}; run it by the Python of notebooks/requirements.txt")

lessons = os.path.dirname(os.path.abspath(__file__))
notebooks = os.path.dirname(lessons)
root = os.path.dirname(notebooks)
folder = os.path.join(root, "docs", "notebooks")

STYLE = """
main { max-width: 54rem; }
main > div > h1 { margin-top: 1.6rem; }
p, ul, ol { max-width: 46rem; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--page-edge); }
math { font-size: 1.08em; }
math[display="block"] { margin: 1rem 0; overflow-x: auto; overflow-y: hidden; max-width: 100%; }
pre { font: 0.84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; margin: 1rem 0; padding: 0.8rem 1rem; overflow-x: auto; border-radius: 6px; tab-size: 4; }
pre code { background: none; padding: 0; font: inherit; overflow-wrap: normal; }
pre.go, div pre { background: var(--page-shade); }
pre.out { border-left: 3px solid var(--page-edge); border-radius: 0; padding: 0.2rem 1rem; }
pre .c1, pre .cm { color: var(--page-soft); font-style: italic; }
pre .kd, pre .k, pre .kn { color: var(--page-link); font-weight: 600; }
pre .s, pre .sc { color: light-dark(#00664a, #4fd6b0); }
.canvas { overflow-x: auto; }
.canvas img { background: none; }
.drawn .canvas { background: #fff; border-radius: 6px; max-height: 80vh; overflow: auto; }
.drawn .canvas svg { max-width: none; }
"""

# Without it the switches still work; with it ?lang=ko does, and the choice is kept.
SCRIPT = """(() => {
  const kept = (k) => { try { return localStorage.getItem(k); } catch { return null; } };
  const keep = (k, v) => { try { localStorage.setItem(k, v); } catch { /* private */ } };
  const lang = new URLSearchParams(location.search).get("lang") || kept("stheno-lang") || (navigator.language || "").slice(0, 2);
  const theme = kept("stheno-theme");
  if (lang === "ko") document.getElementById("lang-ko").checked = true;
  if (theme === "dark" || theme === "light") document.getElementById("theme-" + theme).checked = true;
  const named = () => {
    const ko = document.getElementById("lang-ko").checked;
    document.documentElement.lang = ko ? "ko" : "en";
    document.title = document.body.dataset[ko ? "titleKo" : "titleEn"];
  };
  for (const input of document.querySelectorAll(".switches input"))
    input.addEventListener("change", () => { keep("stheno-" + input.name, input.value); named(); });
  named();
})();
"""


def formula(latex, block):
    out = latex2mathml.converter.convert(latex, display="block" if block else "inline")
    return out.replace("<math ", '<math tabindex="0" ', 1) if block else out


markdown = mistune.create_markdown(escape=True, plugins=["table"])


def prose(text, language):
    """Markdown with formulas as HTML. What is code holds no formulas."""
    kept = []

    def keep(content):
        kept.append(content)
        return f"\x02{len(kept) - 1}\x03"

    pieces = re.split(r"(?s)(```.*?```|`[^`\n]*`)", text)
    for i in range(0, len(pieces), 2):
        piece = re.sub(r"(?s)\$\$(.+?)\$\$", lambda m: keep(formula(m[1], True)), pieces[i])
        pieces[i] = re.sub(r"\$([^$\n]+?)\$", lambda m: keep(formula(m[1], False)), piece)
    out = markdown("".join(pieces))
    out = re.sub("\x02(\\d+)\x03", lambda m: kept[int(m[1])], out)
    # Links to the repository's files lead there from docs/notebooks as well.
    out = re.sub(r'href="(?:\.\./)+docs/', 'href="../', out)
    out = re.sub(r'href="(?:\.\./)+(?!results|lessons|guide|lab)', 'href="../../', out)
    out = re.sub(r"<pre>", r'<pre tabindex="0">', out)
    out = re.sub(r"<p>(<math[^>]*display=\"block\".*?</math>)</p>", r"\1", out, flags=re.S)
    return f'<div lang="{language}">\n{out}</div>\n'


def code(text):
    lit = highlight(text, GoLexer(), HtmlFormatter(nowrap=True)).rstrip("\n")
    lit = re.sub(r'<span class="(?!c1|cm|kd|k|kn|s|sc)\w+">(.*?)</span>', r"\1", lit)
    return f'<pre class="go" tabindex="0"><code>{lit}</code></pre>\n'


def swatches(style):
    """The theme's colours on white paper, by name."""
    light = re.search(r":root \{([^}]*)\}", style)[1]
    names = {}
    for name, value in re.findall(r"--(plot-[\w-]+): (#[0-9A-Fa-f]{6})", light):
        names.setdefault(value.upper(), name)
    return names


def picture(svg, number, title, names):
    """An SVG with ids of its own and in the page's colours."""
    svg = svg[svg.index("<svg"):]
    for name in set(re.findall(r'\bid="([^"]+)"', svg)):
        ours = f"s{number}-{name}"
        svg = svg.replace(f'id="{name}"', f'id="{ours}"').replace(f"url(#{name})", f"url(#{ours})").replace(f'href="#{name}"', f'href="#{ours}"')
    kind = "drawn" if "data-path" in svg or "graph0" in svg else "plot"
    if kind == "plot" or "var(--plot" in svg:
        kind = "plot"
        svg = re.sub(r"(fill|stroke):(#[0-9A-Fa-f]{6})",
                     lambda m: f"{m[1]}:var(--{names[m[2].upper()]},{m[2]})" if m[2].upper() in names else m[0], svg)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(title, quote=True)}"', 1)
    return f'<figure class="{kind}"><div class="canvas" tabindex="0">{svg}</div></figure>\n'


def title_of(source):
    found = re.findall(r'Title:\s*"([^"]+)"', source) or re.findall(r'(?:plots|compare|patches)[.\w]*\((?:"[^"]*", )?"([^"]+)"', source)
    return found[-1] if found else "the picture that the cell draws"


def outputs(cell, korean, state):
    """What a cell put out, once, but for pictures that have words in both languages."""
    parts = []
    for output, other in zip(cell["outputs"], korean["outputs"]):
        if output["output_type"] == "stream":
            text = html.escape("".join(output["text"]).rstrip("\n"))
            parts.append(f'<pre class="out" tabindex="0"><code>{text}</code></pre>\n')
            continue
        data = {kind: "".join(v) if isinstance(v, list) else v for kind, v in output.get("data", {}).items()}
        title = title_of("".join(cell["source"]))
        if "image/svg+xml" in data:
            spoken = "".join(other["data"]["image/svg+xml"])
            for language, svg in ((("", data["image/svg+xml"]),) if spoken == data["image/svg+xml"] else (("en", data["image/svg+xml"]), ("ko", spoken))):
                state["pictures"] += 1
                drawn = picture(svg, state["pictures"], state["words"].get(title, title) if language == "ko" else title, state["names"])
                parts.append(f'<div lang="{language}">\n{drawn}</div>\n' if language else drawn)
        elif "text/html" in data:
            parts.append(f'<div class="scroll" tabindex="0">{data["text/html"]}</div>\n')
        elif "image/png" in data:
            image = data["image/png"].replace("\n", "")
            parts.append(f'<figure><div class="canvas"><img alt="{html.escape(title, quote=True)}" src="data:image/png;base64,{image}"></div></figure>\n')
        else:
            parts.append(f'<pre class="out"><code>{html.escape(data.get("text/plain", ""))}</code></pre>\n')
    return "".join(parts)


def frame(shared, titles, nav, body):
    allowed = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    en, ko = (html.escape(t, quote=True) for t in titles)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{en}</title>
<style>
{shared["style"]}{STYLE}</style>
</head>
<body data-title-en="{en}" data-title-ko="{ko}">
<a class="skip" href="#content"><span lang="en">To the content</span><span lang="ko">본문으로</span></a>
<header id="top" class="bar"><nav aria-label="Lessons"><ul>{nav}</ul></nav>{shared["switches"]}</header>
<main id="content" tabindex="-1">
{body}</main>
<script>{SCRIPT}</script>
</body>
</html>
"""


def read(name, language):
    with open(os.path.join(notebooks, *(["ko"] if language == "ko" else []), name + ".ipynb"), encoding="utf-8") as file:
        return json.load(file)["cells"]


def heading(cells):
    return re.match(r"# (.*)", "".join(cells[0]["source"]))[1]


def pages():
    """Every page by its file's name."""
    shared = json.loads(subprocess.run(["go", "run", "./notebooks/lessons/frame"], cwd=root, check=True, stdout=subprocess.PIPE).stdout)
    names = sorted(f[:-3] for f in os.listdir(lessons) if re.match(r"\d.*\.md$", f))
    both = {name: (read(name, "en"), read(name, "ko")) for name in names}
    result = {}
    for name in names:
        nav = '<li><a href="index.html"><span lang="en">Lessons</span><span lang="ko">단원</span></a></li>' + "".join(
            f'<li><a href="{n}.html"{" aria-current=page" if n == name else ""}>{int(n[:2])}</a></li>' for n in names)
        english, korean = both[name]
        words = {}
        for cell in korean:
            if cell.get("id") == "words":
                words = dict(re.findall(r'^\t"(.*)": "(.*)",$', "".join(cell["source"]), re.M))
        state = {"pictures": 0, "names": swatches(shared["style"]), "words": words}
        body = []
        for en, ko in zip(english, [cell for cell in korean if cell.get("id") != "words"]):
            if en["cell_type"] == "markdown":
                body += [prose("".join(en["source"]), "en"), prose("".join(ko["source"]), "ko")]
            else:
                body += [code("".join(en["source"])), outputs(en, ko, state)]
        result[name + ".html"] = frame(shared, [heading(c) for c in both[name]], nav, "".join(body))
    items = {language: "".join(f'<li><a href="{n}.html">{html.escape(heading(both[n][i]))}</a></li>\n' for n in names)
             for i, language in enumerate(("en", "ko"))}
    index = ('<h1><span lang="en">Lessons</span><span lang="ko">단원</span></h1>\n'
             '<div lang="en"><p>Notebooks in Go, with what their cells put out. To run them: <a href="../../notebooks/README.md">notebooks</a>.</p>\n'
             f'<ul>{items["en"]}</ul></div>\n<div lang="ko"><p>Go로 쓴 노트북과 그 출력. 실행하는 방법: <a href="../../notebooks/README.md">notebooks</a>.</p>\n<ul>{items["ko"]}</ul></div>\n')
    result["index.html"] = frame(shared, ("Lessons", "단원"), "", index)
    return result


def lesson_of(content):
    """What a page says, without the frame that all pages have."""
    return re.search(r"(?s)<main.*</main>|$", content)[0]


def main(arguments):
    check = arguments == ["--check"]
    if arguments and not check:
        raise SystemExit(__doc__)
    made, status = pages(), 0
    os.makedirs(folder, exist_ok=True)
    for name, content in made.items():
        file = os.path.join(folder, name)
        if not check:
            with open(file, "w", encoding="utf-8") as out:
                out.write(content)
            continue
        old = ""
        if os.path.exists(file):
            with open(file, encoding="utf-8") as source:
                old = source.read()
        # Style sheet and switches may be older ones: they are of all pages.
        if lesson_of(old) != lesson_of(content):
            print(f"docs/notebooks/{name} is not what the notebook shows: run notebooks/publish.sh", file=sys.stderr)
            status = 1
    return status


sys.exit(main(sys.argv[1:]))
