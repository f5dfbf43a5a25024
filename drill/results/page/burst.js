"use strict";

// What a burst of cold starts costs the server: one small chart for each quantity, all on the same time axis.

const CHART = { most: 720, height: 96, left: 54, right: 84, top: 10, bottom: 20 };

/** Redrawn for another width, so that its text keeps its size. */
function renderBurst(data) {
  const draw = () => drawBurst(data, Math.min(CHART.most, byId("burst").parentElement.clientWidth));
  draw();
  window.addEventListener("resize", draw);
}

function drawBurst(data, width) {
  const samples = data.samples.filter((sample) => known(sample.atMs));
  const series = [
    { title: "Connections open at the server", value: (one) => one.connections, unit: "", stepped: true },
    { title: "Memory of the server", value: (one) => one.serverMb ?? -1, unit: "MB", stepped: false },
    { title: "Environments with an open invocation", value: (one) => one.running, unit: "", stepped: true },
  ];
  const shown = series.filter((one) => samples.some((sample) => known(one.value(sample))));
  fillSection("burst", samples.length > 1, () => [
    element("p", { class: "note" }, burstInWords(samples)),
    element("div", { class: "charts" }, shown.map((one) => chart(samples, width, one))),
  ]);
}

function burstInWords(samples) {
  const most = (value) => samples.reduce((best, sample) => Math.max(best, value(sample) ?? 0), 0);
  const memory = samples.map((sample) => sample.serverMb).filter(known);
  const grown = memory.length > 1 ? ` Its memory went from ${memory[0].toFixed(1)} to ${Math.max(...memory).toFixed(1)}${NBSP}MB.` : "";
  return `At most ${plural(most((one) => one.running), "execution environment")} at once and ${plural(most((one) => one.connections), "connection")} open at the server.${grown}`;
}

/** A round number at or above value. */
function ceiling(value) {
  return value <= 0 ? 1 : [1, 1.5, 2, 3, 5, 7.5, 10].map((step) => step * 10 ** Math.floor(Math.log10(value))).find((top) => top >= value);
}

/** The range of values: from 0, or around the values if they hardly change. */
function rangeOf(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (least > most * 0.6 && most > least) {
    const step = niceStep((most - least) / 2);
    return [Math.floor(least / step) * step, Math.ceil(most / step) * step];
  }
  return [0, ceiling(most)];
}

function chart(samples, width, { title, value, unit, stepped }) {
  const points = samples.map((sample) => ({ at: sample.atMs, value: value(sample) })).filter((point) => known(point.value));
  const values = points.map((point) => point.value);
  const [bottom, top] = rangeOf(values);
  const [from, to] = [samples[0].atMs, samples.at(-1).atMs];
  const x = (at) => CHART.left + ((at - from) / Math.max(to - from, 1e-6)) * (width - CHART.left - CHART.right);
  const y = (at) => CHART.height - CHART.bottom - ((at - bottom) / (top - bottom)) * (CHART.height - CHART.top - CHART.bottom);
  const said = (number) => `${Number(number.toFixed(1))}${unit === "" ? "" : NBSP + unit}`;
  const peak = points.reduce((best, point) => (point.value > best.value ? point : best));
  const label = `${title}, from ${said(values[0])} to at most ${said(peak.value)}`;
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${CHART.height}`, role: "img", "aria-label": label });
  for (const level of [bottom, top]) {
    drawn.append(
      svg("line", { class: "grid", x1: CHART.left, x2: width - CHART.right, y1: y(level), y2: y(level) }),
      svg("text", { class: "soft", x: CHART.left - 8, y: y(level) + 4, "text-anchor": "end" }, said(level)),
    );
  }
  const path = points.map((point, index) => pathStep(points, index, x, y, stepped)).join("");
  drawn.append(
    svg("path", { class: "series", d: path }),
    svg("circle", { class: "peak", cx: x(peak.at), cy: y(peak.value), r: 3 }),
    svg("text", { x: width - CHART.right + 8, y: y(values.at(-1)) + 4 }, `${said(values.at(-1))} last`),
    svg("text", { class: "soft", x: CHART.left, y: CHART.height - 5 }, moment(from, 10)),
    svg("text", { class: "soft", x: width - CHART.right, y: CHART.height - 5, "text-anchor": "end" }, moment(to, 10)),
  );
  return element("figure", {}, element("figcaption", {}, title, element("span", { class: "soft" }, ` at most ${said(peak.value)}`)), drawn);
}

function pathStep(points, index, x, y, stepped) {
  const { at, value } = points[index];
  if (index === 0) {
    return `M${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  }
  return stepped ? `H${x(at).toFixed(1)}V${y(value).toFixed(1)}` : `L${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
}
