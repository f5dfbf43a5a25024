"use strict";

// The drawing of the timeline: layout of the lanes, and everything between two positions of the axis.

const PHASES_HEIGHT = 26;
const AXIS_HEIGHT = 22;
const LANE_GAP = 10;
const NARROW = 640;

function rowHeight(lane) {
  switch (lane.id) {
    case "environment":
      return lane.rows === 1 ? 24 : lane.rows <= 5 ? 18 : lane.rows <= 10 ? 15 : 9;
    case "connection":
      return lane.rows <= 6 ? 10 : 6;
    default:
      return 22;
  }
}

/** Where everything is, for a width: {gutter, lanes: [{lane, top, row, height}], height}. */
function layoutOf(lanes, width) {
  const narrow = width < NARROW;
  const gutter = narrow ? 0 : 124;
  let top = PHASES_HEIGHT + AXIS_HEIGHT + (narrow ? 0 : 6);
  const placed = lanes.map((lane) => {
    const title = narrow ? 17 : 0;
    const row = rowHeight(lane);
    const place = { lane, title: top, top: top + title, row, height: row * lane.rows };
    top = place.top + place.height + LANE_GAP;
    return place;
  });
  return { width, gutter, narrow, lanes: placed, height: top };
}

class Plot {
  constructor(model) {
    this.model = model;
  }

  /** Draws positions [from, to] of the axis; frame: {context, scale, layout, colours, axis, from, to, selected, cursor}. */
  draw(frame) {
    this.frame = frame;
    const { context, scale, layout, colours } = frame;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = colours.paper;
    context.fillRect(0, 0, layout.width, layout.height);
    this.pen = new Pen(context, scale, colours);
    this.#clipped(0, layout.height, () => {
      this.#folds();
      this.#phases();
      this.#axis();
    });
    for (const place of layout.lanes) {
      this.#title(place);
      this.#clipped(place.title, place.top + place.height + LANE_GAP, () => this.#lane(place));
    }
    this.#cursor();
  }

  x(position) {
    const { layout, from, to } = this.frame;
    return layout.gutter + ((position - from) / (to - from)) * (layout.width - layout.gutter);
  }

  xOf(time) {
    return this.x(this.frame.axis.position(time));
  }

  #clipped(top, bottom, draw) {
    const { context, layout } = this.frame;
    context.save();
    context.beginPath();
    context.rect(layout.gutter, top, layout.width - layout.gutter, bottom - top);
    context.clip();
    draw();
    context.restore();
  }

  #line(x0, y0, x1, y1, colour, width = 1) {
    const { context } = this.frame;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  }

  #folds() {
    const { layout, colours, axis, from, to } = this.frame;
    for (const fold of axis.foldsWithin(from, to)) {
      const x0 = this.x(fold.at);
      this.pen.rectangle(x0, PHASES_HEIGHT, this.x(fold.until) - x0, layout.height - PHASES_HEIGHT, colours.fold);
    }
  }

  #phases() {
    const { layout, colours } = this.frame;
    this.model.phases.forEach((phase, index) => {
      const x0 = Math.max(this.xOf(phase.startMs), layout.gutter - 2);
      const x1 = Math.min(this.xOf(phase.endMs), layout.width + 2);
      if (x1 < layout.gutter || x0 > layout.width) {
        return;
      }
      if (index % 2 === 0) {
        this.pen.rectangle(x0, 0, Math.max(1, x1 - x0), PHASES_HEIGHT, colours.band);
      }
      this.#line(x0 + 0.5, 0, x0 + 0.5, layout.height, colours.line);
      this.#phaseName(phase, (x0 + x1) / 2, x1 - x0);
    });
  }

  #phaseName(phase, middle, room) {
    const colour = phase.verdict === "fail" ? this.frame.colours.bad : this.frame.colours.text;
    const style = { align: "center", weight: 600, size: 12, colour, most: room - 8 };
    const words = [`${VERDICT_SIGNS[phase.verdict]} ${phase.number} ${phase.name}`, `${phase.number} ${phase.name}`];
    if (phase.verdict === "fail") {
      words.push("✗");
    }
    words.push(String(phase.number));
    words.some((text) => this.pen.text(text, middle, PHASES_HEIGHT / 2 + 1, style));
  }

  #axis() {
    const { layout, colours, axis, from, to } = this.frame;
    const y = PHASES_HEIGHT + AXIS_HEIGHT / 2;
    const taken = this.#foldLengths(y);
    const perPixel = (to - from) / (layout.width - layout.gutter);
    this.#line(layout.gutter, PHASES_HEIGHT + AXIS_HEIGHT, layout.width, PHASES_HEIGHT + AXIS_HEIGHT, colours.line);
    for (const tick of ticks(axis, from, to, perPixel * 72)) {
      const x = this.x(tick.at);
      const end = x + 6 + this.frame.context.measureText(tick.text).width;
      this.#line(x + 0.5, PHASES_HEIGHT + AXIS_HEIGHT - 6, x + 0.5, layout.height, colours.line, 0.5);
      if (!taken.some((one) => one.from < end && one.to > x) && end < layout.width) {
        this.pen.text(tick.text, x + 4, y, { colour: colours.soft });
      }
    }
  }

  /** Says in every fold how much time it folds, where there is room; returns where it was said. */
  #foldLengths(y) {
    const { colours, axis, from, to, layout } = this.frame;
    const taken = [];
    this.frame.context.font = `400 11px ${FONT}`;
    for (const fold of axis.foldsWithin(from, to)) {
      const x0 = Math.max(layout.gutter, this.x(fold.at));
      const x1 = Math.min(layout.width, this.x(fold.until));
      const text = `⋯ ${duration(fold.to - fold.from)} ⋯`;
      const width = this.frame.context.measureText(text).width;
      if (width + 8 < x1 - x0) {
        const middle = (x0 + x1) / 2;
        this.pen.text(text, middle, y, { align: "center", colour: colours.soft });
        taken.push({ from: middle - width / 2 - 6, to: middle + width / 2 + 6 });
      }
    }
    return taken;
  }

  #title(place) {
    const { layout, colours } = this.frame;
    const lane = place.lane;
    const many = lane.id === "environment" && lane.instances > 1 ? `${lane.instances} environments` : lane.title;
    const note = lane.depth ? `at most ${lane.depth.most} open` : lane.slots > 1 ? `${lane.slots} at once` : "";
    if (layout.narrow) {
      this.pen.text(note === "" ? many : `${many}, ${note}`, 2, place.title + 7, { colour: colours.soft, size: 11 });
      return;
    }
    const middle = lane.rows === 1 || note !== "" ? place.top + place.row / 2 : place.top + place.height / 2;
    this.pen.text(many, layout.gutter - 14, middle, { align: "right", size: 12 });
    if (note !== "") {
      this.pen.text(note, layout.gutter - 14, middle + 15, { align: "right", colour: colours.soft, size: 11 });
    }
  }

  #lane(place) {
    const { layout, colours, selected } = this.frame;
    const under = place.top + place.height + LANE_GAP / 2;
    this.#line(layout.gutter, under + 0.5, layout.width, under + 0.5, colours.line, 0.5);
    if (place.lane.depth) {
      this.#depth(place);
      return;
    }
    const bad = [];
    const last = new Array(place.lane.rows).fill(-Infinity);
    this.#visible(place, (event, box) => {
      if (event.bad) {
        bad.push([event, box]);
      } else if (box.x + box.width > last[event.row] + 0.7) {
        MARKS[event.kind](this.pen, box.x, box.y, box.width, box.height, event);
        last[event.row] = box.x + box.width;
      }
    });
    this.#failures(bad);
    if (place.lane.id === "server") {
      this.#serverNames(place);
    }
    if (selected?.lane === place.lane) {
      this.#ring(this.box(place, selected));
    }
  }

  /** Failures come last and on top, one sign for those that share their pixels. */
  #failures(bad) {
    for (const [event, box] of bad) {
      MARKS[event.kind](this.pen, box.x, box.y, box.width, box.height, event);
    }
    const last = new Map();
    for (const [event, box] of bad) {
      if (box.x > (last.get(box.row) ?? -Infinity) + 3) {
        markFailure(this.pen, event, box.x, box.y, box.width, box.height);
        last.set(box.row, box.x);
      }
    }
  }

  #serverNames(place) {
    const next = new Array(place.lane.rows).fill(this.frame.layout.width);
    const boxes = [];
    this.#visible(place, (event, box) => boxes.push([event, box]));
    for (const [event, box] of boxes.reverse()) {
      if (event.kind === "server") {
        this.pen.text(event.label, box.x + 11, box.y - 3, { most: next[event.row] - box.x - 14, size: 11 });
      }
      next[event.row] = box.x;
    }
  }

  #ring(box) {
    const { context, colours } = this.frame;
    context.strokeStyle = colours.text;
    context.lineWidth = 2;
    context.strokeRect(box.x - 6, box.y - box.height / 2 - 3, box.width + 12, box.height + 6);
  }

  /** Where an event is drawn. */
  box(place, event) {
    const { layout } = this.frame;
    const x0 = Math.max(this.x(event.from), layout.gutter - 50);
    const x1 = Math.min(this.x(event.to), layout.width + 50);
    const inner = place.row - (place.row > 12 ? 4 : 2);
    return { x: x0, width: Math.max(1, x1 - x0), y: place.top + (event.row + 0.5) * place.row, height: inner, row: event.row };
  }

  #visible(place, visit) {
    const { axis, from, to } = this.frame;
    const margin = (to - from) * 0.02;
    const until = axis.time(to + margin);
    const since = axis.time(from - margin);
    const { events, reach } = place.lane;
    for (let i = firstIndex(reach.length, (index) => reach[index] >= since); i < events.length && events[i].start <= until; i++) {
      if (events[i].to >= from - margin) {
        visit(events[i], this.box(place, events[i]));
      }
    }
  }

  /** The count of what is open, as an area. */
  #depth(place) {
    const { context, colours, layout } = this.frame;
    const { steps, most } = place.lane.depth;
    const bottom = place.top + place.height;
    const level = (count) => bottom - (count / Math.max(1, most)) * (place.height - 2);
    context.beginPath();
    context.moveTo(layout.gutter, bottom);
    let y = bottom;
    for (const step of steps) {
      const x = this.xOf(step.at);
      context.lineTo(x, y);
      y = level(step.count);
      context.lineTo(x, y);
    }
    context.lineTo(layout.width, y);
    context.lineTo(layout.width, bottom);
    context.closePath();
    context.fillStyle = colours.band;
    context.fill();
    context.strokeStyle = colours.connection;
    context.lineWidth = 1.5;
    context.stroke();
  }

  #cursor() {
    const { layout, colours, cursor } = this.frame;
    if (cursor !== null && cursor >= layout.gutter) {
      this.#line(cursor + 0.5, PHASES_HEIGHT, cursor + 0.5, layout.height, colours.soft, 0.75);
    }
  }

  /** The phase whose name is at x, y. */
  phaseAt(x, y) {
    if (y > PHASES_HEIGHT || x < this.frame.layout.gutter) {
      return undefined;
    }
    return this.model.phases.find((phase) => this.xOf(phase.startMs) <= x && x <= this.xOf(phase.endMs));
  }

  /** The event nearest to x, y, within a finger's or a mouse's reach. */
  eventAt(x, y, reach) {
    const place = this.frame.layout.lanes.find((one) => y >= one.top - 4 && y <= one.top + one.height + 4);
    if (place === undefined || x < this.frame.layout.gutter) {
      return undefined;
    }
    let best;
    let least = Infinity;
    this.#visible(place, (event, box) => {
      const across = Math.max(box.x - x, x - box.x - box.width, 0);
      const down = Math.max(0, Math.abs(y - box.y) - box.height / 2);
      // Of several under the cursor the shortest, which is drawn within the others.
      const distance = (across + down) * 1000 + Math.min(box.width, 900) - (event.bad ? 1 : 0);
      if (across <= reach && down <= reach && distance < least) {
        best = event;
        least = distance;
      }
    });
    return best;
  }
}
