// Elements without markup in strings: the content security policy takes none.
export const $ = (id) => document.getElementById(id);

// el makes an element: el("button", {class: "box", onclick: f, "aria-label": "x"}, "text", child).
export function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (k in e && typeof v !== "string") e[k] = v;
    else e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter((c) => c !== undefined && c !== null));
  return e;
}

// set writes text only where it changed, so that screen readers are left in peace.
export function set(e, text) {
  if (e.textContent !== text) e.textContent = text;
}

// post sends an order or a question and gives the answer, or throws what is said to be wrong.
export async function post(path, body) {
  const r = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const a = await r.json().catch(() => ({ error: r.statusText }));
  if (!r.ok) throw new Error(a.error || r.statusText);
  return a;
}

// bytes decodes base64.
export function bytes(text) {
  const s = atob(text || "");
  const out = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) out[i] = s.charCodeAt(i);
  return out;
}

// fit gives a canvas as many pixels as the screen has for it, and its size in CSS pixels.
export function fit(canvas) {
  const r = window.devicePixelRatio || 1;
  const w = canvas.clientWidth, h = canvas.clientHeight;
  const W = Math.round(w * r), H = Math.round(h * r);
  if (canvas.width !== W || canvas.height !== H) { canvas.width = W; canvas.height = H; }
  const c = canvas.getContext("2d");
  c.setTransform(r, 0, 0, r, 0, 0);
  return [c, w, h];
}

// css is a colour of the theme.
export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// save and load keep a choice of the viewer's, where the browser lets them.
export function save(key, value) { try { localStorage.setItem("stheno." + key, value); } catch { /* private window */ } }
export function load(key) { try { return localStorage.getItem("stheno." + key); } catch { return null; } }

// power writes a power: 10 to the -3 with the figures above the line.
export const power = (base, e) => base + String(e).replace(/./g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"["0123456789".indexOf(c)] ?? "⁻");
