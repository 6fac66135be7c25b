// SPDX-License-Identifier: EUPL-1.2
// What the pages themselves do about having no network: start the worker (sw.js), say how old a kept page is, and list
// the places seen last on the offline page. All sentences come with the page, in the page's language.

const PAGES = "smile-pages";
const PLACE = /^(\/[a-z-]{2,10})?\/places\/[^/]+\/$/;

export function startKeeping() {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {})); // private windows refuse
  sayKept();
  listSeen();
}

function sayKept() {
  const since = document.documentElement.dataset.kept;
  const sentence = document.getElementById("smile-kept")?.content.cloneNode(true);
  if (!since || !sentence) return;
  for (const place of sentence.querySelectorAll("[data-since]")) place.textContent = moment(new Date(since));
  document.getElementById("meldungen")?.prepend(sentence);
}

async function listSeen() {
  const list = document.querySelector("[data-kept-list]");
  if (!list || !("caches" in window)) return;
  const pages = await caches.open(PAGES);
  const seen = (await pages.keys()).filter(({ url }) => PLACE.test(new URL(url).pathname)).reverse();
  const rows = await Promise.all(seen.map(async (request) => row(request.url, await pages.match(request), list)));
  list.replaceChildren(...rows.filter(Boolean));
  list.hidden = !list.children.length;
  document.querySelector("[data-kept-none]").hidden = !list.hidden;
}

async function row(url, answer, list) {
  if (!answer) return null;
  const title = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("h1")?.textContent.trim();
  if (!title) return null;
  const item = document.getElementById("smile-seen").content.cloneNode(true);
  const link = item.querySelector("a");
  link.href = new URL(url).pathname;
  link.textContent = title;
  item.querySelector("[data-since]").textContent = moment(new Date(answer.headers.get("X-Smile-Kept")));
  return item.firstElementChild;
}

function moment(date) {
  return date.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}
