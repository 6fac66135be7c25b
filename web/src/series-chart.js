// SPDX-License-Identifier: EUPL-1.2
// Draws the course of a day, week, month or year: the mean as a line, and the band between the lowest and the highest.
// Loaded by day-chart.js when a chart comes into view.

import uPlot from "uplot";

const HEIGHT = 260;
const AXES = {
  day: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  week: { weekday: "short", day: "numeric" },
  month: { day: "numeric", month: "numeric" },
  year: { month: "short" },
};
const MOMENTS = {
  day: AXES.day,
  week: { weekday: "short", ...AXES.day },
  month: { day: "numeric", month: "short" },
  year: { day: "numeric", month: "short" },
};

export function draw(figure, { labels, times, series }) {
  const place = document.createElement("div");
  place.className = "day-chart__drawing";
  place.ariaHidden = "true";
  figure.querySelector("details, table").before(place);
  let plot = null;
  const render = () => {
    plot?.destroy();
    plot = new uPlot(options(figure, place, labels), [times, ...series], place);
    // uPlot makes its legend's rows reachable by keyboard; what is hidden from readers must not be.
    place.querySelectorAll("[tabindex]").forEach((element) => element.removeAttribute("tabindex"));
  };
  render();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
}

function options(figure, place, labels) {
  const language = document.documentElement.lang || "de";
  const { timeZone = "Europe/Berlin", span = "day", unit: symbol = "", timeLabel = "" } = figure.dataset;
  const unit = symbol && ` ${symbol}`;
  const colour = (name) => getComputedStyle(figure).getPropertyValue(name).trim();
  const [onAxis, moment] = [AXES, MOMENTS].map((kind) => new Intl.DateTimeFormat(language, { ...(kind[span] ?? kind.day), timeZone }));
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const axis = {
    stroke: colour("--kern-color-layout-text-muted"),
    font: `15px ${getComputedStyle(figure).fontFamily}`,
    grid: { stroke: colour("--kern-color-decorative-border-default"), width: 1 },
    ticks: { show: false },
  };
  const show = (_, value) => (value == null ? "" : decimal.format(value) + unit);
  const line = colour("--kern-color-action-default");
  const band = `color-mix(in srgb, ${line} 18%, transparent)`;
  return {
    width: place.clientWidth || figure.clientWidth, // an empty drawing takes no room yet
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: true } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => onAxis.format(tick * 1000)), space: 75 },
      { ...axis, values: (_, ticks) => ticks.map((tick) => decimal.format(tick) + unit), size: 20 + 9 * (unit.length + 4) },
    ],
    series: [
      { value: (_, seconds) => (seconds == null ? "" : moment.format(seconds * 1000)), label: timeLabel },
      { label: labels[0], value: show, stroke: line, width: 3, points: { show: false } },
      ...labels.slice(1).map((label) => ({ label, value: show, stroke: band, width: 1, points: { show: false } })),
    ],
    bands: labels.length > 2 ? [{ series: [3, 2], fill: band }] : [],
  };
}
