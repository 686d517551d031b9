// A colour scale that is as good in grey and for colour-blind eyes: dark blue over green to yellow.
const stops = [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37]];

const scale = Array.from({ length: 256 }, (_, i) => {
  const x = (i / 255) * (stops.length - 1), k = Math.min(Math.floor(x), stops.length - 2), f = x - k;
  return stops[k].map((v, c) => Math.round(v + f * (stops[k + 1][c] - v)));
});

// rgb is the colour of a share from 0 to 1.
export const rgb = (share) => scale[Math.max(0, Math.min(255, Math.round(share * 255)))];
export const rgbByte = (b) => scale[b];
export const text = (c) => `rgb(${c[0]} ${c[1]} ${c[2]})`;

// ink is the better readable of black and white on a colour.
export function ink(c) {
  const l = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  const y = 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
  return 1.05 / (y + 0.05) >= (y + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

// diverging colours what is below zero blue and above it orange; 0 is nearly black or white.
export function diverging(v, dark) {
  const t = Math.min(1, Math.abs(v)), from = dark ? [26, 32, 41] : [255, 255, 255];
  const to = v < 0 ? [66, 135, 245] : [240, 120, 30];
  return from.map((f, i) => Math.round(f + t * (to[i] - f)));
}

// bar draws the scale into a legend.
export function bar(canvas) {
  const c = canvas.getContext("2d");
  for (let x = 0; x < canvas.width; x++) { c.fillStyle = text(rgb(x / (canvas.width - 1))); c.fillRect(x, 0, 1, canvas.height); }
}

// paint draws bytes (C, H, W) into a canvas of that size: one channel in grey or by a function, three as colours.
export function paint(canvas, picture, px, channel = -1, colour = null) {
  const { h, w } = picture;
  canvas.width = w; canvas.height = h;
  const c = canvas.getContext("2d"), image = c.createImageData(w, h), area = h * w;
  const from = Math.max(channel, 0) * area, many = channel < 0 && picture.c >= 3;
  for (let i = 0; i < area; i++) {
    let p;
    if (many) p = [px[i], px[area + i], px[2 * area + i]];
    else { const b = px[from + i]; p = colour ? colour(b) : [b, b, b]; }
    image.data[4 * i] = p[0]; image.data[4 * i + 1] = p[1]; image.data[4 * i + 2] = p[2]; image.data[4 * i + 3] = 255;
  }
  c.putImageData(image, 0, 0);
}
