// SPDX-License-Identifier: EUPL-1.2
// The view of a map in the page's address, as in #map=13.5/54.09/12.1, so that it can be passed on.
// Moving the map by hand changes the address in place: Back still leads to the page before.

const VIEW = /^#map=(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

/** What the address asks to look at, if it does; only the first map of a page listens to it. */
export function viewInAddress(element) {
  const [, zoom, latitude, longitude] = VIEW.exec(location.hash)?.map(Number) ?? [];
  if (zoom === undefined || !isFirst(element)) return null;
  if (zoom > 24 || Math.abs(latitude) > 85 || Math.abs(longitude) > 180) return null;
  return { center: [longitude, latitude], zoom };
}

/** Returns what ends the listening. */
export function keepInAddress(map, element) {
  if (!isFirst(element)) return () => {};
  map.on("moveend", ({ originalEvent }) => {
    if (!originalEvent) return; // the page moved it, nobody's hand
    const { lng, lat } = map.getCenter();
    const view = `#map=${map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
    history.replaceState(history.state, "", view);
  });
  const follow = () => {
    const view = viewInAddress(element);
    if (view) map.jumpTo(view);
  };
  addEventListener("hashchange", follow);
  return () => removeEventListener("hashchange", follow);
}

function isFirst(element) {
  return document.querySelector("city-map") === element;
}
