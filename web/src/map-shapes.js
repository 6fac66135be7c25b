// SPDX-License-Identifier: EUPL-1.2
// Outlines and lines of a map's own: an area and its parts, or whatever is no point.

import { Popup } from "maplibre-gl";

export function isPoint({ geometry }) {
  return geometry?.type === "Point";
}

export function isShape({ geometry }) {
  return Boolean(geometry) && geometry.type !== "Point";
}

/** Returns what brings the shapes up to date with new features. */
export function showShapes(map, element, features) {
  const data = (shapes) => ({ type: "FeatureCollection", features: shapes });
  map.addSource("shapes", { type: "geojson", data: data(features) });
  map.addLayer({ id: "shape-faces", type: "fill", source: "shapes", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-opacity": 0.12 } });
  map.addLayer({ id: "shape-lines", type: "line", source: "shapes", layout: { "line-join": "round" }, paint: { "line-width": 2.5 } });
  paint(map, element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(map, element));
  map.on("click", "shape-faces", ({ features: found, lngLat }) => {
    const { url, title } = found[0].properties; // what was drawn last lies on top: a part before its whole
    if (!url) return;
    const sign = document.createElement("a");
    Object.assign(sign, { href: url, textContent: title });
    new Popup({ offset: 4 }).setLngLat(lngLat).setDOMContent(sign).addTo(map);
  });
  return (fresh) => map.getSource("shapes").setData(data(fresh));
}

function paint(map, element) {
  const colour = getComputedStyle(element).getPropertyValue("--kern-color-action-default").trim();
  map.setPaintProperty("shape-faces", "fill-color", colour);
  map.setPaintProperty("shape-lines", "line-color", colour);
}
