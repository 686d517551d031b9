import { $, el, post, set } from "./dom.js";
import { t } from "./words.js";

// The scalpel: what can be taken out, what was, and what became of the accuracy.
export function build(view) { draw(view); }

let busy = false;
export async function operate(view, what) {
  if (busy) return;
  busy = true;
  $("scalpel").setAttribute("aria-busy", "true");
  try { view.scalpel = await post("/scalpel", what); set($("scalpel-text"), t("scalpeltext")); } catch (e) { set($("scalpel-text"), e.message); }
  busy = false;
  $("scalpel").removeAttribute("aria-busy");
  draw(view);
}

export const ready = (view) => ["paused", "finished", "stopped"].includes(view.state.state) && view.meta.labels;

const units = new Map(); // the channel typed for a layer

export function draw(view) {
  if (!view.meta) return;
  const box = $("scalpel");
  if (!ready(view)) { set($("scalpel-text"), t("scalpelwait")); box.replaceChildren(); return; }
  set($("scalpel-text"), t("scalpeltext"));
  const focus = document.activeElement?.id;
  const o = view.scalpel, parts = [];
  if (o) parts.push(result(view, o));
  const rows = [];
  view.meta.layers.forEach((l, i) => {
    if (!l.cut && !l.units) return;
    const gone = (what, unit = 0) => o?.cuts?.some((c) => c.layer === i && c.do === what && c.unit === unit);
    const row = el("div", {}, el("code", {}, l.path));
    if (l.cut) row.append(el("button", { type: "button", id: `cut-${i}`, disabled: !!gone(l.cut), "aria-label": `${t(l.cut === "branch" ? "cutbranch" : "cutlayer")}: ${l.path}`, onclick: () => operate(view, { do: l.cut, layer: i, unit: 0 }) }, t(l.cut === "branch" ? "cutbranch" : "cutlayer")));
    if (l.units) {
      const input = el("input", { type: "number", min: "0", max: String(l.units - 1), value: String(units.get(l.path) ?? 0), id: `unit-${i}`, "aria-label": `${t("cutunit")}: ${l.path}`, oninput: (e) => units.set(l.path, e.target.value) });
      row.append(input, el("button", { type: "button", id: `cutunit-${i}`, "aria-label": `${t("cutunit")} ${l.path}`, onclick: () => operate(view, { do: "unit", layer: i, unit: Math.max(0, Math.min(l.units - 1, Math.floor(Number(input.value)) || 0)) }) }, t("cutunit")));
    }
    rows.push(row);
  });
  parts.push(el("div", { class: "cuts", tabindex: "0", role: "group", "aria-label": t("scalpel") }, ...rows));
  const scroll = box.querySelector(".cuts")?.scrollTop || 0;
  box.replaceChildren(...parts);
  box.querySelector(".cuts").scrollTop = scroll;
  if (focus && box.querySelector(`#${CSS.escape(focus)}`)) $(focus).focus({ preventScroll: true });
}

function result(view, o) {
  const line = (name, v) => { const b = el("div"); b.style.width = `${100 * v}%`; return [el("span", {}, name), el("div", { class: "bar", "aria-hidden": "true" }, b), el("strong", {}, view.percent(v))]; };
  const cut = o.cuts.map((c) => (c.do === "unit" ? `${c.path} [${c.unit}]` : c.path)).join(", ");
  const hit = (o.class || []).map((v, c) => [view.meta.classes[c], o.whole[c], v]).filter(([, a, b]) => a !== null && b !== null && a - b > 0.02).sort((x, y) => y[1] - y[2] - (x[1] - x[2])).slice(0, 4);
  const worst = hit.map(([name, a, b]) => `${name} ${view.percent(a, 0)} → ${view.percent(b, 0)}`).join(", ");
  return el("div", { role: "status" },
    el("div", { class: "before" }, ...line(t("before"), o.before), ...line(t("now"), o.now)),
    el("p", { class: "quiet" }, `${t("imagesof", o.images)}${cut ? ` · ${t("cutlist")}: ${cut}` : ""}`),
    worst ? el("p", { class: "quiet" }, `${t("hit")}: ${worst}`) : null,
    o.cuts.length ? el("button", { type: "button", class: "main", id: "restore", onclick: () => operate(view, { do: "restore", layer: 0, unit: 0 }) }, t("restore")) : null);
}
