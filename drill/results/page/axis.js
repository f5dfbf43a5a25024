"use strict";

// The time axis. A drill mostly waits: seconds of freeze around milliseconds of work. So a stretch in which nothing
// begins or ends can be folded: its length grows with the logarithm of its time, and everything else stays to scale.
// Positions on the axis are in ms of the parts to scale.

const FOLD_UNIT_MS = 40;
const FOLD_FROM_MS = 4 * FOLD_UNIT_MS;

/** The first index below length from which on reached is true, by binary search; length if there is none. */
function firstIndex(length, reached) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

class Axis {
  /** times: everything that begins or ends, ascending. */
  constructor(times, begin, end, folded) {
    this.folds = [];
    this.begin = begin;
    let shift = 0;
    let last = begin;
    for (const time of folded ? [...times, end] : []) {
      const gap = time - last;
      if (gap > FOLD_FROM_MS) {
        const length = FOLD_UNIT_MS * (1 + Math.log(gap / FOLD_UNIT_MS));
        this.folds.push({ from: last, to: time, at: last - shift, until: last - shift + length });
        shift += gap - length;
      }
      last = Math.max(last, time);
    }
    this.end = end - shift;
  }

  /** The last fold that begins at or before value, by its member key. */
  #fold(key, value) {
    return this.folds[firstIndex(this.folds.length, (index) => this.folds[index][key] > value) - 1];
  }

  position(time) {
    const fold = this.#fold("from", time);
    if (fold === undefined) {
      return time;
    }
    if (time >= fold.to) {
      return fold.until + (time - fold.to);
    }
    return fold.at + ((time - fold.from) / (fold.to - fold.from)) * (fold.until - fold.at);
  }

  time(position) {
    const fold = this.#fold("at", position);
    if (fold === undefined) {
      return position;
    }
    if (position >= fold.until) {
      return fold.to + (position - fold.until);
    }
    return fold.from + ((position - fold.at) / (fold.until - fold.at)) * (fold.to - fold.from);
  }

  /** Stretches to scale within [from, to] of positions, as positions. */
  straights(from, to) {
    const found = [];
    let at = Math.max(from, this.begin);
    for (const fold of this.folds) {
      if (fold.until < from) {
        continue;
      }
      if (fold.at > to) {
        break;
      }
      if (fold.at > at) {
        found.push({ from: at, to: fold.at });
      }
      at = fold.until;
    }
    if (at < to) {
      found.push({ from: at, to });
    }
    return found;
  }

  foldsWithin(from, to) {
    return this.folds.filter((fold) => fold.until > from && fold.at < to);
  }
}

/** The step of 1, 2 or 5 times a power of ten that is at least ms long. */
function niceStep(ms) {
  const power = 10 ** Math.floor(Math.log10(ms));
  const factor = [1, 2, 5, 10].find((step) => step * power >= ms * (1 - 1e-9));
  return factor * power;
}

/** Where the axis is marked within [from, to] of positions: {at, text, step}, at least apart ms from one another. */
function ticks(axis, from, to, apart) {
  const step = niceStep(apart);
  const marks = [];
  let free = -Infinity;
  const mark = (at, time, exact) => {
    if (at >= free) {
      marks.push({ at, text: moment(time, exact) });
      free = at + apart;
    }
  };
  for (const straight of axis.straights(from, to)) {
    const begin = axis.time(straight.from);
    const shift = straight.from - begin;
    const until = axis.time(straight.to - 1e-9);
    const first = Math.ceil(begin / step - 1e-9) * step;
    if (first > until && axis.folds.length > 0) {
      // Too short for a round time: it says where it begins.
      mark(straight.from, begin, step / 10);
    }
    for (let count = 0; first + count * step <= until; count++) {
      const time = first + count * step;
      mark(time + shift, time, step);
    }
  }
  return marks;
}
