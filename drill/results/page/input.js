"use strict";

// Wheel, pointers and keys of the timeline.

const MOUSE_REACH = 7;
const FINGER_REACH = 16;
const DRAG_FROM = 4;
const SCROLL_PAUSE_MS = 350;

/** A page that is being scrolled keeps scrolling when the timeline comes under the cursor. */
function listenToWheel(timeline, surface) {
  let scrolled = -Infinity;
  document.addEventListener("scroll", () => (scrolled = performance.now()), { passive: true });
  surface.addEventListener(
    "wheel",
    (event) => {
      const out = event.deltaY > 0;
      const scrolling = performance.now() - scrolled < SCROLL_PAUSE_MS;
      if (!event.ctrlKey && (scrolling || (out && timeline.times().whole && event.deltaX === 0))) {
        return;
      }
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
        timeline.pan((event.deltaX || event.deltaY) / surface.clientWidth);
      } else {
        const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : event.ctrlKey ? 4 : 1;
        const step = Math.min(Math.max(event.deltaY * unit, -200), 200);
        timeline.zoom(2 ** (step / 200), shareAt(timeline, event));
      }
    },
    { passive: false },
  );
}

function pointAt(timeline, event) {
  const bounds = timeline.canvas.getBoundingClientRect();
  return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
}

/** Where in the width of the axis, from 0 to 1. */
function shareAt(timeline, event) {
  const { gutter, width } = timeline.plot.frame.layout;
  return Math.min(Math.max((pointAt(timeline, event).x - gutter) / (width - gutter), 0), 1);
}

class Pointers {
  constructor(timeline, surface) {
    this.timeline = timeline;
    this.surface = surface;
    this.down = new Map();
    this.moved = false;
    surface.addEventListener("pointerdown", (event) => this.#press(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", (event) => this.#release(event, true));
    surface.addEventListener("pointercancel", (event) => this.#release(event, false));
    surface.addEventListener("pointerleave", () => timeline.hover(null));
    surface.addEventListener("dblclick", (event) => timeline.zoom(0.25, shareAt(timeline, event)));
  }

  #press(event) {
    if (event.button !== 0) {
      return;
    }
    if (this.down.size === 0) {
      this.moved = false;
    }
    this.surface.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, { start: event.clientX, x: event.clientX });
  }

  #move(event) {
    const held = this.down.get(event.pointerId);
    if (held === undefined) {
      const { x, y } = pointAt(this.timeline, event);
      this.timeline.hover(x, y, MOUSE_REACH);
      this.surface.classList.toggle("over-phase", this.timeline.plot.phaseAt(x, y) !== undefined);
      return;
    }
    const before = held.x;
    const others = [...this.down].filter(([id]) => id !== event.pointerId);
    held.x = event.clientX;
    this.moved ||= Math.abs(held.x - held.start) > DRAG_FROM;
    if (others.length > 0) {
      this.#pinch(before, held.x, others[0][1].x);
    } else if (this.moved) {
      this.surface.classList.add("dragging");
      this.timeline.pan((before - held.x) / this.#width());
    }
  }

  #width() {
    const { gutter, width } = this.timeline.plot.frame.layout;
    return width - gutter;
  }

  #pinch(before, now, other) {
    const apart = Math.max(Math.abs(now - other), 10);
    this.timeline.zoom(Math.max(Math.abs(before - other), 10) / apart, shareAt(this.timeline, { clientX: (now + other) / 2, clientY: 0 }));
    this.timeline.pan((before - now) / 2 / this.#width());
    this.moved = true;
  }

  #release(event, done) {
    if (this.down.delete(event.pointerId) && done && !this.moved) {
      const { x, y } = pointAt(this.timeline, event);
      const phase = this.timeline.plot.phaseAt(x, y);
      if (phase !== undefined) {
        this.timeline.showTimes(phase.startMs, phase.endMs, 0.03);
      } else {
        this.timeline.select(this.timeline.plot.eventAt(x, y, event.pointerType === "touch" ? FINGER_REACH : MOUSE_REACH));
      }
    }
    if (this.down.size === 0) {
      this.surface.classList.remove("dragging");
    }
  }
}

function listenToKeys(timeline, surface) {
  const keys = {
    "+": () => timeline.zoom(0.5),
    "=": () => timeline.zoom(0.5),
    "-": () => timeline.zoom(2),
    0: () => timeline.reset(),
    Escape: () => timeline.select(null),
    Enter: () => timeline.showSelected(),
    Home: () => timeline.stepToEnd(false),
    End: () => timeline.stepToEnd(true),
    ArrowLeft: (event) => (event.shiftKey ? timeline.pan(-0.25) : timeline.step(-1)),
    ArrowRight: (event) => (event.shiftKey ? timeline.pan(0.25) : timeline.step(1)),
    ArrowUp: () => timeline.stepLane(-1),
    ArrowDown: () => timeline.stepLane(1),
  };
  surface.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (act !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      act(event);
    }
  });
}
