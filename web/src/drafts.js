// SPDX-License-Identifier: EUPL-1.2
// Drafts of what somebody says: one at a time, on this device alone, gone once it is sent or on request.
//
// A draft that waits for the network is sent by a page that is open: it fetches the form anew, as its reader would, and
// sends the draft with that form's token. The draft keeps its own number, so that sending it twice keeps one. No worker
// sends it behind everybody's back: the thanks hold a code that somebody must see.

const BASE = "smile-drafts";
const STORE = "drafts";
const ONE = "say";
const WAITS = "smile-draft-waits";
const LAST = "smile-draft-last"; // what was typed as the page was left: IndexedDB would come too late for it

/** {form, address, values: [[name, value]], photos: [File], at, waits, sending} or undefined. */
export async function readDraft() {
  const kept = await run("readonly", (store) => asked(store.get(ONE))).catch(() => undefined);
  const last = lastTyped();
  if (!last || kept?.waits || kept?.at > last.at) return kept;
  return { ...last, photos: kept?.form === last.form ? kept.photos : [] };
}

/** Keep what is typed; nothing and false if another one waits for the network, for that has been promised to be sent. */
export function keepDraft(draft) {
  return run("readwrite", async (store) => isFree(await asked(store.get(ONE)), draft) && put(store, draft));
}

async function put(store, draft) {
  await asked(store.put(draft, ONE));
  if (!(lastTyped()?.at > draft.at)) remember(LAST, "");
  remember(WAITS, draft.waits ? "1" : "");
  return true;
}

/** The same at once, for a page that is being left; pictures are kept when they are chosen. */
export function keepLast(draft) {
  remember(LAST, JSON.stringify({ ...draft, photos: [] }));
}

export async function dropDraft() {
  remember(LAST, "");
  remember(WAITS, "");
  await run("readwrite", (store) => asked(store.delete(ONE)));
}

/** A draft that waits makes room only for itself, sent once more; what is typed meanwhile does not call it back. */
function isFree(known, draft) {
  return !known?.waits || (draft.waits && draft.form === known.form);
}

/** On any page: send what waits, as soon as there is a network; then say so. */
export function sendWaiting(sent = tell) {
  if (!isWaiting()) return;
  addEventListener("online", () => trySending(sent));
  if (navigator.onLine) trySending(sent);
}

/** On the thanks: what was sent by the form itself is no draft any more. */
export async function forgetSent() {
  if ((await readDraft())?.sending) await dropDraft();
}

let sending = false; // the network may come back twice while it is being sent

async function trySending(sent) {
  if (sending) return;
  sending = true;
  try {
    await alone(() => send(sent));
  } finally {
    sending = false;
  }
}

/** In one tab after the other: the second finds nothing left to send. */
function alone(work) {
  return navigator.locks ? navigator.locks.request(BASE, work) : work();
}

async function send(sent) {
  const draft = await readDraft();
  if (!draft?.waits) return;
  let page, answer;
  try {
    page = await form(draft.address);
    answer = await fetch(draft.address, { method: "POST", body: body(draft, page), redirect: "manual" });
  } catch {
    return; // still no network: it waits on
  }
  if (answer.type === "opaqueredirect") {
    await dropDraft();
    sent(page);
  } else if (answer.status < 500 && answer.status !== 429) {
    await run("readwrite", (store) => put(store, { ...draft, waits: false })); // something in it is not right: the form offers it again and says what
    location.assign(draft.address);
  }
}

async function form(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function body(draft, page) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", page.querySelector("form[data-say] input[name=csrfmiddlewaretoken]").value);
  for (const [name, value] of draft.values) data.append(name, value);
  for (const photo of draft.photos) data.append("photos", photo);
  data.set("form", draft.form);
  data.set("anyway", "1");
  return data;
}

/** In the words that came with the form. */
function tell(page) {
  const said = page.getElementById("entwurf-ab")?.content.cloneNode(true);
  if (said) document.getElementById("meldungen")?.prepend(said);
}

function remember(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // a private window keeps nothing
  }
}

function isWaiting() {
  try {
    return localStorage.getItem(WAITS) === "1";
  } catch {
    return false;
  }
}

function lastTyped() {
  try {
    return JSON.parse(localStorage.getItem(LAST));
  } catch {
    return null;
  }
}

/** Returns when it is kept, not when it is only asked for. */
async function run(mode, work) {
  const opening = indexedDB.open(BASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const base = await asked(opening);
  try {
    const transaction = base.transaction(STORE, mode);
    const ended = new Promise((done, failed) => Object.assign(transaction, { oncomplete: done, onabort: () => failed(transaction.error) }));
    const [found] = await Promise.all([work(transaction.objectStore(STORE)), ended]);
    return found;
  } finally {
    base.close();
  }
}

function asked(request) {
  return new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: () => failed(request.error) }));
}
