// SPDX-License-Identifier: EUPL-1.2
// The service worker: pages from the network, and what was seen last when there is none; and the push messages.
//
// It keeps a page only if the server says so (X-Smile-Keep: yes), which it says of public pages to readers without an
// account. "ask" is said to signed-in readers of such a page: then it is fetched once more without their cookies, so
// that nothing personal is ever kept. Signing in or out empties what is kept. `SHELL` comes before this, from the server.

/* global SHELL */

const FILES = "smile-files";
const PAGES = "smile-pages";
const MOST_PAGES = 60;
const FORGETS = /^(\/[a-z-]{2,10})?\/(account|me\/data)\//;
const LOOKS = /^\/(static\/|city\/(logo|theme\.css))/;

addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const files = await caches.open(FILES);
      await files.addAll(SHELL.files);
      await skipWaiting();
    })(),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      await clients.claim();
      const files = await caches.open(FILES);
      const known = new Set(SHELL.known.map((path) => new URL(path, location.href).href));
      const old = (await files.keys()).filter(({ url }) => !known.has(url));
      await Promise.all(old.map((request) => files.delete(request)));
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    if (FORGETS.test(url.pathname)) event.waitUntil(caches.delete(PAGES));
  } else if (LOOKS.test(url.pathname)) {
    event.respondWith(file(request));
  } else if (request.mode === "navigate") {
    event.respondWith(page(event, url));
  }
});

/** Their names change with their content, so one that is kept is the right one. */
async function file(request) {
  const files = await caches.open(FILES);
  const known = await files.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && SHELL.known.includes(new URL(request.url).pathname + new URL(request.url).search)) {
    await files.put(request, answer.clone());
  }
  return answer;
}

async function page(event, url) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keep(url, answer.clone()));
    return answer;
  } catch (error) {
    const answer = (await kept(url)) ?? (await offline(url));
    if (answer) return answer;
    throw error;
  }
}

async function keep(url, answer) {
  let seen = answer;
  if (seen.headers.get("X-Smile-Keep") === "ask") seen = await fetch(url, { credentials: "omit", redirect: "error" });
  if (!seen.ok || seen.redirected || seen.headers.get("X-Smile-Keep") !== "yes") return;
  const pages = await caches.open(PAGES);
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-Smile-Kept": new Date().toISOString() };
  await pages.delete(url.href); // so that it becomes the newest
  await pages.put(url.href, new Response(await seen.text(), { headers }));
  const all = await pages.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST_PAGES)).map((old) => pages.delete(old)));
}

/** The page as it was; its own script says since when (kept.js). */
async function kept(url) {
  const found = await (await caches.open(PAGES)).match(url.href);
  if (!found) return undefined;
  const since = found.headers.get("X-Smile-Kept");
  const text = (await found.text()).replace("<html ", `<html data-kept="${since}" `);
  return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": SHELL.policy } });
}

async function offline(url) {
  const prefix = Object.keys(SHELL.offline).find((one) => one && url.pathname.startsWith(one)) ?? "";
  return (await caches.open(FILES)).match(SHELL.offline[prefix]);
}

addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  event.waitUntil(
    registration.showNotification(said.title ?? SHELL.name, {
      body: said.body ?? "",
      icon: SHELL.icon,
      data: { path: said.path ?? "/" },
    }),
  );
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data.path, location.origin);
  if (target.origin === location.origin) event.waitUntil(clients.openWindow(target.href));
});
