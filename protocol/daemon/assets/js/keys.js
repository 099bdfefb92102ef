// @ts-check
/**
 * Presses controls by their keys. A control names its key in `data-key`; the key is written on it
 * and listed under `?`, so this knows no screen. Esc is the browser's: it closes the top dialog.
 */
import { isTextField, topDialog } from "./page.js";
import { mayBeScan } from "./scan.js";

/**
 * How long a key that types a character waits before it presses something: the next key of a
 * scanner comes within that time, and then it was no shortcut.
 */
const SCAN_MS = 50;

/** Begins to listen for keys. */
export function startKeys() {
  addEventListener("keydown", onKey);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (isTextField(event.target) && goesOn(event)) return;
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    if (!event.altKey && selectLine(event)) return;
  }
  const control = controlFor(name(event), event.target);
  if (!control) return;
  event.preventDefault();
  if (event.key.length > 1 || event.altKey || event.ctrlKey) press(control);
  else setTimeout(() => mayBeScan() || press(control), SCAN_MS);
}

/**
 * Names a key press as `aria-keyshortcuts` does.
 * @param {KeyboardEvent} event
 */
function name(event) {
  const named = { "+": "Plus", "-": "Minus", " ": "Space" }[event.key] ?? event.key;
  // Shift belongs to the character itself where the key types one: `?` is no Shift+?.
  const withShift = event.shiftKey && event.key.length > 1;
  return [event.ctrlKey && "Control", event.altKey && "Alt", withShift && "Shift", named]
    .filter(Boolean)
    .join("+");
}

/**
 * @param {string} key
 * @param {EventTarget | null} target
 */
function controlFor(key, target) {
  const typesHere = isTextField(target);
  const isPlainKey = !/^F\d|^(Alt|Control|Shift)\+/.test(key);
  // In a field, keys without a modifier belong to the text; only the function keys remain.
  if (typesHere && isPlainKey) return undefined;
  const within = topDialog() ?? document;
  const controls = within.querySelectorAll(`[data-key="${CSS.escape(key)}"]`);
  return [...controls].find(isReachable);
}

/**
 * A control on a line of the sale counts only while its line is the selected one.
 * @param {Element} control
 */
function isReachable(control) {
  const line = control.closest("[data-line]");
  if (line && !line.querySelector("input[type=radio]:checked")) return false;
  return control instanceof HTMLElement && control.checkVisibility();
}

/** @param {Element} control */
function press(control) {
  if (!(control instanceof HTMLElement)) return;
  if (isTextField(control)) {
    control.focus();
    control.select();
  } else {
    control.click();
  }
}

/**
 * Moves the selection to the line above or below.
 * @param {KeyboardEvent} event
 */
function selectLine(event) {
  if (isTextField(event.target) || event.target instanceof HTMLSelectElement) return false;
  if (event.target instanceof HTMLInputElement && event.target.type === "radio") return false;
  const within = topDialog() ?? document;
  const radios = [...within.querySelectorAll("[data-line] input[type=radio]")];
  if (radios.length === 0) return false;
  const now = radios.findIndex((radio) => radio.matches(":checked"));
  const step = event.key === "ArrowDown" ? 1 : -1;
  const next = radios[Math.min(Math.max(now + step, 0), radios.length - 1)];
  if (!(next instanceof HTMLInputElement)) return false;
  event.preventDefault();
  next.checked = true;
  next.dispatchEvent(new Event("change", { bubbles: true }));
  next.closest("[data-line]")?.scrollIntoView({ block: "nearest" });
  return true;
}

/**
 * In a grid of fields (a drawer being counted), Enter goes on to the next one.
 * @param {KeyboardEvent} event
 */
function goesOn(event) {
  const field = event.target;
  if (event.key !== "Enter" || !(field instanceof HTMLInputElement)) return false;
  if (!field.hasAttribute("data-goes-on") || !field.form) return false;
  const fields = [...field.form.elements].filter(
    (other) => isTextField(other) || other.matches("button[type=submit]"),
  );
  const next = fields[fields.indexOf(field) + 1];
  if (!(next instanceof HTMLElement)) return false;
  event.preventDefault();
  next.focus();
  if (next instanceof HTMLInputElement) next.select();
  return true;
}
