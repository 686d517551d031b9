import { $, el, load, power, save, set } from "./dom.js";
import { t } from "./words.js";
import * as art from "./art.js";
import { bar, ink, rgb, text } from "./colour.js";

// The network block by block: boxes to fold and unfold, coloured by what happens in them.
const modes = ["grad", "rms", "dead"];
let mode = load("mode") || "grad", boxes = [], open = new Map(), last = null, pick = null;

const tree = (layers) => {
  const root = { children: [], i: -1 }, stack = [root];
  layers.forEach((l, i) => {
    stack.length = l.depth + 1;
    const n = { i, layer: l, children: [] };
    stack[l.depth].children.push(n); stack.push(n);
  });
  return root;
};

// unfold opens blocks from outside in, a whole level at once, as long as the drawing stays easy to take in.
function unfold(root) {
  const most = 36, now = new Set();
  let level = root.children;
  while (level.length) {
    const can = level.filter((n) => n.children.length && !n.layer.unit);
    const next = level.flatMap((n) => (can.includes(n) ? n.children : [n]));
    if (!can.length || next.length > most) break;
    for (const n of can) now.add(n.layer.path);
    level = next;
  }
  return now;
}

// title is a block's name, with the one around it where it is only a number.
const title = (l) => (/^\d+$/.test(l.name) ? l.path.split(".").slice(-2).join(".") : l.name);

export function build(view, choose) {
  pick = choose;
  last = view;
  if (!modes.includes(mode)) mode = "grad";
  const root = tree(view.meta.layers), usual = unfold(root);
  const known = new Set(view.meta.layers.map((l) => l.path));
  for (const k of open.keys()) if (!known.has(k)) open.delete(k);
  for (const l of view.meta.layers) if (!open.has(l.path)) open.set(l.path, usual.has(l.path));
  boxes = [];
  $("net").replaceChildren(...flow(root.children, view));
  const box = $("modes");
  const legend = box.firstElementChild;
  box.replaceChildren(legend, ...modes.map((m) => {
    const input = el("input", { type: "radio", name: "mode", value: m, onchange: () => { mode = m; save("mode", m); draw(view); } });
    input.checked = m === mode;
    return el("label", {}, input, el("span", {}, t(m)));
  }));
  art.build(view, choose, () => draw(view));
  bar($("legend"));
  $("legend").setAttribute("aria-label", t("colourby"));
  draw(view);
}

function flow(nodes, view) {
  const out = [];
  nodes.forEach((n, k) => {
    if (k) out.push(el("span", { class: "arrow", "aria-hidden": "true" }, "→"));
    out.push(node(n, view));
  });
  return out;
}

function node(n, view) {
  const l = n.layer;
  if (!n.children.length || !open.get(l.path)) return boxOf(n, view);
  const fold = el("button", { class: "fold", type: "button", "aria-expanded": "true", "aria-label": `${t("fold")} ${l.path}`, onclick: () => toggle(l.path, view) }, `▾ ${title(l)}`);
  const group = el("div", { class: `group ${l.role}`, role: "group", "aria-label": l.path });
  group.append(el("div", { class: "name" }, fold, l.role === "residual" ? el("span", { class: "skipmark" }, `⤻ + ${t("skipword")}`) : null));
  if (l.role === "parallel") group.append(el("div", { class: "stack" }, ...n.children.map((c) => el("div", { class: "flow" }, node(c, view)))));
  else if (l.role === "residual") {
    const aside = n.children.filter((c) => /^(downsample|shortcut)/.test(c.layer.name)), main = n.children.filter((c) => !aside.includes(c));
    group.append(el("div", { class: "stack" }, el("div", { class: "flow" }, ...flow(main, view)), aside.length ? el("div", { class: "flow" }, ...flow(aside, view)) : null));
  } else group.append(el("div", { class: "flow" }, ...flow(n.children, view)));
  return group;
}

function boxOf(n, view) {
  const l = n.layer;
  const shape = (l.out || []).join("×");
  const b = el("button", { class: "box", type: "button", title: `${l.path}\n${l.kind}\n${shape}${l.params ? `\n${l.params.toLocaleString("en")} ${t("params")}` : ""}`, "aria-pressed": "false", "data-path": l.path, onclick: () => pick(n.i) }, el("b", {}, title(l)), el("small", {}, l.kind === l.name ? shape : brief(l.kind)), el("span", { class: "hidden" }));
  boxes.push([n.i, b]);
  if (!n.children.length) return b;
  return el("span", { class: "flow" }, b, el("button", { class: "fold", type: "button", "aria-expanded": "false", "aria-label": `${t("unfold")} ${l.path}`, onclick: () => toggle(l.path, view) }, "▸"));
}

const brief = (kind) => (kind.length > 26 ? `${kind.slice(0, 25)}…` : kind);

function toggle(path, view) {
  open.set(path, !open.get(path));
  build(view, pick);
  document.querySelector(`#net [aria-label$="${CSS.escape(path)}"].fold`)?.focus();
}

// share places a value on the scale: gradients and activations by their logarithm, dead channels as they are.
function scaleOf(view) {
  const values = view.frame?.[mode], list = (art.shown(mode, values) ?? boxes.map(([i]) => values?.[i])).filter((v) => v !== null && v !== undefined);
  if (mode === "dead") return { of: (v) => v, low: "0 %", high: "100 %" };
  // Ends at 1, 3, 10, 30 ..., so that the scale does not jump at every step.
  const logs = list.filter((v) => v > 0).map(Math.log10);
  const lo = logs.length ? Math.floor(2 * Math.min(...logs)) / 2 : -1, hi = Math.max(lo + 0.5, logs.length ? Math.ceil(2 * Math.max(...logs)) / 2 : 0);
  const end = (e) => (e % 1 === 0 ? power("10", e) : `3 · ${power("10", Math.floor(e))}`);
  return { of: (v) => (v > 0 ? (Math.log10(v) - lo) / (hi - lo) : 0), low: end(lo), high: end(hi) };
}

export function draw(view = last) {
  if (!view?.meta) return;
  const s = scaleOf(view), values = view.frame?.[mode];
  set($("mode-text"), t(`${mode}text`));
  set($("legend-low"), s.low); set($("legend-high"), s.high);
  for (const [i, b] of boxes) {
    const v = values?.[i], l = view.meta.layers[i];
    const told = v === null || v === undefined ? t("none") : mode === "dead" ? view.percent(v, 0) : view.short(v);
    if (v === null || v === undefined) { b.style.background = ""; b.style.color = ""; b.classList.remove("coloured"); } else { const c = rgb(s.of(v)); b.style.background = text(c); b.style.color = ink(c); b.classList.add("coloured"); }
    set(b.lastChild, t("boxlabel", l.path, t(mode), told));
    b.setAttribute("aria-pressed", String(view.chosen === i));
  }
  art.draw(view, mode, s, values);
}
