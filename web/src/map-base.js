// SPDX-License-Identifier: EUPL-1.2
// The drawing below the places: areas and lines of the base, in calm colours that follow light and dark.

const AREAS = ["land", "green", "water"];

export function layersFor(base) {
  if (!base.features.length) return [];
  const shown = (kind, shape) => ["all", ["==", ["get", "kind"], kind], ["==", ["geometry-type"], shape]];
  return [
    ...AREAS.map((kind) => ({ id: kind, type: "fill", source: "base", filter: shown(kind, "Polygon") })),
    { id: "river", type: "line", source: "base", filter: shown("water", "LineString"), layout: { "line-cap": "round" }, paint: { "line-width": wide(3) } },
    { id: "road", type: "line", source: "base", filter: shown("road", "LineString"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-width": wide(2) } },
    { id: "district", type: "line", source: "base", filter: ["==", ["get", "kind"], "district"], paint: { "line-width": 1.5, "line-dasharray": [3, 2] } },
  ];
}

function wide(pixels) {
  return ["interpolate", ["exponential", 1.6], ["zoom"], 11, pixels * 0.5, 17, pixels * 5];
}

/** Colours live in the style sheet (theme.css), so that a city's own theme reaches the map as well. */
export function paintIn(map, element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--smile-map-${name}`).trim();
  map.setPaintProperty("background", "background-color", colour("background"));
  for (const kind of AREAS) map.setPaintProperty(kind, "fill-color", colour(kind));
  map.setPaintProperty("river", "line-color", colour("water"));
  map.setPaintProperty("road", "line-color", colour("road"));
  map.setPaintProperty("district", "line-color", colour("district"));
}
