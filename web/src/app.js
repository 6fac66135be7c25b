// SPDX-License-Identifier: EUPL-1.2
// On every page, and no page needs it: forms and links work without. Maps and charts are fetched when one is there.

import htmx from "htmx.org/dist/htmx.esm.js";

import "./city-map.js";
import { enhanceCharts } from "./day-chart.js";
import { forgetSent, sendWaiting } from "./drafts.js";
import { startKeeping } from "./kept.js";
import { startLive } from "./live.js";
import { keepShort, offerNear } from "./near.js";

document.documentElement.classList.replace("no-js", "js");

htmx.config.includeIndicatorCSS = false;
// What the server says about a mistake (4xx) is shown in place; a crash page inside a list would help nobody.
htmx.config.noSwap = [204, 304, "5xx"];

document.addEventListener("htmx:config:request", ({ detail }) => {
  const { request } = detail.ctx;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (token && request.method !== "GET") request.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:after:request", ({ detail }) => {
  if (detail.ctx.response?.raw.status >= 500) showTrouble();
});
document.addEventListener("htmx:error", showTrouble);

// On the phone the desk's sections are one line that is pushed aside: where one is must be seen.
for (const one of document.querySelectorAll(".smile-desk__sections [aria-current], .smile-desk__tabs [aria-current]")) {
  const list = one.closest("ul");
  list.scrollLeft = one.offsetLeft - list.offsetLeft - (list.clientWidth - one.offsetWidth) / 2;
}

/** After "show more" the reader goes on at the first new row. */
document.addEventListener("htmx:before:swap", ({ detail }) => {
  const list = detail.ctx.sourceElement?.closest("[data-more]") && detail.ctx.target;
  if (list) list.dataset.shown = list.children.length;
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  const list = detail.ctx.target;
  const shown = list instanceof Element && list.dataset.shown;
  if (!shown) return;
  delete list.dataset.shown;
  list.children[shown]?.querySelector("a, button")?.focus();
});
document.addEventListener("htmx:after:process", ({ target }) => enhanceCharts(target));

/** The sentence comes with the page, in the page's language. */
function showTrouble() {
  const sentence = document.getElementById("smile-trouble")?.content.cloneNode(true);
  if (sentence) document.getElementById("meldungen")?.replaceChildren(sentence);
}

enhanceCharts(document);
offerNear(document);
keepShort(document);
startLive((target, text) => htmx.swap({ target, text, swap: "innerMorph", sourceElement: target }));
startKeeping();
if (document.querySelector("form[data-say]")) import("./say.js");
else sendWaiting();
if (document.querySelector("[data-said]")) forgetSent().catch(() => {});
if (document.querySelector("photo-cover")) import("./photo-cover.js");
const push = document.querySelector("form[data-push]");
if (push) import("./push.js").then(({ startPush }) => startPush(push));
