// SPDX-License-Identifier: EUPL-1.2
// The places on a map: links with a face while they are few, drawn circles when they are many; names of districts.

import { Marker, Popup } from "maplibre-gl";

const APART = 38; // pixels between the middles of two faces
const ROUNDS = 60; // of stepping aside; a few are enough for what a city has on one spot
const EYES = '<circle cx="12" cy="13" r="2.2"/><circle cx="20" cy="13" r="2.2"/>';
const MOUTHS = {
  free: "M10 18.500c1.500 4 4 5 6 5s4.500-1 6-5",
  busy: "M11 21.500h10",
  closed: "M11 23c2-3 8-3 10 0",
};

/** Returns what brings the markers up to date with new features. */
export function showPlaces(map, element, places) {
  const markers = new Map();
  const update = ({ features }) => {
    const gone = new Set(markers.keys());
    for (const { geometry, properties, id } of features) {
      const key = String(properties.id ?? id ?? properties.url);
      gone.delete(key);
      if (!markers.has(key)) markers.set(key, new Marker({ element: link(key), anchor: "center" }));
      dress(markers.get(key).getElement(), properties);
      markers.get(key).setLngLat(geometry.coordinates).addTo(map);
    }
    for (const key of gone) {
      markers.get(key).remove();
      markers.delete(key);
    }
    arrange(map, element, [...markers.values()]);
  };
  update(places);
  for (const event of ["moveend", "resize"]) map.on(event, () => arrange(map, element, [...markers.values()]));
  lightUpTogether(element);
  return update;
}

export function link(key) {
  const place = document.createElement("a");
  place.className = "city-map__place";
  place.dataset.placeId = key;
  place.innerHTML = '<span class="city-map__face"></span><span class="city-map__name"></span>';
  return place;
}

export function dress(place, { title, url, state, state_text: words }) {
  place.href = url;
  place.dataset.state = state ?? "unknown";
  place.querySelector(".city-map__name").textContent = title;
  place.ariaLabel = words ? `${title}: ${words}` : title;
  place.querySelector(".city-map__face").innerHTML = face(state);
}

function face(state) {
  const mouth = MOUTHS[state] ? `<path d="${MOUTHS[state]}" fill="none" stroke="currentColor" stroke-width="2.500" stroke-linecap="round"/>` : "";
  return `<svg viewBox="0 0 32 32" fill="currentColor" aria-hidden="true">${EYES}${mouth}</svg>`;
}

export function arrange(map, element, markers, apart = APART) {
  pushApart(map, markers, apart);
  hideCrowdedNames([...element.querySelectorAll(".city-map__place")], [...element.querySelectorAll(".city-map__crowd")]);
}

/** Faces on almost the same spot step aside, so that each can be hit with a finger; who was pushed may push on. */
function pushApart(map, markers, apart) {
  const spots = markers.map((marker) => ({ marker, home: map.project(marker.getLngLat()) })).map((spot) => ({ ...spot, x: spot.home.x, y: spot.home.y }));
  for (let round = 0; round < ROUNDS && part(spots, apart); round++);
  for (const { marker, home, x, y } of spots) marker.setOffset([x - home.x, y - home.y]);
}

/** Moves each crowded pair half of what is missing; says whether there was one. */
function part(spots, apart) {
  let moved = false;
  for (const [index, one] of spots.entries()) {
    for (let next = index + 1; next < spots.length; next++) {
      const other = spots[next];
      const [x, y] = [other.x - one.x || 0.01 * (index + 1), other.y - one.y];
      if (Math.abs(x) >= apart || Math.abs(y) >= apart) continue;
      const distance = Math.hypot(x, y);
      if (distance > apart - 0.5) continue;
      const missing = (apart - distance) / 2 / distance;
      Object.assign(one, { x: one.x - missing * x, y: one.y - missing * y });
      Object.assign(other, { x: other.x + missing * x, y: other.y + missing * y });
      moved = true;
    }
  }
  return moved;
}

/** A name that would cover a face or another name steps back until its place is pointed at; the northern one stays. */
function hideCrowdedNames(places, crowds) {
  const box = (place, part) => place.querySelector(part).getBoundingClientRect();
  const taken = places.map((place) => ({ place, ...edges(box(place, ".city-map__face")) }));
  taken.push(...crowds.map((crowd) => edges(crowd.getBoundingClientRect())));
  const names = places.map((place) => ({ place, ...edges(box(place, ".city-map__name")) }));
  for (const name of names.sort((one, other) => one.top - other.top)) {
    const crowded = taken.some((other) => other.place !== name.place && touch(name, other));
    name.place.classList.toggle("is-crowded", crowded);
    if (!crowded) taken.push(name);
  }
}

function edges({ left, right, top, bottom }) {
  return { left, right, top, bottom };
}

function touch(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Pointing at a row of the list lights up its marker, and the other way round. */
export function lightUpTogether(element) {
  const light = (on) => ({ target }) => {
    const id = target instanceof Element && target.closest("[data-place-id]")?.dataset.placeId;
    if (!id) return;
    for (const twin of document.querySelectorAll(`[data-place-id="${CSS.escape(id)}"]`)) twin.classList.toggle("is-highlighted", on);
  };
  const page = element.closest("main") ?? document.body;
  for (const start of ["pointerover", "focusin"]) page.addEventListener(start, light(true));
  for (const end of ["pointerout", "focusout"]) page.addEventListener(end, light(false));
}

export function showCrowd(map, element, places) {
  const style = getComputedStyle(element);
  const [fill, edge] = ["--kern-color-action-default", "--kern-color-layout-background-default"].map((name) => style.getPropertyValue(name).trim());
  const ring = { "circle-color": fill, "circle-stroke-color": edge, "circle-stroke-width": 2 };
  map.addSource("places", { type: "geojson", data: places, cluster: true, clusterRadius: 44, clusterMaxZoom: 15 });
  map.addLayer({
    id: "clusters", type: "circle", source: "places", filter: ["has", "point_count"],
    paint: { ...ring, "circle-opacity": 0.85, "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 13, 500, 34] },
  });
  map.addLayer({ id: "places", type: "circle", source: "places", filter: ["!", ["has", "point_count"]], paint: { ...ring, "circle-radius": 8 } });
  map.on("click", "clusters", async ({ features: [cluster] }) => {
    const zoom = await map.getSource("places").getClusterExpansionZoom(cluster.properties.cluster_id);
    map.easeTo({ center: cluster.geometry.coordinates, zoom });
  });
  map.on("click", "places", ({ features: [place] }) => {
    const sign = document.createElement("a");
    Object.assign(sign, { href: place.properties.url, textContent: place.properties.title });
    new Popup({ offset: 12 }).setLngLat(place.geometry.coordinates).setDOMContent(sign).addTo(map);
  });
  for (const layer of ["clusters", "places"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
  return (fresh) => map.getSource("places").setData(fresh);
}

/** Names of districts as elements: a drawn text would need a font of the map's own. */
export function showAreas(map, features) {
  const labels = [];
  for (const { geometry, properties } of features) {
    if (properties.kind !== "district" || !properties.name || !geometry) continue;
    const label = document.createElement("span");
    Object.assign(label, { className: "city-map__area", textContent: properties.name, ariaHidden: "true" });
    new Marker({ element: label }).setLngLat(middle(geometry)).addTo(map);
    labels.push(label);
  }
  const tidy = () => hideCrowdedAreas(labels);
  for (const event of ["moveend", "resize"]) map.on(event, tidy);
  map.once("idle", tidy);
}

/** Where names would lie on each other, the first one stays; closer in there is room for all. */
function hideCrowdedAreas(labels) {
  const taken = [];
  for (const label of labels) {
    const box = edges(label.getBoundingClientRect());
    const crowded = taken.some((other) => touch(box, other));
    label.classList.toggle("is-crowded", crowded);
    if (!crowded) taken.push(box);
  }
}

/** The mean of the outer ring: near enough for a name. */
function middle({ type, coordinates }) {
  const rings = type === "MultiPolygon" ? coordinates.map((polygon) => polygon[0]) : [coordinates[0]];
  const ring = type === "Point" ? [coordinates] : rings.sort((one, other) => other.length - one.length)[0];
  return [0, 1].map((axis) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length);
}
