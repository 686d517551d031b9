import { $, css, el, load, post, save, set } from "./dom.js";
import { switchLanguage, t, translate, language } from "./words.js";
import { chart, smooth } from "./chart.js";
import * as network from "./network.js";
import * as hist from "./hist.js";
import * as samples from "./samples.js";
import * as xray from "./xray.js";
import * as scalpel from "./scalpel.js";

// view is all that the page knows of the run.
const view = { meta: null, title: "stheno", state: { state: "waiting" }, points: [], epochs: [], frame: null, changes: [], chosen: null };
window.stheno = view; // for tests and the curious

const short = (v, digits = 3) => (v === null || v === undefined || Number.isNaN(v) ? "–" : v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5) ? v.toExponential(digits - 1) : Number(v.toPrecision(digits)).toString());
const percent = (v, digits = 2) => (v === null || v === undefined ? "–" : `${(100 * v).toFixed(digits)} %`);
view.short = short; view.percent = percent;

function take(u) {
  if (u.hello) {
    const fresh = u.hello.meta && (!view.meta || JSON.stringify(u.hello.meta.layers) !== JSON.stringify(view.meta.layers) || u.hello.past);
    view.title = u.hello.title || "stheno"; view.changes = u.hello.changes || []; view.scalpel = u.hello.scalpel || null;
    if (u.hello.past) hist.begin(u.hello.past, u.hello.meta?.bins);
    if (fresh) {
      view.meta = u.hello.meta; view.epochs = [];
      for (const part of [network, hist, samples, xray, scalpel]) part.build(view, choose);
    }
  }
  if (u.reset) view.points = [];
  if (u.points) view.points.push(...u.points);
  if (u.epochs) for (const e of u.epochs) { view.epochs = view.epochs.filter((o) => o.epoch !== e.epoch); view.epochs.push(e); }
  view.state = u.state;
  if (u.frame) { view.frame = u.frame; hist.add(u.frame); }
  view.updates = (view.updates || 0) + 1;
  draw(u);
}

// choose shows a layer everywhere.
function choose(i) {
  view.chosen = view.chosen === i ? null : i;
  network.draw(view); hist.draw(view);
}

let due = false, newFrame = false, newHead = false;
function draw(u) {
  newFrame = newFrame || !!u.frame || !!u.hello; newHead = newHead || !!u.hello;
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    head(); numbers(); curves();
    if (newFrame) { alarms(); network.draw(view); hist.draw(view); samples.draw(view); }
    if (newHead) { stopped(); rateChanges(); scalpel.draw(view); }
    newFrame = newHead = false;
  });
}

function all() { newFrame = newHead = true; draw({}); xray.draw(view); scalpel.draw(view); }

const two = (n) => String(n).padStart(2, "0");
function lasting(seconds) {
  const s = Math.round(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

function head() {
  const s = view.state;
  set($("title"), view.title); document.title = `${t(s.state)} · ${view.title}`;
  const pill = $("pill");
  set(pill, t(s.state)); pill.className = `pill ${s.state}`;
  const all = s.epochs * (s.steps || 0);
  $("bar").style.width = `${all ? Math.min(100, (100 * ((s.epoch - 1) * s.steps + s.step)) / all) : s.state === "finished" ? 100 : 0}%`;
  set($("where"), s.epoch ? `${t("epoch")} ${s.epoch} ${t("of")} ${s.epochs}${s.steps ? ` · ${t("stepword")} ${s.step} ${t("of")} ${s.steps}` : ""}${s.left > 0 && s.state === "running" ? ` · ${lasting(s.left)} ${t("left")}` : ""}` : "");
  const busy = s.state === "running" || s.state === "paused";
  for (const id of ["pause", "step", "stop", "slower", "faster", "plain"]) $(id).disabled = !busy;
  set($("pause-text"), t(s.state === "paused" ? "resume" : "pause"));
  set($("pause").firstElementChild, s.state === "paused" ? "▶" : "❚❚");
  set($("lr"), short(s.lr, 4));
  set($("factor"), s.factor !== 1 ? t("factor", short(s.factor)) : "");
  $("rate-box").hidden = !busy && !view.changes.length;
}

function numbers() {
  const s = view.state, last = view.points.at(-1), tested = view.epochs.filter((e) => e.test_acc !== null).at(-1), labels = !view.meta || view.meta.labels;
  const rows = [[t("trainloss"), short(last?.[1], 4)]];
  if (labels) rows.push([t("trainacc"), last ? percent(view.meanAcc ?? last[2], 1) : "–"], [t("testacc"), tested ? percent(tested.test_acc) : "–"]);
  rows.push([t("images"), s.rate ? Math.round(s.rate).toLocaleString("en") : "–"], [t("wait"), percent(s.wait, 1)], [t("total"), (s.total || 0).toLocaleString("en")], [t("params"), view.meta ? view.meta.params.toLocaleString("en") : "–"]);
  const over = s.state === "finished" || s.state === "stopped";
  if (over) for (let i = rows.length - 1; i >= 0; i--) if (rows[i][1] === "–" || rows[i][1] === "0" || (!last && i > 0 && i < rows.length - 2 && rows[i][0] !== t("testacc"))) rows.splice(i, 1);
  const box = $("numbers");
  if (box.children.length !== rows.length) box.replaceChildren(...rows.map(() => el("div", {}, el("dt"), el("dd"))));
  rows.forEach(([k, v], i) => { set(box.children[i].children[0], k); set(box.children[i].children[1], v); });
}

let hover = null, zoom = null, drag = null;
const places = {};
function curves() {
  $("curves-card").hidden = !view.points.length && !view.epochs.length && ["finished", "stopped"].includes(view.state.state);
  $("progress-box").hidden = !view.state.epoch;
  $("acc").parentElement.hidden = !!view.meta && !view.meta.labels;
  const w = Number($("smooth").value), colours = { train: css("--blue"), test: css("--orange") };
  const marks = view.changes.map((c) => c.step);
  for (const [id, k, tk, format, top] of [["loss", 1, "test_loss", (v) => short(v), undefined], ["acc", 2, "test_acc", (v) => `${Number((100 * v).toFixed(2))} %`, 1]]) {
    const raw = view.points.map((p) => [p[0], p[k]]), even = smooth(raw, w), test = view.epochs.filter((e) => e[tk] !== null).map((e) => [e.step, e[tk]]);
    if (k === 2) view.meanAcc = even.at(-1)?.[1];
    // A run that is only looked at has epochs alone.
    const epochs = raw.length ? [] : view.epochs.map((e) => [e.step, k === 1 ? e.loss : e.acc]);
    places[id] = chart($(id), [
      { points: raw, colour: colours.train, width: 1, alpha: w > 0 ? 0.3 : 1 },
      { points: even, colour: colours.train, width: 2.2, name: t("train") },
      { points: epochs, colour: colours.train, width: 2.2, dots: true, name: t("train") },
      { points: test, colour: colours.test, width: 2.2, dash: [6, 4], dots: true, name: t("test") },
    ], { format, top, marks, hover: hover?.id === id ? hover.x : null, zoom, drag: drag?.id === id ? [drag.from, drag.to] : null });
    const last = even.at(-1) || epochs.at(-1);
    $(id).setAttribute("aria-label", t("curvelabel", t(k === 1 ? "loss" : "accuracy"), last ? format(last[1]) : "–"));
  }
  $("whole").hidden = !zoom;
  const keys = $("curve-keys");
  if (!keys.children.length) keys.append(el("li", {}, el("i"), el("span")), el("li", {}, el("i"), el("span")));
  [["train", "solid"], ["test", "dashed"]].forEach(([k, style], i) => { const l = keys.children[i]; l.firstChild.style.borderTopColor = colours[k]; l.firstChild.style.borderTopStyle = style; set(l.lastChild, t(k)); });
}

function alarms() {
  const list = view.frame?.alarms || [], box = $("alarms"), key = JSON.stringify([list, language, !!view.frame]);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  if (!list.length) { box.replaceChildren(el("li", { class: "good" }, t(view.frame ? "good" : "nothing"))); return; }
  box.replaceChildren(...list.map((a) => {
    const i = view.meta.layers.findIndex((l) => l.path === a.path);
    return el("li", {}, a[language] || a.en, i >= 0 ? el("button", { type: "button", "aria-label": `${t("show")} ${a.path}`, onclick: () => { view.chosen = null; choose(i); $("chosen").scrollIntoView({ block: "center" }); } }, t("show")) : null);
  }));
}

function stopped() {
  const s = view.state, over = s.state === "stopped" || s.state === "finished";
  $("stopped").hidden = !over || (!view.points.length && !s.error);
  if (!over) return;
  $("stopped").classList.toggle("plain", s.state === "finished");
  const resumable = s.state === "stopped" && !s.error && s.folder;
  set($("stopped-text"), s.error ? t("errortext", s.error) : s.state === "finished" ? t("finishedtext") : t(resumable ? "stoppedtext" : "stoppedplain"));
  $("stopped-command").hidden = !resumable;
  set($("stopped-command"), resumable ? `demo train --resume ${s.folder} --serve` : "");
}

function rateChanges() {
  $("changes").replaceChildren(...view.changes.map((c) => el("li", {}, t("change", c, (v) => short(v)))));
}

const press = (what) => post("/control", { do: what }).catch(() => {});
$("pause").addEventListener("click", () => press(view.state.state === "paused" ? "resume" : "pause"));
$("step").addEventListener("click", () => press("step"));
$("stop").addEventListener("click", () => press("stop"));
const rate = (f) => post("/rate", { factor: Math.min(1e6, Math.max(1e-6, f)) }).catch(() => {});
$("slower").addEventListener("click", () => rate(view.state.factor / 2));
$("faster").addEventListener("click", () => rate(view.state.factor * 2));
$("plain").addEventListener("click", () => rate(1));
$("whole").addEventListener("click", () => { zoom = null; curves(); });
$("smooth").addEventListener("input", curves);
$("language").addEventListener("click", () => { switchLanguage(); $("alarms").dataset.key = ""; for (const part of [network, hist, samples, xray, scalpel]) if (view.meta) part.build(view, choose); all(); });
const dark = () => document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
function theme(name) { if (name) document.documentElement.dataset.theme = name; $("theme").setAttribute("aria-pressed", String(dark())); }
$("theme").addEventListener("click", () => { const n = dark() ? "light" : "dark"; save("theme", n); theme(n); all(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { theme(); all(); });
for (const id of ["loss", "acc"]) {
  $(id).addEventListener("pointermove", (e) => { hover = { id, x: e.offsetX }; if (drag?.id === id) drag.to = e.offsetX; curves(); });
  $(id).addEventListener("pointerleave", () => { hover = null; curves(); });
  // A stretch drawn with the mouse is shown large, in both curves.
  $(id).addEventListener("pointerdown", (e) => { if (e.pointerType === "mouse" && e.button === 0) { drag = { id, from: e.offsetX, to: e.offsetX }; $(id).setPointerCapture(e.pointerId); } });
  $(id).addEventListener("pointerup", () => {
    if (!drag) return;
    const [a, b] = [drag.from, drag.to].sort((x, y) => x - y);
    if (b - a > 6 && places[id]) zoom = [places[id].at(a), places[id].at(b)];
    drag = null; curves();
  });
  $(id).addEventListener("dblclick", () => { zoom = null; curves(); });
}
addEventListener("resize", all);

theme(load("theme")); translate(); head(); numbers();
const events = new EventSource("/events");
events.onmessage = (m) => { $("lost").hidden = true; take(JSON.parse(m.data)); };
events.onerror = () => { $("lost").hidden = false; };
