// SPDX-License-Identifier: EUPL-1.2
// Choosing a position on a map: by a tap, or the map's middle by a button, for hands that have no pointer.
// <city-map pick="spot"> tells it by "city-map-picked" {longitude, latitude}; "city-map-pick" puts the mark, or takes it away.

import { Marker } from "maplibre-gl";

const NEAR_ZOOM = 15;

export function offerPick(map, element) {
  let mark = null;
  const put = (place) => {
    mark?.remove();
    mark = place ? new Marker({ color: "#b3261e" }).setLngLat(place).addTo(map) : null;
  };
  const pick = (place) => {
    put(place);
    const detail = { longitude: place.lng, latitude: place.lat };
    element.dispatchEvent(new CustomEvent("city-map-picked", { detail, bubbles: true }));
  };
  map.getCanvas().style.cursor = "crosshair";
  map.on("click", ({ lngLat }) => pick(lngLat));
  element.addEventListener("city-map-middle", () => pick(map.getCenter()));
  element.addEventListener("city-map-pick", ({ detail }) => {
    put(detail && [detail.longitude, detail.latitude]);
    if (detail) map.jumpTo({ center: [detail.longitude, detail.latitude], zoom: Math.max(map.getZoom(), NEAR_ZOOM) });
  });
  element.dispatchEvent(new CustomEvent("city-map-pickable", { bubbles: true }));
}
