import { $, bytes, el, post, power, set } from "./dom.js";
import { t } from "./words.js";
import { bar, diverging, paint, rgbByte } from "./colour.js";
import * as scalpel from "./scalpel.js";

// The colourful dimension: for each layer, how large its values are, one column a look.
const most = 240;
let span = { act: [Infinity, 0], grad: [Infinity, 0] }; // bins that were ever used, zeros apart
let bins = 33, flows = "act", steps = [], columns = { act: [], grad: [] }, tiles = [], pick = null;

export function begin(past, n) {
  bins = n || bins;
  steps = [...(past.steps || [])];
  columns = { act: (past.act || []).map(bytes), grad: (past.grad || []).map(bytes) };
  span = { act: [Infinity, 0], grad: [Infinity, 0] };
  for (const flow of ["act", "grad"]) for (const c of columns[flow]) widen(flow, c);
}

function widen(flow, column) {
  const s = span[flow];
  for (let i = 0; i < column.length; i++) {
    const b = i % bins;
    if (b > 0 && column[i] > 0) { if (b < s[0]) s[0] = b; if (b > s[1]) s[1] = b; }
  }
}

export function add(f) {
  if (steps.at(-1) === f.step) return;
  steps.push(f.step); columns.act.push(bytes(f.act)); columns.grad.push(bytes(f.grad_bins));
  widen("act", columns.act.at(-1)); widen("grad", columns.grad.at(-1));
  if (steps.length > most) { steps.shift(); columns.act.shift(); columns.grad.shift(); }
}

const columnOf = (l) => (flows === "act" ? l.act : l.grad);

// shown are the layers of the overview: all that have values, or a dozen spread over the depth.
function shown(view) {
  let list = view.meta.layers.map((l, i) => [l, i]).filter(([l]) => columnOf(l) >= 0);
  if (flows === "act") {
    const acts = list.filter(([l]) => ["act", "linear"].includes(l.role));
    if (acts.length > 2) list = acts;
  } else list = list.filter(([l]) => l.role !== "norm").length ? list.filter(([l]) => l.role !== "norm") : list;
  const n = 12;
  if (list.length <= n) return list;
  return Array.from({ length: n }, (_, k) => list[Math.round((k * (list.length - 1)) / (n - 1))]);
}

export function build(view, choose) {
  pick = choose;
  const box = $("flows"), legend = box.firstElementChild;
  box.replaceChildren(legend, ...["act", "grad"].map((f) => {
    const input = el("input", { type: "radio", name: "flow", value: f, onchange: () => { flows = f; build(view, choose); draw(view); } });
    input.checked = f === flows;
    return el("label", {}, input, el("span", {}, t(f === "act" ? "act" : "gradients")));
  }));
  bar($("hist-legend")); $("hist-legend").setAttribute("aria-label", t("hist"));
  tiles = shown(view).map(([l, i]) => {
    const canvas = el("canvas", { "aria-hidden": "true" });
    return { i, l, canvas, button: el("button", { type: "button", "aria-pressed": "false", onclick: () => pick(i) }, canvas, el("span", {}, l.path)) };
  });
  $("hists").replaceChildren(...tiles.map((x) => x.button));
  draw(view);
}

// range is which bins are drawn: those in use in any layer, so that layers can be compared.
function range() {
  const [lo, hi] = span[flows];
  return lo > hi ? [1, bins - 1] : [Math.max(1, lo - 1), Math.min(bins - 1, Math.max(hi + 1, lo + 6))];
}

// picture draws a layer's columns, a pixel a bin; below them, apart, the exact zeros.
function picture(canvas, column) {
  const list = columns[flows], n = Math.max(list.length, 1), [lo, hi] = range();
  canvas.width = n; canvas.height = hi - lo + 3;
  const c = canvas.getContext("2d"), image = c.createImageData(canvas.width, canvas.height);
  list.forEach((bytes, x) => {
    for (let b = 0; b <= hi; b++) {
      if (b > 0 && b < lo) continue;
      const v = rgbByte(bytes[column * bins + b] || 0), y = b === 0 ? hi - lo + 2 : hi - b;
      const at = 4 * (y * canvas.width + x);
      image.data[at] = v[0]; image.data[at + 1] = v[1]; image.data[at + 2] = v[2]; image.data[at + 3] = 255;
    }
  });
  c.putImageData(image, 0, 0);
}

export function draw(view) {
  if (!view.meta) return;
  for (const x of tiles) {
    x.button.setAttribute("aria-pressed", String(view.chosen === x.i));
    picture(x.canvas, columnOf(x.l));
  }
  chosen(view);
}

function chosen(view) {
  const box = $("chosen"), i = view.chosen, l = i === null ? null : view.meta.layers[i];
  if (!l) { box.replaceChildren(); return; }
  const f = view.frame || {}, facts = [];
  const v = (k) => f[k]?.[i];
  if (v("rms") !== null && v("rms") !== undefined) facts.push(`${t("scale")} ${view.short(v("rms"))}`, `${view.percent(v("zero"), 1)} ${t("zero")}`, `${view.percent(v("dead"), 0)} ${t("alive")}`);
  if (v("grad") !== null && v("grad") !== undefined) facts.push(`${t("norm")} ${view.short(v("grad"))}`);
  if (l.params) facts.push(`${l.params.toLocaleString("en")} ${t("params")}`);
  const column = columnOf(l), low = flows === "act" ? view.meta.low : view.meta.grad_low, [from, to] = range(), key = `${l.path} ${flows} ${document.documentElement.lang} ${from} ${to}`;
  if (box.dataset.layer !== key || !box.firstChild) {
    box.dataset.layer = key;
    const axis = el("div", { class: "axis" }, el("canvas", { role: "img" }));
    const rows = to - from + 3;
    for (let b = from; b <= to; b += Math.max(2, Math.round((to - from) / 6))) { const s = el("span", {}, power("2", low + b - 1)); s.style.top = `${(100 * (to - b + 0.5)) / rows}%`; axis.append(s); }
    const zero = el("span", {}, "0"); zero.style.top = `${(100 * (rows - 0.5)) / rows}%`; axis.append(zero);
    axis.hidden = column < 0;
    box.replaceChildren(el("h3", {}, `${l.path} – ${l.kind}`), axis, el("p", { class: "facts" }), el("div", { class: "filters" }));
    if (l.role === "conv" && l.leaf) filters(view, i, box.lastChild);
  }
  const canvas = box.querySelector("canvas");
  if (column >= 0) picture(canvas, column);
  canvas.setAttribute("aria-label", `${t("hist")}: ${l.path}`);
  set(box.querySelector(".facts"), facts.join(" · "));
}

// filters shows a convolution's weights: blue below 0, orange above, or colours. Choosing one takes its map out, where the scalpel is at hand.
async function filters(view, i, box) {
  let f;
  try { f = await post("/filters", { layer: i }); } catch { return; }
  if (view.chosen !== i) return;
  const px = bytes(f.px), n = f.c / f.each, area = f.h * f.w, night = getComputedStyle(document.documentElement).colorScheme === "dark";
  const tiles = Array.from({ length: n }, (_, k) => {
    const canvas = el("canvas", { role: "img", "aria-label": `${view.meta.layers[i].path} ${k}` });
    if (f.each === 3) paint(canvas, { c: 3, h: f.h, w: f.w }, px.subarray(3 * k * area, 3 * (k + 1) * area));
    else paint(canvas, f, px, k, (b) => diverging((b - 128) / 127, night));
    return el("button", { type: "button", title: `${t("cutunit")} ${k}`, "aria-label": `${t("cutunit")} ${k}`, onclick: () => { if (scalpel.ready(view)) { scalpel.operate(view, { do: "unit", layer: i, unit: k }); $("scalpel-card").scrollIntoView({ block: "center" }); } } }, canvas);
  });
  box.replaceChildren(el("h3", {}, t("filters", n, f.all)), el("div", { class: "row" }, ...tiles));
}
