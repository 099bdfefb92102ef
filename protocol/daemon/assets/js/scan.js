// @ts-check
/**
 * Recognises a scanner that types like a keyboard, keeps what it typed out of every field and away
 * from every button, and posts it until the server has said that it knows.
 *
 * A prefix key the scanner is configured to send is the sure sign. Timing is the last resort: at
 * least six characters, no gap above 100 ms by `event.timeStamp`, 50 ms on average (twenty
 * keys a second, which no person types), then Enter or Tab.
 *
 * On a page that takes no scans only a staff badge is one; all else is left where it was typed.
 */
import { command } from "./answer.js";
import { play } from "./cues.js";
import { onLive, showScansHeld, takeRegions } from "./live.js";
import { isTextField, newId, say, text } from "./page.js";

const GAP_MAX_MS = 100;
const GAP_MEAN_MS = 50;
const LENGTH_MIN = 6;
const AGAIN_MS = 2_000;
const STORE = "counterpart-scans";
/** A staff badge: its secret goes to where badges are taken, and is kept nowhere. */
const BADGE = /^CPB1[A-Z2-7]{16}$/i;

/** @typedef {{ id: string, code: string, url: string }} Scan */
/** @typedef {{ field: HTMLInputElement | HTMLTextAreaElement, value: string }} Kept */

const root = document.documentElement;

/**
 * @typedef {{
 *   typed: string, startedAt: number, lastAt: number, kept: Kept[], focused: Element | null,
 * }} Burst
 */

/** @type {Burst | null} */
let burst = null;
let isPrefixed = false;
let isSending = false;

/** @type {number | undefined} */
let again;

/** Listens for scans on pages that take them, and sends what an earlier page still held. */
export function startScan() {
  const { scanUrl, badgeUrl } = root.dataset;
  if (scanUrl || badgeUrl) addEventListener("keydown", onKey, { capture: true });
  onLive(() => void drain());
  void drain();
}

/** Tells whether the keys of just now may still turn out to be a scan. */
export function mayBeScan() {
  if (!burst) return false;
  const gaps = burst.typed.length - 1;
  return gaps > 0 && burst.lastAt - burst.startedAt <= gaps * GAP_MEAN_MS;
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.isComposing) return;
  const prefix = root.dataset.scanPrefix;
  if (prefix) onKeyOfPrefixed(event, prefix);
  else onKeyByTiming(event);
}

/**
 * @param {KeyboardEvent} event
 * @param {string} prefix
 */
function onKeyOfPrefixed(event, prefix) {
  if (event.key === prefix) {
    isPrefixed = true;
    burst = begin(event);
    swallow(event);
    return;
  }
  if (!isPrefixed || !burst) return;
  if (event.timeStamp - burst.lastAt > 10 * GAP_MAX_MS) {
    // The scanner was unplugged in mid-code; what a person types now is theirs.
    isPrefixed = false;
    burst = null;
    return;
  }
  swallow(event);
  burst.lastAt = event.timeStamp;
  if (event.key === "Enter" || event.key === "Tab") {
    isPrefixed = false;
    finish();
  } else {
    burst.typed += character(event);
  }
}

/** @param {KeyboardEvent} event */
function onKeyByTiming(event) {
  const isEnd = event.key === "Enter" || event.key === "Tab";
  const typed = character(event);
  if (!isEnd && !typed) return;
  if (burst && event.timeStamp - burst.lastAt > GAP_MAX_MS) burst = null;
  if (isEnd) {
    if (burst && isScan(burst, event.timeStamp)) {
      swallow(event);
      finish();
    }
    burst = null;
    return;
  }
  burst ??= begin(event);
  burst.typed += typed;
  burst.lastAt = event.timeStamp;
  // On a button, a space in a code would press it; in a field, a fast typist must not lose letters.
  const takesScans = Boolean(root.dataset.scanUrl);
  if (takesScans && burst.typed.length > 2 && !isTextField(document.activeElement)) {
    event.preventDefault();
  }
}

/**
 * @param {{ typed: string, startedAt: number }} burst
 * @param {number} endedAt
 */
function isScan(burst, endedAt) {
  const { length } = burst.typed;
  if (!root.dataset.scanUrl && !isBadge(burst.typed)) return false;
  return length >= LENGTH_MIN && (endedAt - burst.startedAt) / length <= GAP_MEAN_MS;
}

/** @param {KeyboardEvent} event */
function begin(event) {
  const fields = [document.activeElement, document.querySelector("[data-pad-default]")];
  const kept = fields.filter(isTextField).map((field) => ({ field, value: field.value }));
  const focused = document.activeElement;
  return { typed: "", startedAt: event.timeStamp, lastAt: event.timeStamp, kept, focused };
}

/**
 * Returns the character a key types. A wedge sends the group separator GS (0x1D) as Ctrl+].
 * @param {KeyboardEvent} event
 */
function character(event) {
  if (event.ctrlKey && event.key === "]") return "\u001d";
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  return event.key.length === 1 ? event.key : "";
}

/** @param {KeyboardEvent} event */
function swallow(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Takes the typed code back out of the fields and sends it as a scan. */
function finish() {
  if (!burst) return;
  for (const { field, value } of burst.kept) field.value = value;
  if (burst.focused instanceof HTMLElement && burst.focused !== document.activeElement) {
    if (burst.focused === document.body) blur();
    else burst.focused.focus();
  }
  const code = burst.typed;
  burst = null;
  if (!code) return;
  if (isBadge(code)) {
    void show(code);
    return;
  }
  document.dispatchEvent(new CustomEvent("scan", { detail: code }));
  hold([...held(), { id: newId(), code, url: root.dataset.scanUrl ?? "" }]);
  void drain();
}

/** @param {string} code */
function isBadge(code) {
  return Boolean(root.dataset.badgeUrl) && BADGE.test(code.trim());
}

/**
 * Shows a badge, once: whoever gets no answer scans it again.
 * @param {string} code
 */
async function show(code) {
  const id = newId();
  const body = new URLSearchParams({ code: code.trim(), command_id: id });
  const outcome = await command(root.dataset.badgeUrl ?? "", body, id);
  if (outcome.kind === "done") {
    play("accepted");
    takeRegions(outcome.regions);
    return;
  }
  say("refused", outcome.problem.title ?? text("refused"), outcome.problem.detail ?? "");
  play("refused");
}

function blur() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** @returns {Scan[]} */
function held() {
  try {
    const scans = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
    return Array.isArray(scans) ? scans : [];
  } catch {
    return [];
  }
}

/** @param {Scan[]} scans */
function hold(scans) {
  sessionStorage.setItem(STORE, JSON.stringify(scans));
}

/** Sends the held scans one after the other, in the order in which they were made. */
async function drain() {
  if (isSending) return;
  isSending = true;
  clearTimeout(again);
  for (let next = held()[0]; next; next = held()[0]) {
    const { id, code, url } = next;
    const body = new URLSearchParams({ code, command_id: id });
    const outcome = await command(url, body, id);
    if (outcome.kind === "unknown") {
      again = setTimeout(() => void drain(), AGAIN_MS);
      break;
    }
    hold(held().filter((scan) => scan.id !== id));
    if (outcome.kind === "done") takeRegions(outcome.regions);
    if (outcome.kind === "refused") {
      say("refused", outcome.problem.title ?? text("refused"), outcome.problem.detail ?? code);
      play("refused");
    }
  }
  isSending = false;
  showScansHeld(held().length);
}
