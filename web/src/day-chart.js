// SPDX-License-Identifier: EUPL-1.2
// <figure class="day-chart" data-unit="°C" data-time-zone="Europe/Berlin"> holding a table: gets a drawing above it.
// <figure class="series-chart" data-span="week"> is drawn by series-chart.js: mean, lowest and highest over a longer time.
// The table stays where it is (in a <details>), so the drawing is hidden from screen readers.

export function enhanceCharts(root) {
  if (!root.querySelectorAll) return;
  const figures = [...root.querySelectorAll("figure:is(.day-chart, .series-chart):has(table):not([data-drawn])")];
  if (!figures.length) return;
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) start(target, watcher);
  }, { rootMargin: "300px" });
  for (const figure of figures) {
    figure.dataset.drawn = "soon";
    watcher.observe(figure);
  }
}

async function start(figure, watcher) {
  watcher.unobserve(figure);
  const { draw } = figure.matches(".series-chart") ? await import("./series-chart.js") : await import("./chart.js");
  draw(figure, columns(figure.querySelector("table")));
  figure.dataset.drawn = "yes";
}

/** First column: `<time datetime>`; the others: numbers, in `data-value` or written as the page's language writes them. */
function columns(table) {
  const labels = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const times = rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000);
  const series = labels.map((_, index) => rows.map((row) => number(row.cells[index + 1])));
  return { labels, times, series };
}

function number(cell) {
  const value = Number.parseFloat(cell?.dataset.value ?? plain(cell?.textContent ?? ""));
  return Number.isFinite(value) ? value : null; // a gap in the line, not a zero
}

/** "1.234,5" in German and "1,234.5" in English are both 1234.5. */
function plain(text) {
  const point = new Intl.NumberFormat(document.documentElement.lang || "de").format(1.5).charAt(1);
  return text.trim().replace("\u2212", "-").replaceAll(point === "," ? "." : ",", "").replace(point, ".");
}
