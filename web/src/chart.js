// SPDX-License-Identifier: EUPL-1.2
// Draws a day's values as lines, the usual course dashed behind them. Loaded by day-chart.js when a chart comes into view.

import uPlot from "uplot";

const HEIGHT = 260;

export function draw(figure, { labels, times, series }) {
  const place = document.createElement("div");
  place.className = "day-chart__drawing";
  place.ariaHidden = "true";
  figure.querySelector("details, table").before(place);
  const render = () => {
    plot?.destroy();
    plot = new uPlot(options(figure, place, labels), [times, ...series], place);
    // uPlot makes its legend's rows reachable by keyboard; what is hidden from readers must not be.
    place.querySelectorAll("[tabindex]").forEach((element) => element.removeAttribute("tabindex"));
  };
  let plot = null;
  render();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
}

function options(figure, place, labels) {
  const language = document.documentElement.lang || "de";
  const zone = figure.dataset.timeZone || "Europe/Berlin";
  const unit = figure.dataset.unit ? ` ${figure.dataset.unit}` : "";
  const colour = (name) => getComputedStyle(figure).getPropertyValue(name).trim();
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const text = colour("--kern-color-layout-text-muted");
  const axis = {
    stroke: text,
    font: `15px ${getComputedStyle(figure).fontFamily}`,
    grid: { stroke: colour("--kern-color-decorative-border-default"), width: 1 },
    ticks: { show: false },
  };
  const show = (_, value) => (value == null ? "" : decimal.format(value) + unit);
  return {
    width: place.clientWidth || figure.clientWidth, // an empty drawing takes no room yet
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: true } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => clock.format(tick * 1000)), space: 70 },
      { ...axis, values: (_, ticks) => ticks.map((tick) => decimal.format(tick) + unit), size: 20 + 9 * (unit.length + 4) },
    ],
    series: [
      { value: (_, seconds) => (seconds == null ? "" : clock.format(seconds * 1000)), label: figure.dataset.timeLabel || "" },
      ...labels.map((label, index) => ({ label, value: show, ...line(index, colour, text) })),
    ],
  };
}

function line(index, colour, muted) {
  if (index === 0) {
    const stroke = colour("--kern-color-action-default");
    return { stroke, width: 3, points: { show: false }, fill: `color-mix(in srgb, ${stroke} 12%, transparent)` };
  }
  return { stroke: muted, width: 2, dash: [6, 6], points: { show: false } };
}
