import { $, bytes, el, set } from "./dom.js";
import { t } from "./words.js";
import { paint } from "./colour.js";
import * as xray from "./xray.js";

// The samples with what the network makes of them; choosing one looks inside.
let tiles = [];

export function build(view) {
  tiles = (view.meta.samples || []).map((s, i) => {
    const canvas = el("canvas", { "aria-hidden": "true" }), truth = el("em"), guess = el("em");
    paint(canvas, s.image, bytes(s.image.px));
    const button = el("button", { type: "button", "aria-pressed": "false", onclick: () => { xray.show(view, { image: i }); draw(view); $("xray-card").scrollIntoView({ block: "start", behavior: "smooth" }); } }, canvas, truth, guess);
    return { s, i, button, truth, guess };
  });
  $("samples").replaceChildren(...tiles.map((x) => x.button));
  draw(view);
}

export function draw(view) {
  const { meta, frame } = view;
  if (!meta) return;
  const name = (c) => meta.classes[c] ?? c;
  for (const x of tiles) {
    const g = frame?.guesses?.[x.i]?.[0];
    set(x.truth, meta.labels ? `${t("truth")} ${name(x.s.label)}` : `#${x.i + 1}`);
    set(x.guess, g ? `${t("guess")} ${name(g.c)}, ${Math.round(100 * g.p)}\u00a0%` : "");
    x.guess.className = !g ? "" : g.c === x.s.label ? "right" : "wrong";
    x.button.setAttribute("aria-pressed", String(view.looked === x.i));
  }
}
