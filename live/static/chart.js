import { fit, css } from "./dom.js";

// ticks are round numbers between two values.
export function ticks(lo, hi, n) {
  const raw = (hi - lo) / n, e = 10 ** Math.floor(Math.log10(raw));
  const s = [1, 2, 5, 10].map((m) => m * e).find((s) => s >= raw) || 10 * e;
  const out = [];
  for (let v = Math.ceil(lo / s) * s; v <= hi + s * 1e-9; v += s) out.push(Math.abs(v) < s * 1e-9 ? 0 : v);
  return out;
}

// smooth is a running mean that begins right: corrected for its start.
export function smooth(points, weight) {
  let mean = 0, mass = 0;
  return points.map(([x, y]) => {
    if (y === null) return [x, null];
    mean = mean * weight + y * (1 - weight); mass = mass * weight + 1 - weight;
    return [x, mean / mass];
  });
}

// chart draws lines over steps: {points, colour, width, alpha, dash, dots}. It returns nothing; hover shows values.
export function chart(canvas, lines, { format, top, marks = [], hover = null, zoom = null, drag = null }) {
  const [c, w, h] = fit(canvas);
  c.clearRect(0, 0, w, h);
  let all = lines.flatMap((l) => l.points).filter((p) => p[1] !== null);
  c.font = "12px system-ui, sans-serif"; c.textBaseline = "middle";
  if (!all.length) return null;
  let x0 = 0, x1 = 1, lo = Infinity, hi = -Infinity;
  for (const [x] of all) x1 = Math.max(x1, x);
  if (zoom) {
    [x0, x1] = zoom;
    const inside = all.filter((p) => p[0] >= x0 && p[0] <= x1);
    if (inside.length) all = inside;
    top = undefined;
  }
  for (const [, y] of all) { lo = Math.min(lo, y); hi = Math.max(hi, y); }
  if (zoom) { const pad = 0.05 * (hi - lo || 1); lo -= pad; hi += pad; } else { if (top !== undefined) hi = Math.max(top, hi); lo = Math.min(lo, 0); }
  // One wild value must not flatten the rest.
  if (!zoom && top === undefined && all.length > 40) {
    const s = all.map((p) => p[1]).sort((a, b) => a - b), q = s[Math.floor(s.length * 0.985)];
    if (hi > 2.5 * q && q > 0) hi = 1.6 * q;
  }
  if (hi - lo < 1e-12) hi = lo + 1;
  const L = 46, R = 8, T = 8, B = 22, X = (x) => L + ((x - x0) / (x1 - x0)) * (w - L - R), Y = (y) => T + (1 - (y - lo) / (hi - lo)) * (h - T - B);
  c.strokeStyle = css("--line"); c.fillStyle = css("--quiet"); c.lineWidth = 1;
  c.textAlign = "right";
  for (const t of ticks(lo, hi, 5)) {
    c.beginPath(); c.moveTo(L, Y(t)); c.lineTo(w - R, Y(t)); c.stroke();
    c.fillText(format(t), L - 6, Y(t));
  }
  c.textAlign = "center"; c.textBaseline = "alphabetic";
  for (const t of ticks(x0, x1, Math.max(2, Math.floor(w / 110)))) c.fillText(t.toLocaleString("en"), Math.min(X(t), w - R - 14), h - 5);
  c.save(); c.beginPath(); c.rect(L, 0, w - L - R + 4, h - B + 3); c.clip();
  c.setLineDash([2, 4]); c.strokeStyle = css("--quiet");
  for (const m of marks) { c.beginPath(); c.moveTo(X(m), T); c.lineTo(X(m), h - B); c.stroke(); }
  for (const l of lines) {
    c.strokeStyle = c.fillStyle = l.colour; c.lineWidth = l.width || 2; c.globalAlpha = l.alpha || 1; c.setLineDash(l.dash || []); c.lineJoin = "round";
    c.beginPath();
    let pen = false;
    for (const [x, y] of l.points) { if (y === null) { pen = false; continue; } if (pen) c.lineTo(X(x), Y(y)); else c.moveTo(X(x), Y(y)); pen = true; }
    c.stroke();
    if (l.dots) for (const [x, y] of l.points) if (y !== null) { c.beginPath(); c.arc(X(x), Y(y), 3.2, 0, 7); c.fill(); }
  }
  c.restore(); c.globalAlpha = 1; c.setLineDash([]);
  if (hover !== null && hover >= L) {
    const at = x0 + ((hover - L) / (w - L - R)) * (x1 - x0);
    c.strokeStyle = css("--quiet"); c.beginPath(); c.moveTo(hover, T); c.lineTo(hover, h - B); c.stroke();
    const told = [Math.round(at).toLocaleString("en")];
    for (const l of lines) {
      if (!l.name) continue;
      let near = null;
      for (const p of l.points) if (p[1] !== null && (!near || Math.abs(p[0] - at) < Math.abs(near[0] - at))) near = p;
      if (near) told.push(`${l.name} ${format(near[1])}`);
    }
    c.textAlign = "left"; c.textBaseline = "top";
    const wide = Math.max(...told.map((t) => c.measureText(t).width)) + 12, x = hover + 8 + wide > w ? hover - 8 - wide : hover + 8;
    c.fillStyle = css("--card"); c.strokeStyle = css("--line");
    c.fillRect(x, T + 4, wide, told.length * 16 + 8); c.strokeRect(x, T + 4, wide, told.length * 16 + 8);
    c.fillStyle = css("--ink"); told.forEach((t, i) => c.fillText(t, x + 6, T + 10 + 16 * i));
  }
  if (drag) {
    const [a, b] = [Math.max(L, Math.min(...drag)), Math.min(w - R, Math.max(...drag))];
    c.globalAlpha = 0.15; c.fillStyle = css("--blue"); c.fillRect(a, T, b - a, h - T - B); c.globalAlpha = 1;
  }
  return { at: (px) => Math.max(x0, Math.min(x1, x0 + ((px - L) / (w - L - R)) * (x1 - x0))) };
}
