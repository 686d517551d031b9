"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  // A choice is kept for other pages where the browser allows it: not for every file on a disk.
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private */ } };
  const asked = new URLSearchParams(location.search);
  const lang = asked.get("lang") || kept("stheno-lang") || (navigator.language || "").slice(0, 2);
  const theme = asked.get("theme") || kept("stheno-theme");
  if (lang === "ko") $("lang-ko").checked = true;
  if (theme === "dark" || theme === "light") $("theme-" + theme).checked = true;

  const korean = () => $("lang-ko").checked;
  const say = (t) => (korean() && t.ko) || t.en;
  const named = () => {
    document.documentElement.lang = korean() ? "ko" : "en";
    document.title = document.body.dataset[korean() ? "titleKo" : "titleEn"] || document.title;
  };
  named();
  // Drawings of networks carry colours of their own, which ask for this.
  const themed = () => {
    const chosen = ["light", "dark"].find((t) => $("theme-" + t).checked);
    if (chosen) document.documentElement.dataset.theme = chosen;
    else delete document.documentElement.dataset.theme;
  };
  themed();

  const charts = [];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--plot-" + name).trim();
  const short = (v) => v === 0 ? "0" : Math.abs(v) >= 1e5 || Math.abs(v) < 1e-3 ? v.toExponential(1).replace("e+", "e") : String(+v.toPrecision(4));

  // The marks of a logarithmic axis: powers of ten, nine at most, and within one or two of
  // them 2 and 5 as well. uPlot's own are a line for every digit of every power.
  const powers = (u, axis, low, high) => {
    const from = Math.floor(Math.log10(low) + 1e-9), to = Math.ceil(Math.log10(high) - 1e-9);
    const step = Math.max(1, Math.ceil((to - from) / 8)), marks = [];
    for (let p = Math.ceil(from / step) * step; p <= to; p += step) {
      for (const digit of to - from <= 2 ? [1, 2, 5] : [1]) {
        const mark = +(digit + "e" + p);
        if (mark >= low * 0.999 && mark <= high * 1.001) marks.push(mark);
      }
    }
    return marks;
  };

  function draw(c) {
    if (c.plot) c.plot.destroy();
    const d = c.data, ink = colour("ink"), faint = colour("faint");
    const font = "12px " + getComputedStyle(document.body).fontFamily;
    const value = (v) => v == null ? "–" : d.percent ? (100 * v).toFixed(2) + " %" : short(v);
    const axis = { stroke: ink, font, labelFont: font, grid: { stroke: faint, width: 1 }, ticks: { stroke: faint, width: 1, size: 4 } };
    const whole = d.data[0].every(Number.isInteger);
    const few = d.data[0].length <= 60;
    c.plot = new uPlot({
      width: Math.max(240, c.box.clientWidth), height: Math.round(Math.min(380, Math.max(230, c.box.clientWidth * 0.5))),
      scales: { x: { time: false }, y: d.log ? { distr: 3 } : {} },
      axes: [
        { ...axis, label: say(d.x), labelSize: 22, size: 34, ...(whole ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] } : {}), values: (u, vs) => vs.map((v) => v == null ? "" : short(v)) },
        { ...axis, size: 58, ...(d.log ? { splits: powers, filter: (u, vs) => vs } : {}), values: (u, vs) => vs.map((v) => v == null ? "" : d.percent ? +(100 * v).toPrecision(4) + " %" : short(v)) },
      ],
      cursor: { y: false, drag: { x: true, y: false }, points: { size: 7 } },
      series: [{ label: say(d.x), value: (u, v) => v == null ? "–" : short(v) }].concat(d.series.map((s) => ({
        label: say(s.name) || say(d.y), stroke: colour("line-" + s.colour), width: 2, dash: s.dashed ? [6, 4] : undefined,
        value: (u, v) => value(v), spanGaps: true, points: { show: few, size: 5, fill: colour("line-" + s.colour) },
      }))),
    }, d.data, c.box);
  }
  for (const f of document.querySelectorAll("figure.chart")) {
    if (typeof uPlot === "undefined") break;
    const c = { box: f.querySelector(".live"), data: JSON.parse(f.querySelector("script").textContent), plot: null };
    f.classList.add("drawn");
    const hint = f.querySelector(".hint");
    if (hint && charts.length === 0) hint.hidden = false; // once is enough
    charts.push(c);
    c.box.tabIndex = 0;
    c.box.addEventListener("keydown", (e) => {
      const xs = c.data.data[0], lo = xs[0], hi = xs[xs.length - 1];
      if (!c.plot || e.ctrlKey || e.metaKey || e.altKey) return;
      let { min, max } = c.plot.scales.x;
      const w = max - min;
      if (e.key === "+" || e.key === "=") { min += w / 4; max -= w / 4; }
      else if (e.key === "-") { min -= w / 2; max += w / 2; }
      else if (e.key === "ArrowLeft" || e.key === "ArrowRight") {
        const by = Math.max(lo - min, Math.min(hi - max, (e.key === "ArrowLeft" ? -w : w) / 4));
        min += by; max += by;
      } else if (e.key === "0") { min = lo; max = hi; }
      else return;
      e.preventDefault();
      c.plot.setScale("x", { min: Math.max(min, lo), max: Math.min(max, hi) });
    });
    // Within folded details there is no width yet.
    new ResizeObserver(() => {
      const w = c.box.clientWidth;
      if (w > 0 && (!c.plot || Math.abs(c.width - w) > 1)) { c.width = w; draw(c); }
    }).observe(c.box);
  }
  const again = () => { for (const c of charts) if (c.plot) draw(c); };
  for (const input of document.querySelectorAll(".switches input")) {
    input.addEventListener("change", () => { keep("stheno-" + input.name, input.value); named(); themed(); again(); });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);

  for (const b of document.querySelectorAll(".copy")) {
    if (!navigator.clipboard) continue; // a page from a disk may not have one
    b.hidden = false;
    b.addEventListener("click", () => navigator.clipboard.writeText(b.parentNode.querySelector("code").textContent).then(() => {
      b.classList.add("done");
      setTimeout(() => b.classList.remove("done"), 1500);
    }));
  }
  addEventListener("beforeprint", () => { document.documentElement.dataset.theme = "light"; for (const d of document.querySelectorAll("details:not([open])")) { d.open = true; d.dataset.folded = ""; } });
  addEventListener("afterprint", () => { themed(); for (const d of document.querySelectorAll("details[data-folded]")) { d.open = false; delete d.dataset.folded; } });
})();
