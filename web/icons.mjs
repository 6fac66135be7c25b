// SPDX-License-Identifier: EUPL-1.2
// The app's icons as PNG, drawn here from the same shapes as web/art/logo.svg (64 x 64): phones want no SVG.

import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { deflateSync } from "node:zlib";

const SUN = [0xff, 0xc6, 0x40];
const INK = [0x3a, 0x2a, 0x12];
const GRID = 3; // samples a pixel, each way
// The whole square is sun, and the face stays within the circle that every phone leaves uncut.
const ICONS = { "icon-192": [192, 1, false], "icon-512": [512, 1, false], "icon-maskable-512": [512, 0.72, true] };

const HOUSES = [16.5, 35.1].map((x) => [[x, 28.5], [x, 20.7], [x + 6.2, 15], [x + 12.4, 20.7], [x + 12.4, 28.5]]);
const SMILE = [
  ...curve([17, 36], [19.5, 45], [25.5, 49.5], [32, 49.5]),
  ...curve([32, 49.5], [38.5, 49.5], [44.5, 45], [47, 36]),
];

/** Writes the icons into `folder`; logical name -> file with its content's hash. */
export async function icons(folder) {
  const names = {};
  for (const [name, [size, scale, whole]] of Object.entries(ICONS)) {
    const content = png(size, drawn(size, scale, whole));
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
    names[`${name}.png`] = `${name}.${hash}.png`;
    await writeFile(path.join(folder, names[`${name}.png`]), content);
  }
  return names;
}

function drawn(size, scale, whole) {
  const pixels = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) pixels.set(pixel(x, y, size, scale, whole), (y * size + x) * 4);
  }
  return pixels;
}

function pixel(x, y, size, scale, whole) {
  let [sun, ink] = [0, 0];
  for (let i = 0; i < GRID * GRID; i++) {
    const at = (edge, step) => (((edge + (step + 0.5) / GRID) / size) * 64 - 32) / scale + 32;
    const point = [at(x, i % GRID), at(y, Math.floor(i / GRID))];
    if (isInk(point)) ink++;
    else if (whole || Math.hypot(point[0] - 32, point[1] - 32) <= 31) sun++;
  }
  const there = sun + ink;
  const mixed = there ? SUN.map((value, channel) => Math.round((value * sun + INK[channel] * ink) / there)) : SUN;
  return [...mixed, Math.round((255 * there) / (GRID * GRID))];
}

function isInk(point) {
  if (point[1] > 32) return point[1] < 53 && near(point, SMILE, 2.5);
  if (point[1] < 13) return false;
  return HOUSES.some((house) => inside(point, house) || near(point, [...house, house[0]], 1));
}

function near([x, y], line, reach) {
  for (let i = 1; i < line.length; i++) {
    const [[ax, ay], [bx, by]] = [line[i - 1], line[i]];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    if (Math.hypot(x - ax - along * dx, y - ay - along * dy) <= reach) return true;
  }
  return false;
}

function inside([x, y], shape) {
  let within = false;
  for (let i = 0, j = shape.length - 1; i < shape.length; j = i++) {
    const [[ax, ay], [bx, by]] = [shape[i], shape[j]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

function curve(a, b, c, d, steps = 12) {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const [t, u] = [step / steps, 1 - step / steps];
    return [0, 1].map((i) => u ** 3 * a[i] + 3 * u * u * t * b[i] + 3 * u * t * t * c[i] + t ** 3 * d[i]);
  });
}

function png(size, pixels) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8); // 8 bits, RGBA
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) pixels.copy(rows, y * (size * 4 + 1) + 1, y * size * 4, (y + 1) * size * 4);
  const parts = [chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function chunk(kind, data) {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc(named));
  return Buffer.concat([size, named, sum]);
}

function crc(data) {
  let sum = 0xffffffff;
  for (const byte of data) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
