// SPDX-License-Identifier: EUPL-1.2
// "Near me": asks the device where it is only when the person presses the button, and tells the city no finer
// than about a hundred metres. Without a script the button is not there, and a district does the same.

const DECIMALS = 3;

/** What is left empty is no part of the address: it stays short enough to be shared. */
export function keepShort(root) {
  for (const form of root.querySelectorAll("form[data-finder]")) {
    form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    });
  }
}

/** @param {ParentNode} root */
export function offerNear(root) {
  if (!("geolocation" in navigator)) return;
  for (const offer of root.querySelectorAll("[data-near][hidden]")) {
    offer.hidden = false;
    offer.querySelector("button").addEventListener("click", () => ask(offer));
  }
}

function ask(offer) {
  const button = offer.querySelector("button");
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => go(offer.closest("form"), coords),
    () => {
      button.disabled = false;
      offer.querySelector("[role=status]").textContent = offer.dataset.denied;
    },
    { maximumAge: 60_000, timeout: 10_000 },
  );
}

/** The place is part of the address, so that Back and sharing work; a district would narrow it, so it goes. */
function go(form, { latitude, longitude }) {
  form.querySelector("input[name=near]")?.remove();
  const near = Object.assign(document.createElement("input"), { type: "hidden", name: "near" });
  near.value = `${latitude.toFixed(DECIMALS)},${longitude.toFixed(DECIMALS)}`;
  const district = form.querySelector("select[name=area]");
  if (district) district.value = "";
  form.append(near);
  form.requestSubmit();
}
