// SPDX-License-Identifier: EUPL-1.2
// Signing in, registering and confirming by a passkey. Without this file, or where the browser has none, the pages
// offer e-mail and password instead.

const BINARY_OPTIONS = new Set(["challenge", "id"]);

for (const part of document.querySelectorAll("[data-passkey]")) enhance(part);

function enhance(part) {
  if (!window.PublicKeyCredential || isNumber(location.hostname)) return; // passkeys belong to names
  part.hidden = false;
  if (part.dataset.passkey !== "offer") part.addEventListener("submit", (event) => submit(event, part));
}

async function submit(event, form) {
  event.preventDefault();
  const state = form.querySelector("[data-passkey-state]");
  state.textContent = "";
  try {
    const credential = form.dataset.passkey === "create" ? await create() : await get(form);
    form.elements.credential.value = JSON.stringify(asText(credential));
    form.submit();
  } catch (error) {
    state.textContent = form.dataset.failed; // turned away, timed out, or no device: the reader may try again
    console.info("passkey:", error.name);
  }
}

function create() {
  const options = onPage();
  // A passkey that opens the account by itself: the device keeps who it is for, and asks who holds it.
  Object.assign(options.publicKey.authenticatorSelection, {
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  });
  return navigator.credentials.create(options);
}

async function get(form) {
  return navigator.credentials.get(form.dataset.passkey === "confirm" ? onPage() : await asked(form.action));
}

async function asked(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return asBytes((await answer.json()).request_options);
}

function onPage() {
  return asBytes(JSON.parse(document.getElementById("passkey-options").textContent));
}

/** The server's options: base64url texts become bytes where the browser wants bytes. */
function asBytes(value, name = "") {
  if (typeof value === "string") return BINARY_OPTIONS.has(name) ? fromBase64(value) : value;
  if (Array.isArray(value)) return value.map((one) => asBytes(one));
  if (value === null || typeof value !== "object") return value;
  // The relying party's id is a host name, no bytes.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === "rp" || key === "extensions" ? inner : asBytes(inner, key)]),
  );
}

/** The browser's answer: bytes become base64url texts. */
function asText(credential) {
  const { response } = credential;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = toBase64(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: toBase64(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: parts,
  };
}

function fromBase64(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function toBase64(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function isNumber(host) {
  return /^[\d.]+$|:/.test(host);
}
