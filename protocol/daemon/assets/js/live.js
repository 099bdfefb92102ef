// @ts-check
/**
 * Keeps the page what the server says it is: one event stream, regions morphed by id, and the
 * truth about the line between this page and its server. It decides nothing about the content.
 */
import { morph } from "./morph.js";
import { patched, text, textFor, topDialog } from "./page.js";

/** Two ticks of 5 s missed and some patience: then the line is called lost. */
const SILENCE_MS = 12_000;

/** How long to wait before a closed stream is opened again. */
const AGAIN_MS = 2_000;

const root = document.documentElement;

/** @type {EventSource | null} */
let source = null;
let heardAt = performance.now();
let isLive = false;
let scansHeld = 0;

/** @type {(() => void)[]} */
const onceLive = [];

/** Opens the stream of this page, if it has one, and watches it. */
export function startLive() {
  if (!root.dataset.stream) return;
  open();
  setInterval(watch, 1000);
  // A page kept for the back button must not hold a connection, and must catch up when shown.
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
  addEventListener("offline", lost);
  addEventListener("online", open);
}

/**
 * Calls `then` whenever the line comes back.
 * @param {() => void} then
 */
export function onLive(then) {
  onceLive.push(then);
}

/**
 * Shows how many scans this page holds because the server has not acknowledged them.
 * @param {number} count
 */
export function showScansHeld(count) {
  scansHeld = count;
  showLink();
}

/**
 * Takes regions into the page, ignoring those older than what is shown.
 * @param {string} html
 */
export function takeRegions(html) {
  const incoming = new DOMParser().parseFromString(html, "text/html");
  for (const region of incoming.querySelectorAll("x-region")) {
    const shown = document.getElementById(region.id);
    if (shown?.localName === "x-region" && isNewer(shown, region)) morph(shown, region);
  }
  patched();
}

/**
 * @param {Element} shown
 * @param {Element} incoming
 */
function isNewer(shown, incoming) {
  const [shownStart, shownCount] = (shown.getAttribute("data-v") ?? "").split(".");
  const [start, count] = (incoming.getAttribute("data-v") ?? "").split(".");
  return start !== shownStart || Number(count) >= Number(shownCount);
}

function open() {
  source?.close();
  heardAt = performance.now();
  source = new EventSource(root.dataset.stream ?? "");
  for (const name of ["snapshot", "patch"]) {
    source.addEventListener(name, (event) => {
      heard();
      takeRegions(event.data);
    });
  }
  source.addEventListener("tick", (event) => {
    heard();
    if (event.data !== root.dataset.build) reloadWhenIdle();
  });
  source.addEventListener("error", () => {
    lost();
    if (source?.readyState === EventSource.CLOSED) setTimeout(reopen, AGAIN_MS);
  });
}

/** Opens the stream again, or the page, if the server now wants somebody to sign in first. */
async function reopen() {
  try {
    const answer = await fetch(root.dataset.stream ?? "", { method: "HEAD" });
    if (answer.status === 401 || answer.status === 403) {
      location.reload();
      return;
    }
  } catch {
    // Not reachable: the stream tries again, and says so.
  }
  open();
}

function watch() {
  if (performance.now() - heardAt > SILENCE_MS) {
    lost();
    open();
  }
}

function heard() {
  heardAt = performance.now();
  if (isLive) return;
  isLive = true;
  showLink();
  for (const then of onceLive) then();
}

function lost() {
  isLive = false;
  showLink();
}

function showLink() {
  // For screens that have no word for it: the style sheet says it.
  root.dataset.linked = isLive ? "live" : "lost";
  const link = document.getElementById("link-edge");
  if (!link) return;
  const held = scansHeld > 0;
  link.dataset.state = isLive && !held ? "live" : "lost";
  const word = link.querySelector(".link-word");
  if (word) word.textContent = text(isLive ? "live" : "lost");
  const note = link.querySelector(".link-note");
  if (note) note.textContent = held ? textFor("held", scansHeld) : "";
}

/** A newer program answers: take its scripts as soon as nothing a person typed would be lost. */
function reloadWhenIdle() {
  const typed = [...document.querySelectorAll("input, textarea")].some(
    (field) =>
      (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) &&
      field.type !== "hidden" &&
      field.value !== field.defaultValue,
  );
  if (!typed && !topDialog()) location.reload();
}
