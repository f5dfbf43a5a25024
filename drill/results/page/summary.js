"use strict";

// The head of the page: the verdict in words, and what was run.

/** Continues the sentence "Passed" or "Failed". */
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

const runsOn = (data) => data.idle === "running";

function platformOf(data) {
  return `${data.platformTitle}${data.concurrency > 1 ? `, ${data.concurrency} invocations at once` : ""}${runsOn(data) ? ", never frozen" : ""}`;
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

/** A page with all of them would take a browser minutes to open. */
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
