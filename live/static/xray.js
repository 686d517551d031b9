import { $, bytes, el, post, set } from "./dom.js";
import { t } from "./words.js";
import { diverging, paint, rgbByte } from "./colour.js";

// An image's way through the network, from a sample or a drawing, layer by layer.
let asked = null, way = null, playing = 0, drawing = null, point = null, of = "";
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = () => document.documentElement.dataset.theme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);

export function build(view) {
  const pad = $("pad"), now = view.meta.layers.map((l) => l.path + l.kind).join();
  if (of !== now && of) { asked = way = point = null; view.looked = null; $("maps").replaceChildren(); $("kernel").replaceChildren(); $("guesses").replaceChildren(); }
  of = now; // another network may be shown at the same place
  if (pad.dataset.ready) { render(view, false); return; }
  pad.dataset.ready = "yes";
  blank();
  const c = pad.getContext("2d");
  c.lineCap = c.lineJoin = "round"; c.lineWidth = 22; c.strokeStyle = "#fff";
  const at = (e) => { const r = pad.getBoundingClientRect(); return [((e.clientX - r.left) * pad.width) / r.width, ((e.clientY - r.top) * pad.height) / r.height]; };
  pad.addEventListener("pointerdown", (e) => {
    if (pad.dataset.sample) blank();
    pad.setPointerCapture(e.pointerId); drawing = at(e);
    c.beginPath(); c.moveTo(...drawing); c.lineTo(drawing[0] + 0.1, drawing[1]); c.stroke();
  });
  let last = 0;
  pad.addEventListener("pointermove", (e) => {
    if (!drawing) return;
    const p = at(e);
    c.beginPath(); c.moveTo(...drawing); c.lineTo(...p); c.stroke(); drawing = p;
    if (Date.now() - last > 300) { last = Date.now(); send(view, false); }
  });
  const up = () => { if (drawing) { drawing = null; send(view, true); } };
  pad.addEventListener("pointerup", up); pad.addEventListener("pointercancel", up);
  $("clear").addEventListener("click", () => { blank(); asked = way = point = null; view.looked = null; $("maps").replaceChildren(); $("kernel").replaceChildren(); $("guesses").replaceChildren(); });
  $("again").addEventListener("click", () => play());
}

function blank() {
  const pad = $("pad"), c = pad.getContext("2d");
  pad.width = pad.height = 280; delete pad.dataset.sample;
  c.fillStyle = "#000"; c.fillRect(0, 0, pad.width, pad.height);
  c.lineCap = c.lineJoin = "round"; c.lineWidth = 22; c.strokeStyle = "#fff";
}

// digit brings a drawing to the network's size as MNIST's were: 20 of 28 pixels high or wide, its mass in the middle.
function digit(view) {
  const [, h, w] = view.meta.input, pad = $("pad"), n = pad.width;
  const px = pad.getContext("2d").getImageData(0, 0, n, n).data;
  let x0 = n, x1 = -1, y0 = n, y1 = -1, mass = 0, mx = 0, my = 0;
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) {
    const v = px[4 * (y * n + x)];
    if (v > 20) { x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y); }
    mass += v; mx += v * x; my += v * y;
  }
  if (x1 < 0) return null;
  const side = Math.min(h, w, 28 * Math.max(1, Math.min(h, w) / 32)), scale = ((20 / 28) * side) / Math.max(x1 - x0 + 1, y1 - y0 + 1);
  const small = document.createElement("canvas");
  small.width = w; small.height = h;
  const c = small.getContext("2d");
  c.fillStyle = "#000"; c.fillRect(0, 0, w, h);
  c.imageSmoothingQuality = "high";
  c.setTransform(scale, 0, 0, scale, w / 2 - (scale * mx) / mass, h / 2 - (scale * my) / mass);
  c.drawImage(pad, 0, 0);
  const out = c.getImageData(0, 0, w, h).data;
  let text = "";
  for (let i = 0; i < w * h; i++) text += String.fromCharCode(out[4 * i]);
  return btoa(text);
}

function send(view, whole) {
  const pixels = digit(view);
  if (!pixels) return;
  view.looked = null;
  ask(view, { pixels }, whole);
}

// show follows a sample.
export function show(view, what) {
  view.looked = what.image;
  const s = view.meta.samples[what.image].image, pad = $("pad");
  const small = document.createElement("canvas");
  paint(small, s, bytes(s.px));
  pad.dataset.sample = "yes";
  const c = pad.getContext("2d");
  c.imageSmoothingEnabled = false;
  c.drawImage(small, 0, 0, pad.width, pad.height);
  c.imageSmoothingEnabled = true;
  point = null;
  ask(view, what, true);
}

let busy = false, next = null;
async function ask(view, what, whole) {
  if (busy) { next = [view, what, whole]; return; }
  busy = view.busy = true;
  try {
    way = await post("/look", what);
    asked = what;
    view.way = way;
    render(view, whole);
    if (whole && point) kernel(view, point);
  } catch (e) { $("maps").replaceChildren(el("p", { class: "note", role: "alert" }, e.message)); }
  busy = view.busy = false;
  if (next) { const n = next; next = null; ask(...n); }
}

function render(view, animate) {
  guesses(view);
  if (!way) return;
  const night = dark();
  const sections = way.layers.map((m) => {
    const l = view.meta.layers[m.layer], px = bytes(m.px), conv = l.role === "conv" && m.h > 1;
    const size = m.h === 1 && m.w > 1 ? 0 : Math.max(40, Math.min(72, m.w * 2));
    const colour = m.signed ? (b) => diverging((b - 128) / 127, night) : (b) => rgbByte(b);
    const row = el("div", { class: m.h === 1 && m.c === 1 ? "strip" : "row" });
    for (let c = 0; c < m.c; c++) {
      const canvas = el("canvas", { role: "img", "aria-label": `${l.path} ${c}` });
      paint(canvas, m, px, c, colour);
      if (size) { canvas.style.width = `${size}px`; canvas.style.height = `${Math.max(6, Math.round((size * m.h) / m.w))}px`; }
      if (!conv) { row.append(canvas); continue; }
      row.append(el("button", { type: "button", title: `${l.path} ${c}`, "aria-label": t("kernel", l.path, c, "…", "…"), onclick: (e) => {
        const r = canvas.getBoundingClientRect(), mouse = e.detail > 0;
        const x = mouse ? Math.min(m.w - 1, Math.max(0, Math.floor(((e.clientX - r.left) * m.w) / r.width))) : Math.floor(m.w / 2);
        const y = mouse ? Math.min(m.h - 1, Math.max(0, Math.floor(((e.clientY - r.top) * m.h) / r.height))) : Math.floor(m.h / 2);
        point = { layer: m.layer, unit: c, y: y * m.by, x: x * m.by };
        kernel(view, point, true);
      } }, canvas));
    }
    const many = m.h === 1 && m.c === 1 ? t("values", m.all) : `${t("maps", m.c, m.all)} · ${m.h * m.by}×${m.w * m.by}`;
    return el("section", { "aria-label": l.path, class: animate && !calm.matches ? "" : "lit" }, el("h3", {}, l.path, el("small", {}, `${l.kind} · ${many}`)), row);
  });
  $("maps").replaceChildren(...sections);
  if (animate) play();
}

// play lights the layers up one after the other.
function play() {
  const sections = [...$("maps").children], mine = ++playing;
  if (calm.matches) { sections.forEach((s) => s.classList.add("lit")); return; }
  sections.forEach((s) => s.classList.remove("lit"));
  $("maps").scrollTop = 0;
  const pace = Math.max(40, Math.min(260, 3000 / Math.max(1, sections.length)));
  sections.forEach((s, i) => setTimeout(() => { if (mine === playing) light(s); }, 120 + pace * i));
}

// light shows a layer, and keeps it in sight in a long list.
function light(section) {
  section.classList.add("lit");
  const box = $("maps"), low = section.offsetTop + section.offsetHeight - box.offsetTop;
  if (low > box.scrollTop + box.clientHeight) box.scrollTop = low - box.clientHeight;
}

function guesses(view) {
  const box = $("guesses");
  if (!way?.guesses) { box.replaceChildren(); return; }
  box.replaceChildren(...way.guesses.map((g) => {
    const name = view.meta.classes[g.c] ?? g.c;
    const m = el("meter", { min: 0, max: 1, value: g.p, "aria-label": String(name) });
    return el("li", {}, el("span", {}, String(name)), el("span", {}, `${(100 * g.p).toFixed(1)} %`), m);
  }));
}

const num = (v) => (v === null ? "·" : (Math.abs(v) < 0.005 && v !== 0 ? v.toExponential(1) : v.toFixed(2)).replace("-", "−"));

function grid(title, values, w, colours) {
  const rows = [], night = dark(), high = Math.max(1e-9, ...values.map((v) => Math.abs(v ?? 0)));
  for (let i = 0; i < values.length; i += w) rows.push(el("tr", {}, ...values.slice(i, i + w).map((v) => {
    const d = el("td", {}, num(v));
    if (colours && v !== null) { const c = diverging((0.55 * v) / high, night); d.style.background = `rgb(${c.join(" ")})`; }
    return d;
  })));
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title }, el("table", {}, el("caption", {}, title), el("tbody", {}, ...rows)));
}

async function kernel(view, p, scroll) {
  const box = $("kernel");
  try {
    const a = await post("/kernel", { ...asked, ...p });
    const l = view.meta.layers[a.layer], parts = [el("h3", {}, t("kernel", l.path, a.unit, a.y, a.x))];
    for (const c of a.channels) {
      parts.push(el("div", { class: "sum" },
        grid(`${t("patch")}, ${t("channel", c.channel)}`, c.patch, a.kw, true), el("span", { class: "big", "aria-hidden": "true" }, "×"),
        grid(t("weights"), c.weights, a.kw, true), el("span", { class: "big", "aria-hidden": "true" }, "→ Σ"),
        el("span", { class: "big" }, num(c.sum))));
    }
    const terms = a.channels.map((c) => num(c.sum));
    if (a.others) terms.push(`${num(a.rest)} (${t("others", a.others)})`);
    if (a.bias !== null) terms.push(`${num(a.bias)} (${t("bias")})`);
    parts.push(el("p", { class: "big" }, `${terms.join(" + ")} = ${num(a.sum)}`), el("p", { class: "quiet" }, `${t("measured")}: ${num(a.value)}`));
    view.kernel = a;
    box.replaceChildren(...parts);
    if (scroll) box.scrollIntoView({ block: "nearest" });
  } catch (e) { box.replaceChildren(el("p", { class: "note", role: "alert" }, e.message)); }
}

export function draw(view) { if (view.meta && way) render(view, false); }
