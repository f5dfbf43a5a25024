"use strict";

// What all tables share, and the tables of failures, checks and invocations.

/** columns: [{title, number, cell(row)}]. Cells keep their title, for a screen too narrow for a table. */
function table(columns, rows, attributes = {}) {
  const head = columns.map((column) => element("th", { scope: "col", class: column.number ? "number" : null }, column.title));
  const body = rows.map((row) => tableRow(columns, row));
  return element("table", attributes, element("thead", {}, element("tr", {}, head)), element("tbody", {}, body));
}

function tableRow(columns, row) {
  const cells = columns.map((column, index) => {
    const [name, scope] = index === 0 ? ["th", "row"] : ["td", null];
    const content = column.cell(row);
    const empty = content === null || content === undefined || content === "" || content === "–";
    const kind = [column.number ? "number" : "", empty ? "empty" : ""].join(" ").trim();
    return element(name, { scope, class: kind || null, "data-title": column.title }, empty ? "–" : content);
  });
  return element("tr", {}, cells);
}

/** Fills a section below its heading with what make returns, an array; without anything to show it is hidden. */
function fillSection(id, shown, make) {
  const section = byId(id);
  const heading = section.querySelector(":scope > h2");
  section.hidden = !shown;
  section.replaceChildren(...(heading === null ? [] : [heading]), ...(shown ? make() : []));
}

/** Content that is shown when its summary is clicked. */
const folded = (summary, ...content) => element("details", {}, element("summary", {}, summary), content);

/** A table that scrolls sideways. */
const wide = (label, content) => element("div", { class: "wide", tabindex: 0, role: "region", "aria-label": label }, content);

/** A second line of a cell; null if there is none. */
const under = (text, kind = "under") => (text === null ? null : element("span", { class: kind }, text));

const count = (one, name) => (one.counts === null ? "–" : one.counts[name].toLocaleString("en"));

function nameButton(one, show) {
  return known(one.atMs) ? element("button", { type: "button", class: "link", click: () => show(one) }, one.name) : one.name;
}

// ---- Failures and checks ----

const FAILURES_SHOWN = 100;

function renderFailures(data, show) {
  const failed = data.invocations.filter((one) => one.verdict === "fail");
  const rest = failed.length - FAILURES_SHOWN;
  fillSection("failures", failed.length > 0, () => [
    element("ul", { class: "failures" }, failed.slice(0, FAILURES_SHOWN).map((one) => failure(one, data, show))),
    ...(rest > 0 ? [element("p", { class: "note" }, `${plural(rest, "more")} in the table of all invocations.`)] : []),
  ]);
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
    one.report === null ? null : folded("Its report", element("pre", {}, JSON.stringify(one.report, null, 2))),
  );
}

function renderChecks(data) {
  const columns = [
    {
      title: "Check",
      cell: (check) => [words(check.name), under(check.source)],
    },
    { title: "Verdict", cell: (check) => verdict(check.verdict) },
    { title: "Found", cell: (check) => check.detail },
  ];
  fillSection("checks", data.checks.length > 0, () => [table(columns, data.checks, { class: "cards checks" })]);
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
  fillSection("expectations", lines.length > 0, () => [
    element("p", { class: "note" }, "Listed in ", element("code", {}, data.expectations.file), "."),
    table(columns, lines, { class: "cards" }),
  ]);
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
  fillSection("invocations", all.length > 0, () => [
    folded(element("h2", {}, `All invocations (${all.length.toLocaleString("en")})`), wide("All invocations", table(columns, all))),
  ]);
}

function renderHandshake(data) {
  fillSection("handshake", data.handshake !== null, () => [
    folded(
      element("h2", {}, "Handshake"),
      element("p", { class: "note" }, "The client document of a hello, as the server saw it."),
      element("pre", {}, JSON.stringify(data.handshake, null, 2)),
    ),
  ]);
}

function renderFooter(data) {
  byId("footer").replaceChildren(
    element("p", {}, "This page needs no network and can be saved. Its data is in it as JSON: ", element("code", {}, 'document.getElementById("data")'),
      `, of the form drill.schema.json, version ${data.resultsVersion}.`),
  );
}
