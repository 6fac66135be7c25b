// SPDX-License-Identifier: EUPL-1.2
// KERN's style sheet without its utility classes, and Fira Sans without the font files no browser of today asks for.
//
// KERN ships its utilities (spacing, flex, grid helpers: a third of the whole) once more as a file of their own. Every
// rule that stands in both files is left out, so this cannot take away a component, whatever the templates use.

import { readFile } from "node:fs/promises";
import path from "node:path";

export const kernStyles = {
  name: "kern-styles",
  setup(build) {
    build.onLoad({ filter: /@kern-ux\/native\/dist\/kern\.css$/ }, async ({ path: file }) => {
      const utilities = await readFile(path.join(path.dirname(file), "kern-utilities.css"), "utf8");
      return { contents: without(await readFile(file, "utf8"), utilities), loader: "css", resolveDir: path.dirname(file) };
    });
    build.onLoad({ filter: /@fontsource\/fira-sans\/\d+\.css$/ }, async ({ path: file }) => {
      const sheet = await readFile(file, "utf8");
      const contents = sheet.replaceAll(/, url\([^)]*\.woff\) format\('woff'\)/g, "");
      return { contents, loader: "css", resolveDir: path.dirname(file) };
    });
  },
};

function without(sheet, unwanted) {
  const keys = new Set(rules(unwanted).map((rule) => rule.key).filter((key) => key.includes("{.kern-")));
  return rules(sheet)
    .filter((rule) => !keys.has(rule.key))
    .map((rule) => (rule.frame ? `${rule.frame}{${rule.text}}` : rule.text))
    .join("\n");
}

/** The rules of a style sheet, each with the `@media` it stands in; rules inside `@keyframes` stay together. */
function rules(sheet, frame = "") {
  const text = sheet.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/@charset[^;]*;/g, "");
  const found = [];
  for (let at = 0; ; ) {
    const open = text.indexOf("{", at);
    if (open < 0) return found;
    const close = matchingBrace(text, open);
    const head = text.slice(at, open).trim();
    const body = text.slice(open + 1, close);
    if (head.startsWith("@media")) found.push(...rules(body, head));
    else found.push({ frame, text: `${head}{${body}}`, key: `${frame}{${head}{${body.replaceAll(/\s+/g, " ").trim()}}` });
    at = close + 1;
  }
}

/** Braces inside quotes (KERN's icons are drawings in `url("...")`) do not count. */
function matchingBrace(text, open) {
  let depth = 0;
  let quote = "";
  for (let at = open; at < text.length; at++) {
    const sign = text[at];
    if (quote) quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "{") depth++;
    else if (sign === "}" && --depth === 0) return at;
  }
  throw new Error("KERN's style sheet has an open brace without its pair");
}
