// SPDX-License-Identifier: EUPL-1.2
// <photo-cover>: rectangles over a picture, drawn with a pointer or moved with the keys. They are what stands in the rows
// of numbers below it, which are sent; without a script those alone do. All words come with the page.

const STEP = 1; // percent, by one press of a key
const LEAST = 2;
const SIDES = ["left", "top", "width", "height"];
const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

class PhotoCover extends HTMLElement {
  connectedCallback() {
    this.picture = this.querySelector("[data-cover-picture]");
    this.rows = this.querySelector("[data-cover-rows]");
    this.said = this.querySelector("[data-cover-said]");
    this.querySelector("[data-cover-script]").hidden = false;
    this.picture.addEventListener("pointerdown", (event) => this.draw(event));
    this.picture.addEventListener("keydown", (event) => this.press(event));
    this.rows.addEventListener("input", () => this.show());
    this.querySelector("[data-cover-add]").addEventListener("click", () => this.add({ left: 40, top: 40, width: 20, height: 20 })?.focus());
    this.show();
  }

  /** The fields of every row, in order. */
  fields() {
    return [...this.rows.querySelectorAll("[data-cover-row]")].map((row) => Object.fromEntries(SIDES.map((side) => [side, row.querySelector(`[name$=-${side}]`)])));
  }

  /** A box for each row that has its four numbers; the boxes are reused, so that none loses the focus. */
  show() {
    const found = this.fields().map((fields, at) => ({ at, spot: spotOf(fields) })).filter(({ spot }) => spot);
    const boxes = [...this.picture.querySelectorAll(".cover__box")];
    found.forEach(({ at, spot }, number) => {
      const box = boxes[number] ?? this.picture.appendChild(Object.assign(document.createElement("div"), { className: "cover__box", tabIndex: 0 }));
      box.dataset.row = at;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", this.dataset.box.replace("{n}", at + 1));
      for (const side of SIDES) box.style[side] = `${spot[side]}%`;
    });
    for (const box of boxes.slice(found.length)) box.remove();
  }

  put(at, spot) {
    const fields = this.fields()[at];
    for (const side of SIDES) fields[side].value = spot ? Number(spot[side].toFixed(1)) : "";
    this.show();
  }

  /** Into the first empty row, or a new one; the box, or nothing if there are too many. */
  add(spot) {
    let at = this.fields().findIndex((fields) => SIDES.every((side) => !fields[side].value));
    if (at < 0) at = this.anotherRow();
    if (at < 0) return void (this.said.textContent = this.dataset.full);
    this.put(at, spot);
    return this.picture.querySelector(`[data-row="${at}"]`);
  }

  anotherRow() {
    const at = this.fields().length;
    if (at >= Number(this.dataset.most)) return -1;
    const row = document.createElement("template");
    row.innerHTML = this.querySelector("template").innerHTML.replaceAll("__n__", at);
    row.content.querySelector("[data-cover-number]").textContent = at + 1;
    this.rows.append(row.content);
    return at;
  }

  /** From where the pointer went down to where it is. */
  draw(event) {
    if (event.button || event.target.closest(".cover__box")) return;
    event.preventDefault();
    const from = this.where(event);
    const box = this.add({ left: from.x, top: from.y, width: 0.1, height: 0.1 });
    if (!box) return;
    const at = Number(box.dataset.row);
    this.picture.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const to = this.where(moved);
      this.put(at, { left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) });
    };
    const stop = (last) => {
      this.picture.removeEventListener("pointermove", move);
      const { width, height } = spotOf(this.fields()[at]);
      if (last.type === "pointercancel" || width < LEAST || height < LEAST) this.put(at, null);
      else box.focus();
    };
    this.picture.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) this.picture.addEventListener(end, stop, { once: true });
  }

  where({ clientX, clientY }) {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    return { x: within(((clientX - left) / width) * 100, 0, 100), y: within(((clientY - top) / height) * 100, 0, 100) };
  }

  press(event) {
    const box = event.target.closest(".cover__box");
    if (!box || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = Number(box.dataset.row);
    const spot = spotOf(this.fields()[at]);
    if (event.key === "Delete" || event.key === "Backspace") {
      this.put(at, null);
      this.said.textContent = this.dataset.gone;
      this.querySelector("[data-cover-add]").focus();
    } else if (KEYS[event.key]) {
      const [x, y] = KEYS[event.key];
      if (event.shiftKey) {
        spot.width = within(spot.width + x, LEAST, 100 - spot.left);
        spot.height = within(spot.height + y, LEAST, 100 - spot.top);
      } else {
        spot.left = within(spot.left + x, 0, 100 - spot.width);
        spot.top = within(spot.top + y, 0, 100 - spot.height);
      }
      this.put(at, spot);
    } else return;
    event.preventDefault();
  }
}

function spotOf(fields) {
  const spot = Object.fromEntries(SIDES.map((side) => [side, fields[side].value === "" ? NaN : Number(fields[side].value)]));
  return Object.values(spot).every(Number.isFinite) ? spot : null;
}

function within(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

customElements.define("photo-cover", PhotoCover);
