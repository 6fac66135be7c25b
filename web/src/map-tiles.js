// SPDX-License-Identifier: EUPL-1.2
// Places out of vector tiles (attribute "tiles"): crowds as buttons that say how many, single places as links.

import { Marker } from "maplibre-gl";

import { arrange, dress, lightUpTogether, link } from "./map-places.js";

const LAYER = "places";
const MOST = 200; // elements at once; what is beyond them stays a drawn circle
const APART = 50; // pixels between the middles of two crowds
const CLOSER = 2; // zoom steps into a crowd
const CLOSEST = 17;

export function showTiles(map, element, texts) {
  const address = () => [new URL(element.getAttribute("tiles"), location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")];
  const style = getComputedStyle(element);
  const [fill, edge] = ["--kern-color-action-default", "--kern-color-layout-background-default"].map((name) => style.getPropertyValue(name).trim());
  map.addSource("tiles", { type: "vector", tiles: address(), minzoom: 0, maxzoom: 16 });
  map.addLayer({
    id: "tiles", type: "circle", source: "tiles", "source-layer": LAYER,
    paint: { "circle-color": fill, "circle-stroke-color": edge, "circle-stroke-width": 2, "circle-radius": 7 },
  });
  const markers = new Map();
  map.on("idle", () => update(map, element, markers, texts));
  for (const event of ["moveend", "resize"]) map.on(event, () => arrange(map, element, [...markers.values()], APART));
  lightUpTogether(element);
  return () => map.getSource("tiles").setTiles(address());
}

function update(map, element, markers, texts) {
  const seen = inView(map);
  for (const [key, marker] of markers) {
    if (seen.has(key)) continue;
    if (marker.getElement() === document.activeElement) map.getCanvas().focus();
    marker.remove();
    markers.delete(key);
  }
  for (const [key, { geometry, properties }] of seen) {
    if (!markers.has(key)) markers.set(key, new Marker({ element: properties.url ? link(properties.id) : crowd(map), anchor: "center" }));
    const marker = markers.get(key).setLngLat(geometry.coordinates);
    if (properties.url) dress(marker.getElement(), properties);
    else count(marker.getElement(), properties.count, geometry.coordinates, texts);
    marker.addTo(map);
  }
  arrange(map, element, [...markers.values()], APART);
  element.dataset.shown = markers.size;
}

/** What the tiles of this view hold, each once, the crowds first. */
function inView(map) {
  const bounds = map.getBounds();
  const found = new Map();
  const features = map.querySourceFeatures("tiles", { sourceLayer: LAYER }).map(({ geometry, properties, id }) => ({ geometry, properties, id }));
  for (const feature of features.sort((one, other) => other.properties.count - one.properties.count)) {
    const { url, count: many } = feature.properties;
    if (found.size < MOST && bounds.contains(feature.geometry.coordinates)) found.set(url ? `one ${url}` : `${many} ${feature.geometry.coordinates}`, feature);
  }
  return found;
}

function crowd(map) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "city-map__crowd" });
  button.addEventListener("click", (originalEvent) => {
    const center = JSON.parse(button.dataset.center);
    map.easeTo({ center, zoom: Math.min(CLOSEST, Math.max(map.getZoom(), map.getMinZoom()) + CLOSER) }, { originalEvent });
  });
  return button;
}

function count(button, many, center, texts) {
  button.dataset.center = JSON.stringify(center);
  button.dataset.size = many < 10 ? "few" : many < 100 ? "some" : "many";
  button.textContent = many;
  button.ariaLabel = (texts["crowd"] ?? "{n}").replace("{n}", many);
}
