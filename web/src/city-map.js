// SPDX-License-Identifier: EUPL-1.2
// <city-map src="/orte.geojson" base="/karte.geojson" label="Karte der Orte">: a map of what the list beside it says.
//
// src     GeoJSON: points as places, anything else as outlines; properties {id, title, url, kind, state}
// tiles   "/orte/{z}/{x}/{y}.mvt?...": places as vector tiles instead, when they are many; layer "places", properties
//         {count} for a crowd, {count, id, title, url} for one alone
// base    GeoJSON lines and areas, properties {kind: water|land|green|district|road, name, schematic}
// map-style  address of a MapLibre style, instead of base        center="lon,lat" zoom="13" or bounds="w,s,e,n"
// pick    a position can be chosen on it (map-pick.js)
// label   name of the map for screen readers                     texts  JSON with the words of the controls
//
// The view stands in the page's address (#map=zoom/lat/lon) once somebody has moved the first map of the page.
// Fires "city-map-idle" and carries data-idle when drawn. Whatever carries data-place-id on the page lights up with its marker, and back.

class CityMap extends HTMLElement {
  connectedCallback() {
    this.watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.start();
    }, { rootMargin: "200px" });
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    this.watcher.disconnect();
    this.drawing?.remove();
    this.drawing = null;
    this.classList.remove("is-drawn");
  }

  async start() {
    this.watcher.disconnect();
    try {
      const { draw } = await import("./map.js");
      if (this.isConnected) this.drawing = await draw(this);
      this.classList.add("is-drawn");
    } catch (problem) {
      // No WebGL, no network: the sentence inside the element stays, and it points to the list.
      this.classList.add("is-missing");
      console.warn("city-map:", problem);
    }
  }
}

customElements.define("city-map", CityMap);
