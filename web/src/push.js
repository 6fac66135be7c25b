// SPDX-License-Identifier: EUPL-1.2
// The buttons that switch push messages on and off in this browser: <form data-push="the node's public key">.

export async function startPush(form) {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  const [on, off, state] = ["[data-push-on]", "[data-push-off]", "[data-push-state]"].map((one) => form.querySelector(one));
  const worker = await navigator.serviceWorker.ready;
  const known = await worker.pushManager.getSubscription();
  on.hidden = Boolean(known);
  off.hidden = !known;
  form.hidden = false;
  on.querySelector("button").addEventListener("click", async () => {
    state.textContent = "";
    try {
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push });
      const { endpoint, keys } = made.toJSON();
      send(form, { do: "on", endpoint, p256dh: keys.p256dh, auth: keys.auth });
    } catch {
      state.textContent = Notification.permission === "denied" ? state.dataset.denied : state.dataset.failed;
    }
  });
  off.querySelector("button").addEventListener("click", async () => {
    const taken = await worker.pushManager.getSubscription();
    await taken?.unsubscribe();
    send(form, { do: "off", endpoint: taken?.endpoint ?? "" });
  });
}

function send(form, values) {
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  form.submit();
}
