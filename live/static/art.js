import { $, el, load, save } from "./dom.js";
import { t } from "./words.js";
import { ink, rgb, text } from "./colour.js";

// The network as papers draw it, from package drawing, each box coloured by what happens in it.
let as = load("view") === "blocks" ? "blocks" : "drawing", depth = 0, boxes = [], drawn = null, pick = null, recolour = null, layers = [];

export function build(view, choose, redraw) {
  pick = choose; recolour = redraw; layers = view.meta.layers;
  const box = $("views"), legend = box.firstElementChild;
  box.replaceChildren(legend, ...["drawing", "blocks"].map((v) => {
    const input = el("input", { type: "radio", name: "view", value: v, onchange: () => { as = v; save("view", v); show(view); redraw(); } });
    input.checked = v === as;
    return el("label", {}, input, el("span", {}, t(v)));
  }));
  show(view);
}

function show(view) {
  $("art").hidden = $("depths").hidden = as !== "drawing";
  $("net").hidden = as === "drawing";
  if (as === "drawing") fetchArt(view);
}

function fetchArt(view) {
  const flow = $("art").clientWidth > 700 ? "across" : "down", key = `/drawing.svg?depth=${depth}&flow=${flow}`, of = `${key} ${view.meta.layers.map((l) => l.path + l.kind).join()}`;
  $("less").disabled = depth === 1; $("more").disabled = depth >= 4;
  if (drawn === of) { name(view); return; }
  drawn = of;
  const r = new XMLHttpRequest(); // whose document needs no markup in a string
  r.open("GET", key); r.responseType = "document"; r.overrideMimeType("image/svg+xml");
  r.onload = () => {
    const svg = r.status === 200 ? r.response?.documentElement : null;
    if (!svg || svg.nodeName !== "svg") { as = "blocks"; show(view); return; }
    place(view, document.importNode(svg, true));
  };
  r.onerror = () => { drawn = null; };
  r.send();
}

function place(view, svg) {
  const wide = Number(svg.getAttribute("width")), room = $("art").clientWidth;
  svg.setAttribute("role", "group");
  svg.removeAttribute("aria-label");
  if (room / wide > 0.62) svg.classList.add("fits");
  const at = new Map(view.meta.layers.map((l, i) => [l.path, i]));
  boxes = [];
  for (const g of svg.querySelectorAll("g[data-path]")) {
    const paths = (g.dataset.paths || g.dataset.path).split(/\s+/).filter((p) => at.has(p)).map((p) => at.get(p));
    if (!paths.length) continue;
    const main = at.get(g.dataset.path) ?? paths[0];
    const body = g.querySelector("rect, polygon"); // without the texts inside, which its name repeats in other words
    if (!body) continue;
    body.setAttribute("role", "button"); body.setAttribute("tabindex", "0");
    for (const x of g.querySelectorAll("text")) x.setAttribute("aria-hidden", "true");
    g.classList.add("live");
    g.addEventListener("click", () => pick(main));
    body.addEventListener("keydown", (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); pick(main); } });
    boxes.push({ g, body, paths, main, frame: g.classList.contains("frame"), rects: [...g.querySelectorAll("rect, polygon")], texts: [...g.querySelectorAll("text")], hover: g.querySelector("title")?.textContent || "" });
  }
  $("art").replaceChildren(svg);
  name(view);
  recolour?.();
}

function name(view) {
  for (const b of boxes) b.body.setAttribute("aria-label", view.meta.layers[b.main].path);
}

$("less").addEventListener("click", () => { depth = depth === 0 ? 1 : Math.max(1, depth - 1); again(); });
$("more").addEventListener("click", () => { depth = Math.min(4, depth + 1); again(); });
let again = () => {};

// value is what a box shows: of several layers joined in one box the gradient of all, else the output of the last.
function value(b, mode, values) {
  const list = b.paths.map((i) => values?.[i]).filter((v) => v !== null && v !== undefined);
  if (!list.length) return null;
  if (mode !== "grad") return list.at(-1);
  const outer = b.paths.length === 1 ? list : b.paths.filter((i) => !b.paths.some((j) => j !== i && inside(i, j, b))).map((i) => values[i]).filter((v) => v !== null);
  return Math.sqrt(outer.reduce((s, v) => s + v * v, 0));
}

// shown are the values of the boxes that are drawn, for the scale; null where there is no drawing.
export const shown = (mode, values) => (as === "drawing" && boxes.length ? boxes.filter((b) => !b.frame).map((b) => value(b, mode, values)) : null);

const inside = (i, j) => layers[i].path.startsWith(`${layers[j].path}.`);

export function draw(view, mode, scale, values) {
  layers = view.meta.layers;
  again = () => { fetchArt(view); };
  for (const b of boxes) {
    const v = value(b, mode, values), told = v === null ? t("none") : mode === "dead" ? view.percent(v, 0) : view.short(v);
    b.body.setAttribute("aria-label", t("boxlabel", layers[b.main].path, t(mode), told).replace(/^ \(|\)/g, ""));
    b.body.setAttribute("aria-pressed", String(view.chosen !== null && (view.chosen === b.main || (!b.frame && b.paths.includes(view.chosen)))));
    if (b.frame) continue;
    const c = v === null ? null : rgb(scale.of(v)), fill = c ? text(c) : "", of = c ? ink(c) : "";
    b.g.classList.toggle("plain", !c);
    for (const r of b.rects) r.style.fill = fill;
    for (const x of b.texts) x.style.fill = of;
    const title = b.g.querySelector("title");
    if (title) title.textContent = `${b.hover}\n${t(mode)}: ${told}`;
  }
}
