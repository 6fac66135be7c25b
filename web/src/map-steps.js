// SPDX-License-Identifier: EUPL-1.2
// Areas that have a step on a scale: by colour, and by the number on each, so that colour alone says nothing. Those
// without one (step 0) are hatched. Colours are the style sheet's (pulse.css).

import { Marker, Popup } from "maplibre-gl";

const HIDDEN = "step-hidden";
const SIDE = 16; // pixels of the hatching, at two to a point

export function hasStep({ geometry, properties }) {
  return /Polygon$/.test(geometry?.type) && "step" in properties;
}

export function showSteps(map, element, features) {
  map.addSource("steps", { type: "geojson", data: { type: "FeatureCollection", features } });
  map.addLayer({ id: "step-faces", type: "fill", source: "steps", filter: [">", ["get", "step"], 0] });
  map.addLayer({ id: HIDDEN, type: "fill", source: "steps", filter: ["==", ["get", "step"], 0] });
  map.addLayer({ id: "step-lines", type: "line", source: "steps", paint: { "line-width": 1.5 } });
  paint(map, element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(map, element));
  for (const { geometry, properties } of features) {
    new Marker({ element: sign("span", properties.label, "city-map__step") }).setLngLat(middle(geometry)).addTo(map);
  }
  for (const layer of ["step-faces", HIDDEN]) {
    map.on("click", layer, ({ features: [{ properties }], lngLat }) => {
      const link = Object.assign(sign("a", properties.title, ""), { href: properties.url });
      new Popup({ offset: 4 }).setLngLat(lngLat).setDOMContent(link).addTo(map);
    });
  }
}

/** The same is in the list beside the map: a reader of the page does not hear bare numbers. */
function sign(name, text, className) {
  const made = Object.assign(document.createElement(name), { textContent: text, className });
  if (name === "span") made.ariaHidden = "true";
  return made;
}

function paint(map, element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const steps = [1, 2, 3, 4, 5].flatMap((step) => [step, colour(`--smile-pulse-${step}`)]);
  map.setPaintProperty("step-faces", "fill-color", ["match", ["get", "step"], ...steps, "transparent"]);
  map.setPaintProperty("step-lines", "line-color", colour("--smile-map-label"));
  if (map.hasImage(HIDDEN)) map.removeImage(HIDDEN);
  map.addImage(HIDDEN, hatching(colour("--smile-map-label")), { pixelRatio: 2 });
  map.setPaintProperty(HIDDEN, "fill-pattern", HIDDEN);
}

function hatching(colour) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const drawn = canvas.getContext("2d");
  Object.assign(drawn, { strokeStyle: colour, lineWidth: 2 });
  for (const from of [-SIDE, 0, SIDE]) {
    drawn.moveTo(from, SIDE);
    drawn.lineTo(from + SIDE, 0);
  }
  drawn.stroke();
  return drawn.getImageData(0, 0, SIDE, SIDE);
}

/** The centre of gravity of its largest part. */
function middle({ type, coordinates }) {
  const rings = (type === "Polygon" ? [coordinates] : coordinates).map(([outer]) => weighed(outer));
  return rings.reduce((most, one) => (Math.abs(one.area) > Math.abs(most.area) ? one : most)).at;
}

function weighed(ring) {
  const [[left, low]] = ring; // near nought, so that nothing is lost by rounding
  let [area, x, y] = [0, 0, 0];
  for (let n = 1; n < ring.length; n += 1) {
    const [ax, ay, bx, by] = [ring[n - 1][0] - left, ring[n - 1][1] - low, ring[n][0] - left, ring[n][1] - low];
    const cross = ax * by - bx * ay;
    [area, x, y] = [area + cross, x + (ax + bx) * cross, y + (ay + by) * cross];
  }
  return { area, at: area ? [left + x / (3 * area), low + y / (3 * area)] : [left, low] };
}
