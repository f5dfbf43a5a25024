"use strict";

// What each phase did: all phases, then dropped and coldstart by setting.

// ---- Phases ----

const MANY_PHASES = 12;

function phaseColumns(rounds, show) {
  return [
    { title: "#", number: true, cell: (phase) => String(phase.number) },
    {
      title: "Phase",
      cell: (phase) => [
        known(phase.startMs) ? element("button", { type: "button", class: "link", click: () => show(phase) }, phase.name) : phase.name,
        rounds > 1 ? element("span", { class: "soft" }, ` round ${phase.round}`) : null,
        under(phase.title),
      ],
    },
    { title: "Verdict", cell: (phase) => [verdict(phase.verdict), under(phase.reason, "under reason")] },
    { title: "Freeze", number: true, cell: (phase) => duration(phase.frozenMs) },
    { title: "CPU while frozen", number: true, cell: (phase) => duration(phase.frozenCpuMs) },
    { title: "Time to recover", number: true, cell: (phase) => duration(phase.recoverMs) },
    { title: "What the driver did", cell: (phase) => phase.driverDid },
    { title: "Advice", cell: (phase) => phase.advice },
  ];
}

function renderPhases(data, show) {
  const phases = data.phases;
  const rounds = Math.max(0, ...phases.map((phase) => phase.round));
  const columns = phaseColumns(rounds, show).filter((column) => column.title !== "Advice" || phases.some((phase) => phase.advice !== null));
  const shown = (some) => table(columns, some, { class: "cards phases" });
  if (rounds <= 1 || phases.length <= MANY_PHASES) {
    fillSection("phases", phases.length > 0, () => [shown(phases)]);
    return;
  }
  const failed = phases.filter((phase) => phase.verdict === "fail");
  fillSection("phases", true, () => [
    roundsTable(phases),
    ...(failed.length === 0 ? [] : [element("h3", {}, "Failed phases"), shown(failed)]),
    folded(`All ${plural(phases.length, "phase")}`, shown(phases)),
  ]);
}

/** With many rounds: each phase once, over its rounds. */
function roundsTable(phases) {
  const names = [...new Set(phases.map((phase) => phase.name))];
  const rows = names.map((name) => {
    const own = phases.filter((phase) => phase.name === name);
    const count = (which) => own.filter((phase) => phase.verdict === which).length;
    const recover = own.map((phase) => phase.recoverMs).filter(known).sort((one, other) => one - other);
    return { name, title: own[0].title, own, pass: count("pass"), fail: count("fail"), known: count("known"), skipped: count("skipped"), recover };
  });
  const columns = [
    { title: "Phase", cell: (row) => [row.name, under(row.title)] },
    { title: "Rounds", number: true, cell: (row) => String(row.own.length) },
    { title: "Passed", number: true, cell: (row) => String(row.pass) },
    { title: "Failed", number: true, cell: (row) => (row.fail === 0 ? "0" : element("span", { class: "verdict fail" }, `✗ ${row.fail}`)) },
    { title: "Known failures", number: true, cell: (row) => String(row.known) },
    { title: "Skipped", number: true, cell: (row) => String(row.skipped) },
    { title: "Median time to recover", number: true, cell: (row) => duration(row.recover[row.recover.length >> 1]) },
    { title: "Longest", number: true, cell: (row) => duration(row.recover.at(-1)) },
  ];
  const shown = columns.filter((column) => column.title !== "Known failures" || rows.some((row) => row.known > 0));
  return table(shown, rows, { class: "cards rounds" });
}

/** A button for each phase above the timeline, or one list when they are too many. */
function renderPhaseKeys(phases, show) {
  const title = (phase) => `${phase.number} ${phase.name}${phase.round > 1 ? `, round ${phase.round}` : ""}`;
  if (phases.length <= 14) {
    const keys = phases.map((phase) => {
      const sign = element("span", { class: `sign ${phase.verdict}`, "aria-hidden": "true" }, VERDICT_SIGNS[phase.verdict]);
      const label = `Zoom to phase ${title(phase)}: ${VERDICT_WORDS[phase.verdict]}`;
      return element("button", { type: "button", title: phase.title, "aria-label": label, click: () => show(phase) }, sign, ` ${title(phase)}`);
    });
    byId("phase-keys").replaceChildren(...keys);
    return;
  }
  const options = phases.map((phase, index) => element("option", { value: index }, `${VERDICT_SIGNS[phase.verdict]} ${title(phase)}`));
  const select = element(
    "select",
    { "aria-label": "Zoom to a phase", change: (event) => show(phases[Number(event.target.value)]) },
    element("option", { value: "", disabled: true, selected: true }, "Zoom to a phase…"),
    options,
  );
  byId("phase-keys").replaceChildren(select);
}

// ---- Dropped connections ----

/** Only after the freeze: the cold ones before it only open the connections. */
const afterDrop = (data) => data.invocations.filter((one) => data.phases[one.phase]?.name === "dropped" && !one.cold);

const saved = (name, reason) => [verdict(name, { pass: "recovered", fail: "failed" }[name]), under(reason, "under reason")];

function renderDropped(data, show) {
  const own = afterDrop(data);
  const settings = new Set(own.map((one) => one.name));
  fillSection("dropped", own.length > 0, () => [
    element("p", { class: "note" }, `${runsOn(data) ? "Between invocations" : "While the function is frozen"} its idle connections are dropped silently, as by a NAT gateway. One row for each URI setting tried.`),
    own.length === settings.size ? droppedTable(own, show) : droppedRounds(own, [...settings]),
  ]);
}

function droppedTable(own, show) {
  return table([
    { title: "Setting", cell: (one) => nameButton(one, show) },
    { title: "Invocation", cell: (one) => saved(one.verdict, one.reason) },
    { title: "Outcome", cell: (one) => one.outcome },
    { title: "Thaw to answer", number: true, cell: (one) => duration(one.thawToAnswerMs) },
    { title: "Duration", number: true, cell: (one) => duration(one.durationMs) },
    { title: "Commands retried", number: true, cell: (one) => count(one, "commandsRetried") },
    { title: "New connections", number: true, cell: (one) => count(one, "connectionsCreated") },
  ], own, { class: "cards" });
}

/** With rounds: each setting once. */
function droppedRounds(own, settings) {
  const rows = settings.map((name) => {
    const tried = own.filter((one) => one.name === name);
    const failed = tried.filter((one) => one.verdict === "fail");
    const answers = tried.map((one) => one.thawToAnswerMs ?? one.durationMs).filter(known).sort((one, other) => one - other);
    return { name, tried, failed, answers };
  });
  return table([
    { title: "Setting", cell: (row) => row.name },
    { title: "Invocation", cell: (row) => saved(row.failed.length > 0 ? "fail" : "pass", row.failed[0]?.reason ?? null) },
    { title: "Tried", number: true, cell: (row) => String(row.tried.length) },
    { title: "Failed", number: true, cell: (row) => String(row.failed.length) },
    { title: "Median thaw to answer", number: true, cell: (row) => duration(row.answers[row.answers.length >> 1]) },
    { title: "Longest", number: true, cell: (row) => duration(row.answers.at(-1)) },
  ], rows, { class: "cards" });
}

// ---- Cold starts ----

const COLD_PARTS = [
  ["process", "processMs"], ["DNS", "dnsMs"], ["discovery", "discoveryMs"], ["TCP", "tcpMs"], ["TLS", "tlsMs"], ["hello", "helloMs"],
  ["authentication", "authenticationMs"], ["first operation", "operationMs"], ["rest", "restMs"],
];

function renderColdStarts(data) {
  fillSection("coldstart", data.coldStarts.length > 0, () => [
    element("p", { class: "note" }, `The fastest cold start with each setting, at ${data.coldStarts[0].roundTripMs} ms a round trip.`),
    wide("Cold start breakdown", table([
      { title: "Setting", cell: (one) => [one.setting, under(one.reason, "under reason")] },
      ...COLD_PARTS.map(([title, name]) => ({ title, number: true, cell: (one) => duration(one[name]) })),
      { title: "Total", number: true, cell: (one) => duration(one.totalMs) },
      { title: "Round trips", number: true, cell: (one) => (one.times > 0 ? String(one.roundTrips) : "–") },
      { title: "Connections", number: true, cell: (one) => (one.times > 0 ? String(one.connections) : "–") },
      { title: "DNS lookups", number: true, cell: (one) => (one.times > 0 ? String(one.lookups) : "–") },
    ], data.coldStarts, { class: "cards" })),
  ]);
}
