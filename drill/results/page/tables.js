"use strict";

// Everything beside the timeline.

/** columns: [{title, number, cell(row)}]. Cells keep their title, for a screen too narrow for a table. */
function table(caption, columns, rows, attributes = {}) {
  const head = element("tr", {}, columns.map(headCell));
  const body = rows.map((row) => tableRow(columns, row));
  return element(
    "table",
    attributes,
    caption === null ? null : element("caption", {}, caption),
    element("thead", {}, head),
    element("tbody", {}, body),
  );
}

function headCell(column) {
  return element("th", { scope: "col", class: column.number ? "number" : null }, column.title);
}

function tableRow(columns, row) {
  const cells = columns.map((column, index) => {
    const name = index === 0 ? "th" : "td";
    const scope = index === 0 ? "row" : null;
    const content = column.cell(row);
    const empty = content === null || content === undefined || content === "" || content === "–";
    const kind = [column.number ? "number" : "", empty ? "empty" : ""].join(" ").trim();
    return element(name, { scope, class: kind || null, "data-title": column.title }, empty ? "–" : content);
  });
  return element("tr", {}, cells);
}

/** Fills a section below its heading; without content the section is not shown. */
function fillSection(section, ...content) {
  const heading = section.querySelector(":scope > h2");
  section.hidden = content.length === 0;
  section.replaceChildren(...(heading === null ? [] : [heading]), ...content);
}

// ---- Head: the verdict in words ----

/** Goes on after "Passed" or "Failed". */
function headline(data) {
  const failed = data.phases.filter((phase) => phase.verdict === "fail");
  const run = data.phases.filter((phase) => phase.verdict !== "skipped").length;
  if (run === 0) {
    return data.verdict === "pass" ? "without a phase" : "before the first phase";
  }
  if (failed.length > 0) {
    const names = listed([...new Set(failed.map((phase) => phase.name))]);
    return `in ${failed.length === run ? "all" : `${failed.length} of`} ${plural(run, "phase")}: ${names}`;
  }
  const expected = expectedFailures(data);
  if (data.verdict === "pass" && expected > 0) {
    return `except for ${plural(expected, "known failure")}`;
  }
  const all = run === 1 ? "its one phase" : `all ${run} phases`;
  const passed = data.phases.some((phase) => phase.verdict === "known") ? "no phase failed unexpectedly" : `${all} passed`;
  return data.verdict === "pass" ? `in ${all}` : `in the checks, although ${passed}`;
}

const expectedFailures = (data) => [...data.phases, ...data.checks].filter((one) => one.verdict === "known").length;

/** Failed invocations of phases that passed: dropped tries settings that don't help, too. */
function failedAsShown(data) {
  return data.invocations.filter((one) => one.verdict === "fail" && data.phases[one.phase]?.verdict === "pass");
}

function tallies(data) {
  const failed = data.invocations.filter((one) => one.verdict === "fail").length + (data.leftOut?.failed ?? 0);
  const shown = failedAsShown(data).length;
  const help = shown === 0 ? "" : `, ${shown === failed ? "" : `${shown} of them `}with settings that their phase shows do not help`;
  const skipped = data.phases.filter((phase) => phase.verdict === "skipped").length;
  const checks = data.checks.filter((check) => check.verdict === "fail");
  const expected = expectedFailures(data);
  const parts = [
    `${plural(data.invocations.length + (data.leftOut?.invocations ?? 0), "invocation")}, ${failed === 0 ? "none failed" : `${failed} failed`}${help}`,
    skipped > 0 ? `${plural(skipped, "phase")} skipped` : null,
    checks.length > 0 ? `${plural(checks.length, "check")} failed: ${listed(checks.map((check) => words(check.name)))}` : null,
    expected > 0 ? plural(expected, "known failure") : null,
  ];
  if (data.invocations.length === 0) {
    parts[0] = "No invocation";
  }
  return `${parts.filter((part) => part !== null).join("; ")}.`;
}

const words = (name) => name.replaceAll("_", " ");

const platforms = {
  lambda: "AWS Lambda",
  managed: "AWS Lambda Managed Instances",
  "cloud-run": "Google Cloud Run",
  azure: "Azure Functions",
  openfaas: "OpenFaaS",
  fn: "Fn",
  openwhisk: "Apache OpenWhisk",
};

const runsOn = (data) => ["managed", "azure", "openfaas"].includes(data.platform);

function platformOf(data) {
  return `${platforms[data.platform]}${data.concurrency > 1 ? `, ${data.concurrency} invocations at once` : ""}${runsOn(data) ? ", never frozen" : ""}`;
}

function facts(data) {
  const pairs = [
    ["Function", data.package],
    ...(data.platform !== "lambda" || data.concurrency > 1 ? [["Platform", platformOf(data)]] : []),
    ["Driver under test", [data.driver ?? "unknown", data.client === null ? null : `client ${data.client}`].filter(Boolean).join(", ")],
    ["Deployment", data.deployment],
    ["Run", `${data.startedAt.slice(0, 19).replace("T", " ")} UTC, ${duration(data.durationMs)}`],
  ];
  return element("dl", { class: "facts" }, pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

/** A page of all would take a browser minutes to open. */
function leftOut(data) {
  const parts = [
    [data.leftOut.invocations, "invocation"],
    [data.leftOut.reports, "report"],
    [data.leftOut.timeline, "event"],
  ].filter(([count]) => count > 0);
  const told = listed(parts.map(([count, word]) => plural(count, word)));
  return `This page leaves out ${told} from the middle of the drill; drill.json has them. All failures are here${data.leftOut.failed > 0 ? `, except for ${plural(data.leftOut.failed, "invocation")}` : ""}.`;
}

function renderSummary(data) {
  const emulated =
    "The failover is emulated: one server is shown as a replica set of three members. Replication lag, rollback and split brain are not modelled.";
  byId("summary").replaceChildren(
    element("p", { class: "kicker" }, `faas-drill ${data.drillVersion}`),
    element(
      "h1",
      { class: data.verdict },
      element("span", { class: "sign", "aria-hidden": "true" }, VERDICT_SIGNS[data.verdict]),
      element("span", { class: "word" }, data.verdict === "pass" ? "Passed" : "Failed"),
      element("span", { class: "headline" }, headline(data)),
    ),
    element("p", { class: "tallies" }, tallies(data)),
    facts(data),
    ...(data.emulated ? [element("p", { class: "notice" }, emulated)] : []),
    ...(data.leftOut ? [element("p", { class: "notice" }, leftOut(data))] : []),
  );
}

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
        element("span", { class: "under" }, phase.title),
      ],
    },
    { title: "Verdict", cell: (phase) => [verdict(phase.verdict), phase.reason === null ? null : element("span", { class: "under reason" }, phase.reason)] },
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
  if (rounds <= 1 || phases.length <= MANY_PHASES) {
    fillSection(byId("phases"), ...(phases.length === 0 ? [] : [table(null, columns, phases, { class: "cards phases" })]));
    return;
  }
  const failed = phases.filter((phase) => phase.verdict === "fail");
  fillSection(
    byId("phases"),
    roundsTable(phases),
    ...(failed.length === 0 ? [] : [element("h3", {}, "Failed phases"), table(null, columns, failed, { class: "cards phases" })]),
    element("details", {}, element("summary", {}, `All ${plural(phases.length, "phase")}`), table(null, columns, phases, { class: "cards phases" })),
  );
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
    { title: "Phase", cell: (row) => [row.name, element("span", { class: "under" }, row.title)] },
    { title: "Rounds", number: true, cell: (row) => String(row.own.length) },
    { title: "Passed", number: true, cell: (row) => String(row.pass) },
    { title: "Failed", number: true, cell: (row) => (row.fail === 0 ? "0" : element("span", { class: "verdict fail" }, `✗ ${row.fail}`)) },
    { title: "Known failures", number: true, cell: (row) => String(row.known) },
    { title: "Skipped", number: true, cell: (row) => String(row.skipped) },
    { title: "Median time to recover", number: true, cell: (row) => duration(row.recover[row.recover.length >> 1]) },
    { title: "Longest", number: true, cell: (row) => duration(row.recover.at(-1)) },
  ];
  const shown = columns.filter((column) => column.title !== "Known failures" || rows.some((row) => row.known > 0));
  return table(null, shown, rows, { class: "cards rounds" });
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

/** After the freeze only: the cold ones before it do no more than open the connections. */
const afterDrop = (data) => data.invocations.filter((one) => data.phases[one.phase]?.name === "dropped" && !one.cold);

const saved = (name, reason) => [
  verdict(name, { pass: "recovered", fail: "failed" }[name]),
  reason === null ? null : element("span", { class: "under reason" }, reason),
];

function renderDropped(data, show) {
  const own = afterDrop(data);
  const settings = new Set(own.map((one) => one.name));
  if (own.length === 0) {
    fillSection(byId("dropped"));
    return;
  }
  fillSection(
    byId("dropped"),
    element("p", { class: "note" }, `${runsOn(data) ? "Between invocations" : "While the function is frozen"} its idle connections are dropped silently, as by a NAT gateway. One row for each URI setting tried.`),
    own.length === settings.size ? droppedTable(own, show) : droppedRounds(own, [...settings]),
  );
}

function droppedTable(own, show) {
  return table(null, [
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
  return table(null, [
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
  if (data.coldStarts.length === 0) {
    fillSection(byId("coldstart"));
    return;
  }
  const wide = { class: "wide", tabindex: 0, role: "region", "aria-label": "Cold start breakdown" };
  fillSection(
    byId("coldstart"),
    element("p", { class: "note" }, `The fastest cold start with each setting, at ${data.coldStarts[0].roundTripMs} ms a round trip.`),
    element("div", wide, table(null, [
      { title: "Setting", cell: (one) => [one.setting, one.reason === null ? null : element("span", { class: "under reason" }, one.reason)] },
      ...COLD_PARTS.map(([title, name]) => ({ title, number: true, cell: (one) => duration(one[name]) })),
      { title: "Total", number: true, cell: (one) => duration(one.totalMs) },
      { title: "Round trips", number: true, cell: (one) => (one.times > 0 ? String(one.roundTrips) : "–") },
      { title: "Connections", number: true, cell: (one) => (one.times > 0 ? String(one.connections) : "–") },
      { title: "DNS lookups", number: true, cell: (one) => (one.times > 0 ? String(one.lookups) : "–") },
    ], data.coldStarts, { class: "cards" })),
  );
}

const count = (one, name) => (one.counts === null ? "–" : one.counts[name].toLocaleString("en"));

function nameButton(one, show) {
  return known(one.atMs) ? element("button", { type: "button", class: "link", click: () => show(one) }, one.name) : one.name;
}

// ---- Failures and checks ----

const FAILURES_SHOWN = 100;

function renderFailures(data, show) {
  const failed = data.invocations.filter((one) => one.verdict === "fail");
  if (failed.length === 0) {
    fillSection(byId("failures"));
    return;
  }
  const items = failed.slice(0, FAILURES_SHOWN).map((one) => failure(one, data, show));
  const rest = failed.length - items.length;
  fillSection(
    byId("failures"),
    element("ul", { class: "failures" }, items),
    ...(rest > 0 ? [element("p", { class: "note" }, `${plural(rest, "more")} in the table of all invocations.`)] : []),
  );
}

function failure(one, data, show) {
  const phase = data.phases[one.phase];
  const where = [`invocation ${one.number}`, phase === undefined ? null : `phase ${phase.name}`, `execution environment ${one.instance}`, one.outcome];
  return element(
    "li",
    {},
    element("p", {}, element("span", { class: "verdict fail", "aria-hidden": "true" }, "✗ "), nameButton(one, show), " ", element("code", {}, one.errorType ?? "")),
    element("p", {}, one.reason ?? ""),
    element("p", { class: "soft" }, where.filter(Boolean).join(" · "), " · ", element("code", {}, one.requestId)),
    one.report === null ? null : element("details", {}, element("summary", {}, "Its report"), element("pre", {}, JSON.stringify(one.report, null, 2))),
  );
}

function renderChecks(data) {
  const columns = [
    {
      title: "Check",
      cell: (check) => [words(check.name), check.source === null ? null : element("span", { class: "under" }, check.source)],
    },
    { title: "Verdict", cell: (check) => verdict(check.verdict) },
    { title: "Found", cell: (check) => check.detail },
  ];
  fillSection(byId("checks"), ...(data.checks.length === 0 ? [] : [table(null, columns, data.checks, { class: "cards checks" })]));
}

// ---- Known failures, of --expect ----

const EXPECTED = {
  "not judged": ["skipped", "not judged this time"],
  passed: ["pass", "passed this time"],
  known: ["known", "failed as expected"],
  other: ["fail", "failed for another reason"],
  stale: ["fail", "stale: now passes, delete the line"],
};

/** A check that only warns is not listed as a failure either. */
function expectedOutcome(data, one) {
  const warns = data.checks.some((check) => check.detail.startsWith(`stale: ${one.name} now only warns`));
  return one.outcome === "stale" && warns ? ["fail", "stale: now only warns, delete the line"] : EXPECTED[one.outcome];
}

function renderExpectations(data) {
  const lines = data.expectations?.lines ?? [];
  const columns = [
    { title: "Phase or check", cell: (one) => words(one.name) },
    { title: "Outcome", cell: (one) => verdict(...expectedOutcome(data, one)) },
    { title: "Expected", cell: (one) => [one.how, one.until === null ? null : ` until ${one.until}`, one.says === null ? null : `, with “${one.says}”`] },
    { title: "Line", number: true, cell: (one) => String(one.line) },
    { title: "Why", cell: (one) => one.why },
  ];
  const note = element("p", { class: "note" }, "Listed in ", element("code", {}, data.expectations?.file ?? ""), ".");
  fillSection(byId("expectations"), ...(lines.length === 0 ? [] : [note, table(null, columns, lines, { class: "cards" })]));
}

// ---- All invocations ----

function operations(one) {
  if (one.counts === null) {
    return "no report";
  }
  const sign = (ok) => (ok ? "✓" : "✗");
  return `${sign(one.counts.insertOk)} insert ${sign(one.counts.deleteOk)} delete`;
}

function heartbeats(one) {
  if (one.counts === null) {
    return "–";
  }
  const { heartbeats: all, heartbeatsFailed: failed, heartbeatsAwaited: awaited } = one.counts;
  return [String(all), failed > 0 ? `${failed} failed` : null, awaited > 0 ? `${awaited} awaited` : null].filter(Boolean).join(", ");
}

function renderInvocations(data, show) {
  const columns = [
    { title: "#", number: true, cell: (one) => String(one.number) },
    { title: "Phase", cell: (one) => data.phases[one.phase]?.name },
    { title: "Invocation", cell: (one) => nameButton(one, show) },
    { title: "Environment", number: true, cell: (one) => String(one.instance) },
    ...(data.concurrency > 1 ? [{ title: "Lane", number: true, cell: (one) => (one.lane === null ? "–" : String(one.lane)) }] : []),
    { title: "Verdict", cell: (one) => verdict(one.verdict) },
    { title: "Outcome", cell: (one) => (one.errorType === null ? one.outcome : `${one.outcome}: ${one.errorType}`) },
    { title: "Start", cell: (one) => (one.cold ? "cold" : "warm") },
    { title: "At", number: true, cell: (one) => (known(one.atMs) ? moment(one.atMs, 1) : "–") },
    { title: "Init", number: true, cell: (one) => duration(one.initMs) },
    { title: "Duration", number: true, cell: (one) => duration(one.durationMs) },
    { title: "Frozen before", number: true, cell: (one) => duration(one.frozenMs) },
    { title: "CPU frozen", number: true, cell: (one) => duration(one.frozenCpuMs) },
    { title: "Thaw to answer", number: true, cell: (one) => duration(one.thawToAnswerMs) },
    { title: "Operations", cell: operations },
    { title: "Heartbeats", number: true, cell: heartbeats },
    { title: "Retried", number: true, cell: (one) => count(one, "commandsRetried") },
    { title: "Connections", number: true, cell: (one) => count(one, "applicationConnections") },
    { title: "Monitoring", number: true, cell: (one) => count(one, "monitoringConnections") },
    { title: "Memory MB", number: true, cell: (one) => String(one.maxMemoryMb) },
    { title: "Reason", cell: (one) => one.reason },
  ];
  const all = data.invocations;
  if (all.length === 0) {
    fillSection(byId("invocations"));
    return;
  }
  const wide = element("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "All invocations" }, table(null, columns, all));
  fillSection(byId("invocations"), element("details", {}, element("summary", {}, element("h2", {}, `All invocations (${all.length.toLocaleString("en")})`)), wide));
}

function renderHandshake(data) {
  if (data.handshake === null) {
    fillSection(byId("handshake"));
    return;
  }
  fillSection(
    byId("handshake"),
    element(
      "details",
      {},
      element("summary", {}, element("h2", {}, "Handshake")),
      element("p", { class: "note" }, "The client document of a hello, as the server saw it."),
      element("pre", {}, JSON.stringify(data.handshake, null, 2)),
    ),
  );
}

function renderFooter(data) {
  byId("footer").replaceChildren(
    element("p", {}, "This page needs no network and can be saved. Its data is in it as JSON: ", element("code", {}, 'document.getElementById("data")'),
      `, of the form drill.schema.json, version ${data.resultsVersion}.`),
  );
}
