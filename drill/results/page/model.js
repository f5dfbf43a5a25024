"use strict";

// The drill's data (docs/drill.schema.json) as the timeline needs it: events in lanes.

const KINDS = {
  init: { word: "Init", about: "from exec until it first asks for an event" },
  invocation: { word: "Invocation", about: "from the event to the answer" },
  freeze: { word: "Freeze", about: "all processes of the function suspended" },
  heartbeat: { word: "Heartbeat", about: "a hello of the driver's monitor" },
  command: { word: "Command", about: "sent by the driver" },
  connection: { word: "Connection", about: "open at the server" },
  server: { word: "Server event", about: "failover, member killed or started" },
  fault: { word: "Fault", about: "set at the emulated replica set" },
};

const LANES = [
  { id: "environment", title: "Environment", kinds: ["freeze", "init", "invocation"] },
  { id: "heartbeat", title: "Heartbeats", kinds: ["heartbeat"] },
  { id: "command", title: "Commands", kinds: ["command"] },
  { id: "connection", title: "Connections", kinds: ["connection"] },
  { id: "server", title: "Server events", kinds: ["server", "fault"] },
];

const byStart = (one, other) => one.start - other.start || other.end - one.end;

function eventOf(entry, end) {
  const open = entry.endMs === null;
  return {
    kind: entry.kind,
    instance: entry.instance,
    slot: entry.lane ?? 0,
    bad: entry.bad,
    start: entry.startMs,
    end: open ? Math.max(end, entry.startMs) : entry.endMs,
    open,
    label: entry.label,
    detail: entry.detail,
  };
}

/** Gives events of that kind their invocation; returns the events by invocation. */
function joinInvocations(events, invocations) {
  const key = (instance, slot, ms) => `${instance}/${slot}/${Math.round(ms)}`;
  const found = new Map();
  for (const one of invocations) {
    for (const shift of [0, -1, 1]) {
      const at = key(one.instance, one.lane ?? 0, one.atMs + shift);
      if (!found.has(at) || shift === 0) {
        found.set(at, one);
      }
    }
  }
  const eventsByInvocation = new Map();
  for (const event of events) {
    const one = event.kind === "invocation" ? found.get(key(event.instance, event.slot, event.start)) : undefined;
    if (one !== undefined && !eventsByInvocation.has(one)) {
      event.invocation = one;
      eventsByInvocation.set(one, event);
    }
  }
  return eventsByInvocation;
}

/** Rows so that no two events of a row overlap, or null when it would take more than most. */
function packed(events, most) {
  const rows = [];
  for (const event of events) {
    const row = rows.findIndex((end) => end < event.start);
    event.row = row < 0 ? rows.length : row;
    rows[event.row] = event.end;
    if (rows.length > most) {
      return null;
    }
  }
  return rows.length;
}

/** How many events are open over time: moments ascending, and the count from each on. */
function depth(events) {
  const changes = events.flatMap((event) => [
    [event.start, 1],
    ...(event.open ? [] : [[event.end, -1]]),
  ]);
  changes.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  const steps = [];
  let count = 0;
  let most = 0;
  for (const [at, change] of changes) {
    count += change;
    most = Math.max(most, count);
    if (steps.length > 0 && steps.at(-1).at === at) {
      steps.at(-1).count = count;
    } else {
      steps.push({ at, count });
    }
  }
  return { steps, most };
}

/** A row for each environment, and for each invocation that is open at once in it; one that has ended makes room for the next. */
function arrangeEnvironments(lane) {
  const lives = new Map();
  for (const event of lane.events) {
    const number = event.instance ?? -1;
    const life = lives.get(number) ?? { start: event.start, end: event.end, slots: 1 };
    const slots = Math.max(life.slots, event.slot + 1);
    lives.set(number, { start: life.start, end: Math.max(life.end, event.end), slots });
  }
  const key = (number, slot) => `${number}/${slot}`;
  const slotsOf = ([number, life]) => Array.from({ length: life.slots }, (_, slot) => ({ ...life, key: key(number, slot) }));
  const inOrder = [...lives].flatMap(slotsOf).sort(byStart);
  const rows = packed(inOrder, Infinity);
  const rowOf = new Map(inOrder.map((life) => [life.key, life.row]));
  lane.instances = lives.size;
  lane.slots = Math.max(...[...lives.values()].map((life) => life.slots));
  lane.rows = Math.min(rows, INSTANCE_ROWS);
  for (const event of lane.events) {
    event.row = Math.floor((rowOf.get(key(event.instance ?? -1, event.slot)) * lane.rows) / rows);
  }
}

const INSTANCE_ROWS = 24;
const CONNECTION_ROWS = 14;

/** Gives every event of the lane its row; a lane of too many connections is shown as their count. */
function arrange(lane) {
  if (lane.id === "environment") {
    arrangeEnvironments(lane);
    return;
  }
  lane.rows = 1;
  if (lane.id === "connection") {
    const rows = packed(lane.events, CONNECTION_ROWS);
    lane.depth = rows === null ? depth(lane.events) : null;
    lane.rows = rows ?? CONNECTION_ROWS;
  } else if (lane.id === "server") {
    lane.rows = packed(lane.events, 3) ?? 3;
  }
  for (const event of lane.events) {
    event.row = Math.min(event.row ?? 0, lane.rows - 1);
  }
}

/** reach[i]: the latest end among the first i events, so that a search finds the first that reaches into view. */
function reachOf(events) {
  const reach = new Float64Array(events.length);
  let latest = -Infinity;
  events.forEach((event, index) => {
    latest = Math.max(latest, event.end);
    reach[index] = latest;
  });
  return reach;
}

function makeLanes(events) {
  const lanes = [];
  for (const lane of LANES) {
    const own = events.filter((event) => lane.kinds.includes(event.kind));
    if (own.length > 0) {
      const made = { ...lane, events: own };
      arrange(made);
      made.reach = reachOf(own);
      own.forEach((event) => (event.lane = made));
      lanes.push(made);
    }
  }
  return lanes;
}

function makeModel(data) {
  const most = (values, first) => values.reduce((one, other) => Math.max(one, other), first);
  const end = most(data.timeline.map((entry) => entry.endMs ?? entry.startMs), Math.max(1, data.durationMs ?? 0));
  const events = data.timeline.filter((entry) => entry.kind in KINDS).map((entry) => eventOf(entry, end)).sort(byStart);
  const eventsByInvocation = joinInvocations(events, data.invocations);
  const phases = data.phases.filter((phase) => known(phase.startMs) && known(phase.endMs));
  const times = events.flatMap((event) => (event.open ? [event.start] : [event.start, event.end]));
  times.push(...phases.flatMap((phase) => [phase.startMs, phase.endMs]));
  times.sort((one, other) => one - other);
  const begin = Math.min(0, times[0] ?? 0);
  return { events, eventsByInvocation, lanes: makeLanes(events), phases, times, begin, end };
}
