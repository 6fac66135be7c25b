// SPDX-License-Identifier: EUPL-1.2
// Keeps parts of a page up to date.
//
// <div data-live-src="/live/?about=12" data-live-fetch="/orte/bolzplatz/jetzt/">: when something about noun 12 changes,
// the fragment is fetched anew. All parts of a page share one stream. Elements without data-live-fetch (a map) get the
// event "live-change" instead. Elements with data-live-state say how current the page is.

const SPREAD = 150; // ms; a thousand readers of one page do not ask in the same instant
const POLL = 60_000;
const SLEEP = 5 * 60_000;

let swap;
let stream = null;
let polling = 0;
let sleeping = 0;
let missed = false; // something may have happened that the stream did not tell us
let lastWord = new Date();
const waiting = new Set();
let timer = 0;

export function startLive(swapInto) {
  if (!parts().length) return;
  swap = swapInto;
  for (const part of parts()) {
    // A part that says nothing about it is read out politely, once its words change.
    if (part.dataset.liveFetch && !part.querySelector("[aria-live]") && !part.ariaLive) part.ariaLive = "polite";
  }
  listen();
  document.addEventListener("visibilitychange", () => (document.hidden ? fallAsleepLater() : wakeUp()));
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", (event) => event.persisted && wakeUp());
}

function parts() {
  return [...document.querySelectorAll("[data-live-src]")];
}

function aboutOf(part) {
  return new URL(part.dataset.liveSrc, location.href).searchParams.getAll("about");
}

/** One address for all parts: the path of the first, the wishes of all. */
function address() {
  const url = new URL(parts()[0].dataset.liveSrc, location.href);
  url.searchParams.delete("about");
  for (const about of new Set(parts().flatMap(aboutOf))) url.searchParams.append("about", about);
  return url;
}

function listen() {
  hangUp();
  stream = new EventSource(address());
  stream.addEventListener("open", () => {
    stopPolling();
    if (missed) refresh(parts());
    missed = false;
    say("live");
  });
  stream.addEventListener("change", ({ data }) => {
    const about = (JSON.parse(data).about ?? []).map(String);
    refresh(parts().filter((part) => aboutOf(part).some((one) => about.includes(one))));
  });
  stream.addEventListener("reset", () => refresh(parts()));
  stream.addEventListener("error", () => {
    say("lost");
    // While it is CONNECTING the browser tries again by itself and tells the server where it stopped (Last-Event-ID).
    if (stream?.readyState === EventSource.CLOSED) poll();
  });
}

function hangUp() {
  stream?.close();
  stream = null;
}

/** The server refused the stream: ask for the content once a minute, and for the stream again. */
function poll() {
  hangUp();
  missed = true;
  polling ||= setInterval(() => {
    refresh(parts());
    listen();
  }, POLL);
}

function stopPolling() {
  clearInterval(polling);
  polling = 0;
}

function fallAsleepLater() {
  clearTimeout(sleeping);
  sleeping = setTimeout(() => {
    hangUp();
    stopPolling();
    missed = true;
  }, SLEEP);
}

function wakeUp() {
  clearTimeout(sleeping);
  if (stream || polling) return;
  missed = true;
  listen();
}

function refresh(changed) {
  for (const part of changed) waiting.add(part);
  if (waiting.size && !timer) timer = setTimeout(fetchWaiting, Math.random() * SPREAD);
}

async function fetchWaiting() {
  const now = [...waiting];
  waiting.clear();
  const done = await Promise.allSettled(now.filter((part) => part.isConnected).map(bringUpToDate));
  timer = 0;
  refresh([]); // what came in meanwhile
  if (done.some((one) => one.status === "rejected")) say("lost");
  else if (done.length) say(stream?.readyState === EventSource.OPEN ? "live" : "lost", new Date());
}

async function bringUpToDate(part) {
  const source = part.dataset.liveFetch;
  if (!source) return part.dispatchEvent(new CustomEvent("live-change"));
  const answer = await fetch(source, { headers: { "HX-Request": "true" }, cache: "no-cache" });
  if (!answer.ok) throw new Error(`${source}: ${answer.status}`);
  const text = await answer.text();
  if (text === part.liveText) return;
  part.liveText = text;
  await swap(part, text); // morphs: what did not change is not touched, so focus, scroll and selection stay
}

/** `state` is "live" or "lost"; the sentences come from the page, `{time}` is when we last knew. */
function say(state, moment = state === "live" ? new Date() : lastWord) {
  lastWord = moment;
  const time = moment.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  for (const place of document.querySelectorAll("[data-live-state]")) {
    const sentence = (state === "live" ? place.dataset.textLive : place.dataset.textLost) ?? "";
    place.dataset.state = state;
    const words = sentence.replace("{time}", time);
    if (place.textContent !== words) place.textContent = words;
  }
}
