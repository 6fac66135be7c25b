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

/** {form, address, alike, values: [[name, value]], photos: [File], at, waits, sending} or undefined. */
export const readDraft = () => run("readonly", (store) => store.get(ONE));

export async function keepDraft(draft) {
  await run("readwrite", (store) => store.put(draft, ONE));
  remember(draft.waits);
}

export async function dropDraft() {
  await run("readwrite", (store) => store.delete(ONE));
  remember(false);
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
    await send(sent);
  } finally {
    sending = false;
  }
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
    await keepDraft({ ...draft, waits: false }); // something in it is not right: the form offers it again and says what
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

function remember(waits) {
  try {
    if (waits) localStorage.setItem(WAITS, "1");
    else localStorage.removeItem(WAITS);
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

async function run(mode, work) {
  const base = await asked(Object.assign(indexedDB.open(BASE, 1), { onupgradeneeded: ({ target }) => target.result.createObjectStore(STORE) }));
  try {
    return await asked(work(base.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    base.close();
  }
}

function asked(request) {
  return new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: () => failed(request.error) }));
}
