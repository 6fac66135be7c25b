// SPDX-License-Identifier: EUPL-1.2
// The form on a device that many people use. Nobody leaves anything there: no step is added to the browser's history, and
// after a minute without a touch the form begins anew; twenty seconds before, it asks, and any touch or key goes on.

const { kiosk: start, seconds, warned } = document.body.dataset;
const dialog = document.querySelector("dialog");
const left = dialog.querySelector("[data-left]");
let touched = Date.now();

document.documentElement.classList.replace("no-js", "js");

/** Begin anew in place of this page; a field that a browser might fill in again is emptied first. */
function again() {
  for (const form of document.forms) {
    for (const one of form.querySelectorAll("input:not([type=hidden]), textarea")) {
      if (one.type === "radio" || one.type === "checkbox") one.checked = false;
      else one.value = "";
    }
  }
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // nothing is kept there anyway
  }
  history.replaceState(null, "", start);
  location.replace(start);
}

function touch() {
  touched = Date.now();
  if (dialog.open) dialog.close();
}

function look() {
  const rest = Number(seconds) - Math.floor((Date.now() - touched) / 1000);
  left.textContent = Math.max(rest, 0);
  if (rest <= 0) again();
  else if (rest <= Number(warned) && !dialog.open) dialog.showModal();
}

for (const event of ["pointerdown", "keydown", "input", "wheel"]) addEventListener(event, touch, { passive: true });
setInterval(look, 1000);

// The answer takes the place of the form in the same page: Back finds nothing, and nothing is sent again.
addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), cache: "no-store" }).catch(() => null);
  if (!answer) return form.submit();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  (document.getElementById("fehler") ?? document.querySelector("h1"))?.scrollIntoView();
});

// Links go on in place of this page, too.
addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault();
  if (link.hasAttribute("data-kiosk-again")) again();
  else if (link.hasAttribute("hreflang")) location.replace(link.href);
  else if (link.hash) document.querySelector(link.hash)?.focus();
});

// A page that the browser kept alive shows what somebody typed: it begins anew.
addEventListener("pageshow", ({ persisted }) => persisted && again());
