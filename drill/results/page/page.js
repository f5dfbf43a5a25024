"use strict";

// The page: reads its data and puts its parts together.

/** The marks of the timeline, each with its name and meaning. */
function renderLegend(model) {
  const kinds = Object.keys(KINDS).filter((kind) => model.events.some((event) => event.kind === kind));
  const items = kinds.map((kind) => legendItem(kind, KINDS[kind].word, KINDS[kind].about));
  if (model.events.some((event) => event.bad)) {
    items.push(legendItem("bad", "Failed", "or an awaited heartbeat"));
  }
  items.push(legendItem("fold", "Fold", "a stretch in which nothing begins or ends, drawn shorter; the axis shows its length"));
  byId("legend").replaceChildren(...items);
}

function legendItem(kind, word, about) {
  const canvas = element("canvas", { "data-kind": kind, "aria-hidden": "true" });
  return element("li", {}, canvas, element("span", {}, element("b", {}, word), ` ${about}`));
}

function drawLegend(colours, scale) {
  for (const canvas of byId("legend").querySelectorAll("canvas")) {
    const context = canvas.getContext("2d", { alpha: false });
    [canvas.width, canvas.height] = [34 * scale, 20 * scale];
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = colours.page;
    context.fillRect(0, 0, 34, 20);
    const pen = new Pen(context, scale, { ...colours, paper: colours.page });
    if (canvas.dataset.kind === "bad") {
      pen.saltire(17, 10, 4.5);
    } else if (canvas.dataset.kind === "fold") {
      pen.rectangle(5, 0, 24, 20, colours.fold);
      pen.text("⋯", 17, 10, { align: "center", colour: colours.soft });
    } else {
      const narrow = ["heartbeat"].includes(canvas.dataset.kind);
      MARKS[canvas.dataset.kind](pen, narrow ? 11 : 6, 10, narrow ? 18 : 24, 16, { label: "", start: 0, end: 0, bad: false, open: false });
    }
  }
}

function goToTimeline() {
  byId("timeline").scrollIntoView({ block: "start" });
  byId("plot").focus({ preventScroll: true });
}

function makeTimeline(model) {
  const fold = byId("fold");
  const timeline = new Timeline(model, {
    canvas: byId("canvas"), plot: byId("plot"), detail: byId("detail"), range: byId("range"), fold,
  });
  fold.addEventListener("change", () => timeline.refold(fold.checked));
  byId("zoom-in").addEventListener("click", () => timeline.zoom(0.5));
  byId("zoom-out").addEventListener("click", () => timeline.zoom(2));
  byId("reset").addEventListener("click", () => timeline.reset());
  listenToWheel(timeline, byId("plot"));
  listenToKeys(timeline, byId("plot"));
  new Pointers(timeline, byId("plot"));
  return timeline;
}

/** Phases and invocations are named by their numbers, from 1. */
function numbered(data) {
  const number = (list) => list.map((one, index) => ({ number: index + 1, ...one }));
  return { ...data, phases: number(data.phases), invocations: number(data.invocations) };
}

function render(data) {
  document.title = `Drill ${data.verdict === "pass" ? "passed" : "failed"}: ${data.driver ?? data.package}`;
  const model = makeModel(data);
  renderSummary(data);
  const something = model.events.length + model.phases.length > 0;
  byId("timeline").hidden = !something;
  renderLegend(model);
  const timeline = something ? makeTimeline(model) : null;
  const showPhase = (phase) => timeline.showTimes(phase.startMs, phase.endMs, 0.03);
  const showInvocation = (one) => {
    goToTimeline();
    timeline.showTimes(one.atMs, one.atMs + Math.max(one.durationMs ?? 0, 1), 0.25);
    timeline.select(model.eventsByInvocation.get(one));
  };
  renderPhaseKeys(model.phases, showPhase);
  renderPhases(data, (phase) => {
    goToTimeline();
    showPhase(phase);
  });
  renderDropped(data, showInvocation);
  renderColdStarts(data);
  renderBurst(data);
  renderFailures(data, showInvocation);
  renderChecks(data);
  renderExpectations(data);
  renderInvocations(data, showInvocation);
  renderHandshake(data);
  renderFooter(data);
  window.drill = { data, timeline };
}

render(numbered(JSON.parse(byId("data").textContent)));
