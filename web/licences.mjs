// SPDX-License-Identifier: EUPL-1.2
// The licence texts of everything that is bundled, in one file: most of them ask to travel with the code.

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

export async function licences(root) {
  const lock = JSON.parse(await readFile(path.join(root, "package-lock.json"), "utf8"));
  const parts = [];
  for (const [folder, { version, license, dev }] of Object.entries(lock.packages)) {
    if (!folder || dev) continue;
    const name = folder.replace("node_modules/", "");
    parts.push(`${name} ${version} (${license})\n\n${await licenceText(path.join(root, folder))}`);
  }
  return parts.join(`\n\n${"=".repeat(80)}\n\n`) + "\n";
}

async function licenceText(folder) {
  const file = (await readdir(folder)).sort().find((name) => /^licen[cs]e/i.test(name));
  return file ? (await readFile(path.join(folder, file), "utf8")).trim() : "The package brings no licence text.";
}
