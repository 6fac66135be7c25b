// SPDX-License-Identifier: EUPL-1.2
// What a <city-map> draws, with MapLibre. Loaded by city-map.js when a map comes into view.

import * as maplibre from "maplibre-gl";

import { keepInAddress, viewInAddress } from "./map-address.js";
import { layersFor, paintIn } from "./map-base.js";
import { showAreas, showCrowd, showPlaces } from "./map-places.js";
import { offerPick } from "./map-pick.js";
import { isPoint, isShape, showShapes } from "./map-shapes.js";
import { hasStep, showSteps } from "./map-steps.js";
import { showTiles } from "./map-tiles.js";

const MANY = 30; // more points than this are gathered and drawn, so that each can be hit; the list beside the map has them all

/* global MAP_STYLE_FILE, MAP_WORKER_FILE -- names with their hash, put in by web/build.mjs */
maplibre.setWorkerUrl(new URL(MAP_WORKER_FILE, import.meta.url).href);
let styleSheet = null;

export async function draw(element) {
  const [base, places] = await Promise.all([
    collection(element.getAttribute("base")),
    collection(element.getAttribute("src")),
    (styleSheet ??= loadStyleSheet()),
  ]);
  const place = document.createElement("div");
  element.append(place);
  const map = open(place, options(element, place, base, places));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.on("idle", () => {
    element.dataset.idle = "";
    element.dispatchEvent(new CustomEvent("city-map-idle", { bubbles: true }));
  });
  const stopListening = keepInAddress(map, element);
  await styleOf(map, place);
  fill(element, map, base, places);
  if (element.hasAttribute("pick")) offerPick(map, element);
  return { map, remove: () => (stopListening(), map.remove()) };
}

function open(place, wishes) {
  try {
    return new maplibre.Map(wishes);
  } catch (noWebGL) {
    place.remove();
    throw noWebGL;
  }
}

/** What goes wrong later (one tile) leaves a map with a hole; what goes wrong before leaves none at all. */
function styleOf(map, place) {
  return new Promise((done, failed) => {
    const giveUp = ({ error }) => {
      map.remove();
      place.remove();
      failed(error);
    };
    map.once("error", giveUp);
    map.once("style.load", () => done(map.off("error", giveUp)));
  });
}

function fill(element, map, base, places) {
  for (const layer of layersFor(base)) map.addLayer(layer);
  if (base.features.length) {
    paintIn(map, element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paintIn(map, element));
  }
  if (!places.features.some(hasStep)) showAreas(map, base.features); // else their numbers stand there
  const updates = parts(element, map, places);
  element.addEventListener("live-change", async () => {
    const fresh = await collection(element.getAttribute("src"));
    for (const update of updates) update(fresh);
  });
}

/** Draws what there is: outlines below, then tiles, or places one by one while they are few. */
function parts(element, map, places) {
  const updates = [];
  const [points, shapes, steps] = [isPoint, isShape, hasStep].map((kind) => places.features.filter(kind));
  if (steps.length) showSteps(map, element, steps);
  else if (shapes.length) {
    const update = showShapes(map, element, shapes);
    updates.push(({ features }) => update(features.filter(isShape)));
  }
  if (element.hasAttribute("tiles")) updates.push(showTiles(map, element, texts(element)));
  else if (points.length || !shapes.length) {
    const show = points.length > MANY ? showCrowd : showPlaces;
    const update = show(map, element, { type: "FeatureCollection", features: points });
    updates.push(({ features }) => update({ type: "FeatureCollection", features: features.filter(isPoint) }));
  }
  return updates;
}

function texts(element) {
  return JSON.parse(element.getAttribute("texts") ?? "{}");
}

function options(element, container, base, places) {
  const words = texts(element);
  const schematic = base.features.some((feature) => feature.properties.schematic);
  return {
    container,
    style: element.getAttribute("map-style") ?? {
      version: 8,
      sources: { base: { type: "geojson", data: base } },
      layers: [{ id: "background", type: "background" }],
    },
    ...view(element, base, places),
    locale: { ...words, "Map.Title": element.getAttribute("label") ?? words["Map.Title"] ?? "Karte" },
    attributionControl: { compact: false, customAttribution: schematic ? (words["schematic"] ?? "Schematische Karte") : undefined },
    cooperativeGestures: true, // one finger scrolls the page, two move the map
    dragRotate: false,
    pitchWithRotate: false,
    maxPitch: 0,
    fadeDuration: 0,
  };
}

/** What to look at: the view in the address, else the wish in the attributes, else all places or the whole base. */
function view(element, base, places) {
  const passedOn = viewInAddress(element);
  if (passedOn) return passedOn;
  const center = element.getAttribute("center");
  if (center) return { center: numbers(center), zoom: Number(element.getAttribute("zoom") ?? 13) };
  const bounds = element.hasAttribute("bounds")
    ? numbers(element.getAttribute("bounds"))
    : extent(places.features.some(({ geometry }) => geometry) ? places.features : towns(base.features));
  const named = places.features.some(isPoint) || element.hasAttribute("tiles");
  return bounds ? { bounds, fitBoundsOptions: { padding: named ? padding(element) : 24, maxZoom: 16 } } : {};
}

/** Of the base what people live in, if it says so: land and sea around may go far. */
function towns(features) {
  const districts = features.filter(({ properties }) => properties.kind === "district");
  return districts.length ? districts : features;
}

/** Room for the names below the outermost places, and for the buttons at the side. */
function padding({ clientWidth }) {
  const side = (most) => Math.min(most, clientWidth * 0.24);
  return { top: 40, bottom: 72, left: side(96), right: side(136) };
}

function extent(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (coordinates) => {
    if (typeof coordinates[0] !== "number") return coordinates.forEach(visit);
    const [x, y] = coordinates;
    box.splice(0, 4, Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y));
  };
  for (const { geometry } of features) if (geometry) visit(geometry.coordinates);
  return box.every(Number.isFinite) ? box : null;
}

function numbers(text) {
  return text.split(",").map(Number);
}

async function collection(address) {
  if (!address) return { type: "FeatureCollection", features: [] };
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function loadStyleSheet() {
  return new Promise((done, failed) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: new URL(MAP_STYLE_FILE, import.meta.url).href, onload: done, onerror: failed });
    document.head.append(link);
  });
}
