"use strict";

// The timeline's view and selection, and the ways to change them.

const LEAST_VIEW_MS = 0.05;
const PRINT_WIDTH = 1000;
const PRINT_SCALE = 3;

class Timeline {
  constructor(model, { canvas, plot, detail, range, fold }) {
    this.model = model;
    this.canvas = canvas;
    this.surface = plot;
    this.detail = detail;
    this.range = range;
    this.plot = new Plot(model);
    this.context = canvas.getContext("2d", { alpha: false });
    this.dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.selected = null;
    this.hovered = null;
    this.cursor = null;
    this.pending = false;
    fold.checked = this.#worthFolding();
    this.refold(fold.checked);
    this.dark.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(plot);
    window.addEventListener("beforeprint", () => this.#print());
    window.addEventListener("afterprint", () => this.redrawNow());
  }

  /** Folding helps if most of the drill is waiting. */
  #worthFolding() {
    const { times, begin, end } = this.model;
    return new Axis(times, begin, end, true).end - begin < (end - begin) / 3;
  }

  refold(folded) {
    const times = this.axis === undefined ? null : this.times();
    const { begin, end } = this.model;
    this.axis = new Axis(this.model.times, begin, end, folded);
    for (const event of this.model.events) {
      event.from = this.axis.position(event.start);
      event.to = this.axis.position(event.end);
    }
    // Leaves some room beside the last event.
    const margin = (this.axis.end - this.axis.begin) * 0.004;
    this.whole = { from: this.axis.begin - margin, to: this.axis.end + margin };
    this.view = { ...this.whole };
    if (times !== null && !times.whole) {
      this.showTimes(times.from, times.to);
    }
    this.redraw();
  }

  /** What is in view, in ms of the drill. */
  times() {
    const whole = this.view.from <= this.whole.from && this.view.to >= this.whole.to;
    return { from: this.axis.time(this.view.from), to: this.axis.time(this.view.to), whole };
  }

  show(from, to) {
    const most = this.whole.to - this.whole.from;
    const width = Math.min(Math.max(to - from, LEAST_VIEW_MS), most);
    const middle = (from + to) / 2;
    const begin = Math.min(Math.max(middle - width / 2, this.whole.from), this.whole.to - width);
    this.view = { from: begin, to: begin + width };
    this.redraw();
  }

  /** Shows a stretch of the drill with a little around it. */
  showTimes(from, to, around = 0) {
    const begin = this.axis.position(from);
    const end = this.axis.position(to);
    const margin = Math.max((end - begin) * around, around === 0 ? 0 : 0.2);
    this.show(begin - margin, end + margin);
  }

  reset() {
    this.show(this.whole.from, this.whole.to);
  }

  /** factor below 1 shows less; the position at share of the width stays where it is. */
  zoom(factor, share = 0.5) {
    const width = this.view.to - this.view.from;
    const wanted = Math.max(width * factor, LEAST_VIEW_MS);
    const still = this.view.from + width * share;
    this.show(still - wanted * share, still + wanted * (1 - share));
  }

  /** Moves by a share of the width in view. */
  pan(share) {
    const by = (this.view.to - this.view.from) * share;
    this.show(this.view.from + by, this.view.to + by);
  }

  select(event) {
    this.selected = event ?? null;
    this.hovered = null;
    if (this.selected !== null && (event.to < this.view.from || event.from > this.view.to)) {
      const half = (this.view.to - this.view.from) / 2;
      this.show(event.from - half, event.from + half);
    }
    this.redraw();
  }

  /** Selects the event that many steps further in its lane. */
  step(steps) {
    const lane = this.selected?.lane ?? this.model.lanes[0];
    if (lane === undefined) {
      return;
    }
    const at = this.selected === null ? (steps > 0 ? -1 : lane.events.length) : lane.events.indexOf(this.selected);
    this.select(lane.events[Math.min(Math.max(at + steps, 0), lane.events.length - 1)]);
  }

  /** Selects the nearest event in time of a lane above or below. */
  stepLane(steps) {
    const lanes = this.model.lanes;
    const now = this.selected;
    if (now === null) {
      this.step(1);
      return;
    }
    const lane = lanes[Math.min(Math.max(lanes.indexOf(now.lane) + steps, 0), lanes.length - 1)];
    if (lane !== now.lane) {
      const apart = (event) => Math.abs(event.start - now.start);
      this.select(lane.events.reduce((best, event) => (apart(event) < apart(best) ? event : best)));
    }
  }

  stepToEnd(last) {
    const lane = this.selected?.lane ?? this.model.lanes[0];
    this.select(lane?.events.at(last ? -1 : 0));
  }

  showSelected() {
    if (this.selected !== null) {
      this.showTimes(this.selected.start, this.selected.end, 0.15);
    }
  }

  hover(x, y, reach) {
    this.cursor = x;
    this.hovered = (x === null ? null : this.plot.eventAt(x, y, reach)) ?? null;
    this.redraw();
  }

  redraw() {
    if (!this.pending) {
      this.pending = true;
      requestAnimationFrame(() => this.pending && this.redrawNow());
    }
  }

  redrawNow() {
    this.pending = false;
    this.#draw(this.surface.clientWidth, window.devicePixelRatio, PALETTES[this.dark.matches ? "dark" : "light"], this.view);
    this.#tellRange();
    describe(this.detail, this.hovered ?? this.selected, this.model);
    this.firstDrawnAt ??= performance.now();
  }

  #draw(width, scale, colours, view) {
    const layout = layoutOf(this.model.lanes, width);
    const pixels = [Math.round(width * scale), Math.round(layout.height * scale)];
    if (this.canvas.width !== pixels[0] || this.canvas.height !== pixels[1]) {
      [this.canvas.width, this.canvas.height] = pixels;
    }
    const { context, axis, selected, cursor } = this;
    this.plot.draw({ context, scale, layout, colours, axis, selected, cursor, ...view });
    if (colours !== this.colours || scale !== this.scale) {
      [this.colours, this.scale] = [colours, scale];
      drawLegend(colours, scale);
    }
  }

  /** Prints the whole drill, black on white and finer than on a screen, whatever is in view. */
  #print() {
    const { selected, cursor } = this;
    [this.selected, this.cursor] = [null, null];
    this.#draw(PRINT_WIDTH, PRINT_SCALE, PALETTES.print, this.whole);
    [this.selected, this.cursor] = [selected, cursor];
  }

  #tellRange() {
    const { from, to, whole } = this.times();
    const shown = Math.max(to - from, LEAST_VIEW_MS);
    const step = niceStep(shown / 1000);
    this.range.value = whole
      ? `whole drill, ${duration(this.model.end - this.model.begin)}`
      : `${moment(Math.max(0, from), step)} – ${moment(to, step)} (${duration(shown)})`;
    this.surface.dataset.fromMs = from;
    this.surface.dataset.toMs = to;
  }
}

/** The detail panel: describes the event under the cursor, or else the selected one. */
function describe(panel, event, model) {
  const key = event === null ? "" : String(model.events.indexOf(event));
  if (panel.dataset.event === key) {
    return;
  }
  panel.dataset.event = key;
  if (event === null) {
    panel.replaceChildren(byId("hints").content.cloneNode(true));
    return;
  }
  const kind = KINDS[event.kind];
  const lasted = event.end - event.start;
  const told = [
    ["at", moment(event.start, 0.1)],
    ["lasted", event.open ? "still open at the end of the drill" : lasted > 0 ? duration(lasted) : null],
    ["environment", event.instance === null ? null : String(event.instance)],
    ["lane", event.kind === "invocation" && event.lane.slots > 1 ? String(event.slot) : null],
    ["phase", phaseOf(event, model)],
  ].filter((fact) => fact[1] !== null);
  panel.replaceChildren(
    element(
      "p",
      {},
      event.bad ? element("span", { class: "verdict fail" }, "✗ ") : null,
      element("strong", {}, kind.word),
      event.label.toLowerCase() === kind.word.toLowerCase() ? null : ` ${event.label}`,
      badness(event),
    ),
    element("dl", {}, told.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    element("p", { class: "text" }, event.invocation?.reason ?? event.detail ?? ""),
  );
}

/** Awaited heartbeats count as bad even if they succeed, because a function must not use the streaming protocol. */
function badness(event) {
  if (!event.bad || event.kind === "server" || event.kind === "fault") {
    return null;
  }
  return event.kind === "heartbeat" && /\bawaited\b/.test(event.detail) ? " – awaited (streaming protocol)" : " – failed";
}

function phaseOf(event, model) {
  const phase = model.phases.find((one) => one.startMs <= event.start && event.start <= one.endMs);
  return phase === undefined ? null : `${phase.number} ${phase.name}`;
}
