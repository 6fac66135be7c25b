// SPDX-License-Identifier: EUPL-1.2
// The form for saying something, with a script: the map, what is alike while one types, and a draft that is not lost.
// Without it the same form asks the same in two steps.

import { dropDraft, keepDraft, keepLast, readDraft, sendWaiting } from "./drafts.js";

const PAUSE = 500;
const SHORTEST = 8;
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "website", "photos", "form", "anyway", "kept"]);

function startSaying(form) {
  form.elements.form.value ||= number();
  if (form.dataset.offline !== undefined) about(form);
  offerMap(form);
  offerWords(form);
  const ask = paused(() => tellAlike(form));
  for (const event of ["input", "change", "say-spot"]) form.addEventListener(event, ask);
  startDrafts(form);
}

// ---- where

function offerMap(form) {
  const part = form.querySelector("[data-pick]");
  if (!part) return;
  part.hidden = false;
  const map = part.querySelector("city-map");
  const [middle, here, none] = ["middle", "here", "none"].map((name) => part.querySelector(`[data-pick-${name}]`));
  const said = part.querySelector("[data-pick-said]");
  const choose = (spot) => {
    form.elements.spot.value = spot ? `${spot.longitude.toFixed(6)},${spot.latitude.toFixed(6)}` : "";
    none.hidden = !spot;
    said.textContent = spot ? said.dataset.chosen : said.dataset.gone;
    form.dispatchEvent(new Event("say-spot"));
  };
  const show = () => map.dispatchEvent(new CustomEvent("city-map-pick", { detail: spotOf(form) }));
  map.addEventListener("city-map-picked", ({ detail }) => choose(detail));
  map.addEventListener("city-map-pickable", () => spotOf(form) && show());
  form.addEventListener("say-restored", () => {
    none.hidden = !spotOf(form);
    show();
  });
  middle.addEventListener("click", () => map.dispatchEvent(new Event("city-map-middle")));
  none.addEventListener("click", () => {
    choose(null);
    show();
  });
  none.hidden = !spotOf(form);
  if (!("geolocation" in navigator)) return;
  here.hidden = false;
  here.addEventListener("click", () => {
    const found = ({ coords }) => {
      choose(coords);
      show();
    };
    navigator.geolocation.getCurrentPosition(found, () => (said.textContent = said.dataset.denied), { enableHighAccuracy: true, timeout: 10_000 });
  });
}

function spotOf(form) {
  const [longitude, latitude] = form.elements.spot.value.split(",").map(Number);
  return Number.isFinite(latitude) ? { longitude, latitude } : null;
}

// ---- what about

/** Typing narrows the list of categories; what is chosen stays in it. */
function offerWords(form) {
  const box = form.querySelector("[data-category-words]");
  const select = form.elements.category;
  if (!box || !select || select.options.length < 8) return;
  box.hidden = false;
  const every = [...select.children].map((one) => one.cloneNode(true));
  box.querySelector("input").addEventListener("input", ({ target }) => {
    const words = target.value.trim().toLocaleLowerCase();
    const chosen = select.value;
    select.replaceChildren(...every.map((one) => narrowed(one, words, chosen)).filter(Boolean));
    select.value = chosen;
  });
  box.addEventListener("input", (event) => event.stopPropagation());
}

function narrowed(one, words, chosen) {
  const fits = (option) => !option.value || option.value === chosen || option.textContent.toLocaleLowerCase().includes(words);
  const copy = one.cloneNode(true);
  if (copy.tagName === "OPTION") return fits(copy) ? copy : null;
  if (!copy.label.toLocaleLowerCase().includes(words)) for (const option of [...copy.children]) if (!fits(option)) option.remove();
  return copy.children.length ? copy : null;
}

let told = "";

/** What others said, and who looks after it; the server then need not ask again on a page in between. */
async function tellAlike(form) {
  const words = form.elements.words.value.trim();
  const category = form.elements.category?.value ?? "";
  if ((words.length < SHORTEST && !category) || form.dataset.offline !== undefined) return;
  const asked = { words, category, spot: form.elements.spot.value, about: form.elements.about.value || form.elements.area?.value || "" };
  const question = new URLSearchParams(asked).toString();
  if (question === told) return;
  told = question;
  const answer = await fetch(`${form.dataset.alike}?${question}`).catch(() => null);
  if (!answer?.ok || question !== told) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  show(form.querySelector("[data-alike-found]"), page.querySelector("[data-part=alike]"));
  const place = form.querySelector("[data-category-told]");
  if (place && place.dataset.of !== `${category} ${asked.spot}`) {
    const typed = new FormData(form);
    show(place, page.querySelector("[data-part=category]"));
    fill(place.querySelectorAll("[name^=detail_]"), typed);
    place.dataset.of = `${category} ${asked.spot}`;
  }
  seen(form);
}

/** Nothing is said again that is there already: a screen reader would read it again. */
function show(place, part) {
  if (place && part && place.innerHTML !== part.innerHTML) place.replaceChildren(...part.childNodes);
}

function seen(form) {
  if (!form.elements.anyway) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "anyway", value: "1" }));
}

// ---- drafts

async function startDrafts(form) {
  const place = document.querySelector("[data-draft-told]");
  const tell = (id, at) => place.replaceChildren(...(id ? [words(id, at)] : []));
  const thanks = () => location.assign(form.dataset.thanks);
  place.addEventListener("click", async ({ target }) => {
    const wish = target.closest("[data-draft]")?.dataset.draft;
    if (wish === "take") restore(form, await readDraft());
    if (wish === "drop") await dropDraft();
    if (wish) tell(wish === "drop" ? "entwurf-weg" : "");
  });
  const typing = keepWhatIsTyped(form);
  form.addEventListener("submit", async (event) => {
    typing.ends();
    const away = !navigator.onLine || form.dataset.offline !== undefined;
    if (away) event.preventDefault();
    if (!form.elements.words.value.trim()) return;
    const draft = { ...draftOf(form), waits: away, sending: !away };
    if (!away) keepLast(draft);
    const kept = await keepDraft(draft).catch(() => null); // a private window keeps none
    if (!away) return;
    tell({ true: "entwurf-wartet", false: "entwurf-voll", null: "entwurf-geht-nicht" }[kept]);
    place.scrollIntoView();
    if (kept) sendWaiting(thanks);
  });
  const draft = await readDraft();
  if (draft?.waits) tell("entwurf-wartet");
  else if (draft && !form.elements.words.value) tell("entwurf-da", draft.at);
  sendWaiting(thanks);
}

/** After a pause, a picture at once, and when the page is left what is not kept yet. */
function keepWhatIsTyped(form) {
  let changed = false;
  const offer = (keep) => changed && form.elements.words.value.trim() && keep(draftOf(form));
  const now = () => {
    offer((draft) => keepDraft(draft).catch(() => keepLast(draft)));
    changed = false;
  };
  const later = paused(now);
  for (const event of ["input", "change", "say-spot"]) {
    form.addEventListener(event, ({ target }) => {
      changed = true;
      if (target.type === "file") now();
      else later();
    });
  }
  addEventListener("pagehide", () => offer(keepLast));
  document.addEventListener("visibilitychange", () => document.hidden && offer(keepLast));
  return { ends: () => (changed = false) };
}

function draftOf(form) {
  const values = [...new FormData(form)].filter(([name, value]) => !LEFT_OUT.has(name) && typeof value === "string");
  return { form: form.elements.form.value, address: form.dataset.say, values, photos: [...(form.elements.photos?.files ?? [])], at: Date.now(), waits: false };
}

function restore(form, draft) {
  if (!draft) return;
  const data = new FormData();
  for (const [name, value] of draft.values) data.append(name, value);
  fill(form.elements, data);
  form.elements.form.value = draft.form;
  const files = new DataTransfer();
  for (const photo of draft.photos) files.items.add(photo);
  form.elements.photos.files = files.files;
  form.dispatchEvent(new Event("say-restored"));
  form.elements.words.focus();
}

function fill(controls, data) {
  for (const one of controls) {
    if (!one.name || LEFT_OUT.has(one.name) || !data.has(one.name)) continue;
    if (one.type === "checkbox" || one.type === "radio") one.checked = data.getAll(one.name).includes(one.value);
    else one.value = data.get(one.name);
  }
}

function words(id, at) {
  const said = document.getElementById(id).content.cloneNode(true);
  for (const place of said.querySelectorAll("[data-since]")) {
    place.textContent = new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  }
  return said;
}

/** The form as the app keeps it knows no address: what it is about stands in that of the page. */
function about(form) {
  const given = new URLSearchParams(location.search).get("about") ?? "";
  if (/^\d{1,18}$/.test(given)) form.elements.about.value = given;
}

function number() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((one, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + one.toString(16).padStart(2, "0")).join("");
}

function paused(work) {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, PAUSE);
  };
}

startSaying(document.querySelector("form[data-say]"));
