// SPDX-License-Identifier: EUPL-1.2
// Builds the pages' styles and scripts into src/smilecity/city/static/ and writes manifest.json there:
// logical name ("app.css") -> file with its content's hash ("app.4KD2XQ7A.css"). Does nothing if nothing changed.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { build } from "esbuild";

import { icons } from "./icons.mjs";
import { kernStyles } from "./kern.mjs";
import { licences } from "./licences.mjs";

const WEB = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(WEB);
const TARGET = path.join(ROOT, "src/smilecity/city/static");
const TEXT = /\.(css|js|svg|txt)$/;

const COMMON = {
  absWorkingDir: ROOT,
  assetNames: "files/[name].[hash]",
  bundle: true,
  entryNames: "[name].[hash]",
  format: "esm",
  legalComments: "eof",
  loader: { ".svg": "copy", ".woff2": "file" },
  logLevel: "warning",
  metafile: true,
  minify: true,
  target: ["chrome111", "firefox121", "safari16.4"],
};

async function main() {
  const inputs = await digestOfInputs();
  if (await isCurrent(inputs)) return;
  await mkdir(path.dirname(TARGET), { recursive: true });
  const fresh = await mkdtemp(`${TARGET}-`);
  try {
    const manifest = { ...(await bundle(fresh)), ...(await icons(fresh)) };
    await writeFile(path.join(fresh, "licences.txt"), await licences(ROOT));
    manifest["licences.txt"] = "licences.txt";
    await compressTexts(fresh);
    await writeFile(path.join(fresh, "manifest.json"), JSON.stringify(sorted(manifest), null, 2) + "\n");
    await writeFile(path.join(fresh, "inputs.sha256"), inputs + "\n");
    await moveInto(fresh, TARGET);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Two passes: the scripts must know the final names of the map's style sheet and worker. */
async function bundle(outdir) {
  const still = await build({
    ...COMMON,
    outdir,
    plugins: [kernStyles],
    entryPoints: {
      app: "web/css/app.css",
      map: "web/css/map.css",
      "map-worker": "maplibre-gl/dist/maplibre-gl-worker.mjs",
      favicon: "web/art/favicon.svg",
      logo: "web/art/logo.svg",
    },
  });
  const manifest = namesOf(still, outdir);
  const moving = await build({
    ...COMMON,
    outdir,
    splitting: true,
    define: {
      MAP_STYLE_FILE: JSON.stringify(manifest["map.css"]),
      MAP_WORKER_FILE: JSON.stringify(manifest["map-worker.js"]),
    },
    entryPoints: { app: "web/src/app.js", map: "web/src/map.js", chart: "web/src/chart.js", "series-chart": "web/src/series-chart.js", passkey: "web/src/passkey.js", kiosk: "web/src/kiosk.js", say: "web/src/say.js", "photo-cover": "web/src/photo-cover.js", push: "web/src/push.js", sw: "web/src/sw.js" },
  });
  return { ...manifest, ...namesOf(moving, outdir) };
}

function namesOf(result, outdir) {
  const names = {};
  for (const file of Object.keys(result.metafile.outputs)) {
    const built = path.relative(outdir, path.resolve(ROOT, file)).split(path.sep).join("/");
    let name = built.replace(/[.-][A-Z0-9]{8}(\.\w+)$/, "$1");
    while (name in names) name = name.replace(/(\d*)(\.\w+)$/, (_, count, end) => `${Number(count || 1) + 1}${end}`); // chunks share one
    names[name] = built;
  }
  return names;
}

/** Compressed once here, so that the server never compresses anything that does not change. */
async function compressTexts(folder) {
  for (const file of await filesIn(folder)) {
    if (!TEXT.test(file)) continue;
    const content = await readFile(file);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }));
    await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
  }
}

async function digestOfInputs() {
  const digest = createHash("sha256");
  for (const file of [path.join(ROOT, "package-lock.json"), ...(await filesIn(WEB))]) {
    digest.update(path.relative(ROOT, file)).update("\0").update(await readFile(file)).update("\0");
  }
  return digest.digest("hex");
}

async function isCurrent(inputs) {
  try {
    const built = (await readFile(path.join(TARGET, "inputs.sha256"), "utf8")).trim();
    const manifest = JSON.parse(await readFile(path.join(TARGET, "manifest.json"), "utf8"));
    return built === inputs && Object.values(manifest).every((file) => existsSync(path.join(TARGET, file)));
  } catch {
    return false; // never built, or half deleted
  }
}

/** The old files go last, and the manifest comes after the files it names: a running server finds a whole set. */
async function moveInto(fresh, target) {
  await mkdir(target, { recursive: true });
  const old = new Set((await filesIn(target)).map((file) => path.relative(target, file)));
  const made = (await filesIn(fresh)).map((file) => path.relative(fresh, file));
  for (const file of made.filter((name) => name !== "manifest.json")) await cp(path.join(fresh, file), path.join(target, file));
  await rename(path.join(fresh, "manifest.json"), path.join(target, "manifest.json"));
  for (const file of old) if (!made.includes(file)) await rm(path.join(target, file));
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort();
}

function sorted(names) {
  return Object.fromEntries(Object.entries(names).sort());
}

await main();
