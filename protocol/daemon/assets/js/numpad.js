// @ts-check
/**
 * Types for fingers: the keys of a number pad go into a field, and digits typed with no field
 * focused go where the pad would type. A scan empties that field: a code is never a quantity.
 */
import { isTextField, topDialog } from "./page.js";

/** Begins to listen for the pads on the page. */
export function startNumpad() {
  // The field keeps its focus and its cursor while fingers press the pad beside it.
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-pad]")) {
      event.preventDefault();
    }
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const key = target?.closest("[data-pad]");
    if (key instanceof HTMLElement) type(key);
  });
  addEventListener("keydown", (event) => {
    const isDigit = /^[0-9]$/.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!isDigit || event.defaultPrevented || isTextField(event.target)) return;
    const field = (topDialog() ?? document).querySelector("[data-pad-default]");
    // Focused during keydown, the field receives the digit itself.
    if (isTextField(field)) field.focus();
  });
  document.addEventListener("scan", () => {
    for (const field of document.querySelectorAll("[data-pad-default]")) {
      if (isTextField(field)) put(field, "");
    }
  });
}

/** @param {HTMLElement} key */
function type(key) {
  const field = fieldOf(key);
  if (!field) return;
  const face = key.dataset.pad ?? "";
  if (face === "next") return;
  if (face === "clear") put(field, "");
  else if (face === "back") put(field, field.value.slice(0, -1));
  else {
    const selected = field.selectionStart !== field.selectionEnd;
    put(field, (selected ? "" : field.value) + face);
  }
}

/** @param {HTMLElement} key */
function fieldOf(key) {
  const focused = document.activeElement;
  const takesNumbers =
    isTextField(focused) && ["numeric", "decimal", "none"].includes(focused.inputMode);
  if (takesNumbers) return focused;
  const named = key.closest("[data-pad-for]")?.getAttribute("data-pad-for") ?? "";
  const field = document.getElementById(named);
  return isTextField(field) ? field : null;
}

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} value
 */
function put(field, value) {
  if (field.maxLength >= 0 && value.length > field.maxLength) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
