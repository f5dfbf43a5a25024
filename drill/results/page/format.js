"use strict";

// Text and elements. Everything from the drill's data reaches the page as text, never as HTML.

/** element("td", {class: "number"}, "1", child…): null and undefined children and attributes are left out. */
const element = (name, attributes, ...children) => filled(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

function filled(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

const byId = (id) => document.getElementById(id);
const known = (value) => typeof value === "number" && value >= 0;
const NBSP = "\u00a0";

/** Milliseconds for people: 0.412 ms, 12.3 ms, 1.23 s, 60.0 s, 2 min 5 s. */
function duration(ms) {
  if (!known(ms)) {
    return "–";
  }
  if (ms === 0) {
    return `0${NBSP}ms`;
  }
  if (ms < 999.5) {
    return `${ms.toFixed(ms < 9.995 ? (ms < 0.9995 ? 3 : 2) : ms < 99.95 ? 1 : 0)}${NBSP}ms`;
  }
  if (ms < 119950) {
    return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)}${NBSP}s`;
  }
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}${NBSP}min ${seconds % 60}${NBSP}s`;
}

/** A moment on the axis, exact to a step of step ms: 12.305 s, 3:02.5. */
function moment(ms, step) {
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step / 1000) - 1e-9)));
  const rounded = Number((ms / 1000).toFixed(digits));
  if (rounded < 60) {
    return `${rounded.toFixed(digits)}${NBSP}s`;
  }
  const rest = (rounded % 60).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, "0");
  return `${Math.floor(rounded / 60)}:${rest}`;
}

function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")}${NBSP}${count === 1 ? one : many}`;
}

/** Names as in a sentence, with a count of the rest. */
function listed(names, most = 8) {
  const shown = names.slice(0, most);
  if (names.length > most) {
    shown.push(`${names.length - most} more`);
  }
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

const VERDICT_SIGNS = { pass: "✓", fail: "✗", skipped: "○", warning: "!", known: "~" };
const VERDICT_WORDS = { pass: "passed", fail: "failed", skipped: "skipped", warning: "warning", known: "known failure" };

/** A symbol with its own shape, and the word. */
function verdict(name, word = VERDICT_WORDS[name]) {
  return element(
    "span",
    { class: `verdict ${name}` },
    element("span", { class: "sign", "aria-hidden": "true" }, VERDICT_SIGNS[name] ?? "?"),
    ` ${word ?? name}`,
  );
}
