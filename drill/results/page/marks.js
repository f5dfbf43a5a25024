"use strict";

// How each kind of event is drawn. Shape and pattern distinguish them; colour repeats the distinction.

const PALETTES = {
  light: {
    page: "#fafaf9", paper: "#ffffff", band: "#f2f3f4", text: "#1b1f24", soft: "#5a626b", line: "#d5d9dd", fold: "#eceef0",
    init: "#0b5fa5", invocation: "#0b5fa5", onMark: "#ffffff", freeze: "#6b7580", heartbeat: "#8a3f78",
    command: "#00674f", connection: "#5a626b", server: "#1b1f24", fault: "#7d5200", bad: "#b33a00",
  },
  dark: {
    page: "#111417", paper: "#171b1f", band: "#1f2429", text: "#e7eaed", soft: "#a3abb3", line: "#363d44", fold: "#23292f",
    init: "#6fb4ec", invocation: "#6fb4ec", onMark: "#0d1114", freeze: "#8c96a0", heartbeat: "#df9cc8",
    command: "#52c6a3", connection: "#a3abb3", server: "#e7eaed", fault: "#e3b04b", bad: "#ff9161",
  },
  print: {
    page: "#ffffff", paper: "#ffffff", band: "#ffffff", text: "#000000", soft: "#000000", line: "#aaaaaa", fold: "#f0f0f0",
    init: "#000000", invocation: "#000000", onMark: "#ffffff", freeze: "#444444", heartbeat: "#000000",
    command: "#000000", connection: "#000000", server: "#000000", fault: "#000000", bad: "#000000",
  },
};

/** A pattern drawn on a tile of size px at the device's resolution. */
function tiled(context, size, scale, draw) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = Math.max(1, Math.round(size * scale));
  const brush = tile.getContext("2d");
  brush.scale(tile.width / size, tile.height / size);
  draw(brush, size);
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(size / tile.width));
  return pattern;
}

function lines(colour, width, ...segments) {
  return (brush) => {
    brush.strokeStyle = colour;
    brush.lineWidth = width;
    brush.beginPath();
    for (const [x0, y0, x1, y1] of segments) {
      brush.moveTo(x0, y0);
      brush.lineTo(x1, y1);
    }
    brush.stroke();
  };
}

/** A context with a palette and the patterns in its colours. */
class Pen {
  constructor(context, scale, colours) {
    this.context = context;
    this.colours = colours;
    this.hatch = tiled(context, 6, scale, lines(colours.init, 1.6, [-1, 7, 7, -1], [-4, 4, 4, -4], [2, 10, 10, 2]));
    this.bars = tiled(context, 5, scale, lines(colours.freeze, 1.2, [2.5, 0, 2.5, 5]));
    this.cross = tiled(context, 6, scale, lines(colours.fault, 1.1, [0, 0, 6, 6], [6, 0, 0, 6]));
  }

  rectangle(x, y, width, height, fill, outline) {
    const brush = this.context;
    brush.fillStyle = fill;
    brush.fillRect(x, y, width, height);
    if (outline !== undefined && width > 2) {
      brush.strokeStyle = outline;
      brush.lineWidth = 1;
      brush.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    }
  }

  polygon(points, fill, outline) {
    const brush = this.context;
    brush.beginPath();
    points.forEach(([x, y], index) => (index === 0 ? brush.moveTo(x, y) : brush.lineTo(x, y)));
    brush.closePath();
    if (fill !== undefined) {
      brush.fillStyle = fill;
      brush.fill();
    }
    if (outline !== undefined) {
      brush.strokeStyle = outline;
      brush.lineWidth = 1.4;
      brush.stroke();
    }
  }

  /** The failure mark, the same for all kinds. */
  saltire(x, y, size) {
    const brush = this.context;
    const stroke = (colour, width) => {
      brush.strokeStyle = colour;
      brush.lineWidth = width;
      brush.beginPath();
      brush.moveTo(x - size, y - size);
      brush.lineTo(x + size, y + size);
      brush.moveTo(x - size, y + size);
      brush.lineTo(x + size, y - size);
      brush.stroke();
    };
    brush.lineCap = "round";
    stroke(this.colours.paper, 5);
    stroke(this.colours.bad, 2.2);
    brush.lineCap = "butt";
  }

  text(text, x, y, { colour = this.colours.text, align = "left", size = 11, weight = 400, most } = {}) {
    const brush = this.context;
    brush.font = `${weight} ${size}px ${FONT}`;
    brush.textBaseline = "middle";
    brush.textAlign = align;
    brush.fillStyle = colour;
    if (most === undefined || brush.measureText(text).width <= most) {
      brush.fillText(text, x, y);
      return true;
    }
    return false;
  }

  /** As much of text as fits, if that is enough to be useful. */
  cut(text, x, y, most, colour) {
    const brush = this.context;
    brush.font = `400 11px ${FONT}`;
    const width = brush.measureText(text).width;
    const fits = width <= most ? text.length : Math.floor((text.length * (most - 10)) / width);
    if (fits === text.length) {
      this.text(text, x, y, { colour });
    } else if (fits >= 5) {
      this.text(`${text.slice(0, fits)}…`, x, y, { colour });
    }
  }
}

const FONT = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif';

/** Each: pen, x, y (middle), width and height of its row, the event. Widths below a pixel were made one. */
const MARKS = {
  init(pen, x, y, width, height) {
    pen.rectangle(x, y - height / 2, width, height, pen.colours.paper);
    pen.rectangle(x, y - height / 2, width, height, pen.hatch, pen.colours.init);
  },
  invocation(pen, x, y, width, height, event) {
    pen.rectangle(x, y - height / 2, width, height, event.bad ? pen.colours.bad : pen.colours.invocation);
    if (height >= 14) {
      const before = event.bad ? 19 : 5;
      pen.cut(event.label, x + before, y, width - before - 3, pen.colours.onMark);
    }
  },
  freeze(pen, x, y, width, height, event) {
    const inner = Math.max(2, height - 4);
    pen.rectangle(x, y - inner / 2, width, inner, pen.colours.paper);
    pen.rectangle(x, y - inner / 2, width, inner, pen.bars, pen.colours.freeze);
    if (height >= 14 && width > 60) {
      const words = `frozen ${duration(event.end - event.start)}`;
      pen.context.font = `400 11px ${FONT}`;
      const long = pen.context.measureText(words).width;
      if (long + 16 < width) {
        pen.rectangle(x + width / 2 - long / 2 - 4, y - inner / 2 + 1, long + 8, inner - 2, pen.colours.paper);
        pen.text(words, x + width / 2, y, { align: "center", colour: pen.colours.text });
      }
    }
  },
  heartbeat(pen, x, y, width) {
    if (width > 7) {
      pen.rectangle(x, y - 1.5, width, 3, pen.colours.heartbeat);
    }
    pen.polygon([[x, y - 5.5], [x + 4.5, y], [x, y + 5.5], [x - 4.5, y]], pen.colours.heartbeat);
  },
  command(pen, x, y, width, height, event) {
    const long = Math.max(2, width);
    pen.rectangle(x, y - height / 2, long, height, pen.colours.paper);
    pen.rectangle(x + 0.5, y - height / 2, long, height, pen.colours.paper, pen.colours.command);
    pen.rectangle(x, y - height / 2, Math.min(3, long), height, pen.colours.command);
    const before = event.bad ? 19 : 7;
    pen.cut(event.label, x + before, y, width - before - 3, pen.colours.text);
  },
  connection(pen, x, y, width, height, event) {
    const brush = pen.context;
    pen.rectangle(x, y - 0.75, width, 1.5, pen.colours.connection);
    brush.fillStyle = pen.colours.connection;
    brush.beginPath();
    brush.arc(x, y, Math.min(2.8, height / 2), 0, 2 * Math.PI);
    brush.fill();
    if (!event.open) {
      pen.rectangle(x + width - 1, y - Math.min(4, height / 2), 1.5, Math.min(8, height), pen.colours.connection);
    }
  },
  server(pen, x, y, width, height) {
    if (width > 3) {
      pen.rectangle(x, y + height / 2 - 3, width, 3, pen.colours.server);
    }
    pen.rectangle(x - 0.75, y - height / 2, 1.5, height, pen.colours.server);
    pen.polygon([[x, y - height / 2], [x + 8, y - height / 2 + 4], [x, y - height / 2 + 8]], pen.colours.server);
  },
  fault(pen, x, y, width, height) {
    const long = Math.max(4, width);
    pen.rectangle(x, y - height / 2 + 2, long, height - 4, pen.colours.paper);
    pen.rectangle(x, y - height / 2 + 2, long, height - 4, pen.cross, pen.colours.fault);
  },
};

/** Where the failure mark goes: at the beginning, inside a mark that has room for it. */
function markFailure(pen, event, x, y, width, height) {
  if (height < 7) {
    return;
  }
  const inside = ["invocation", "command"].includes(event.kind) && width > 16;
  pen.saltire(inside ? x + 10 : x, event.kind === "server" ? y + height / 2 - 3 : y, 3.6);
}
