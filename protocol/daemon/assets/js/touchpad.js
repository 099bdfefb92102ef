// @ts-check
/**
 * On a screen that is touched: a number pad beside any field for numbers that has none of its own.
 * A till without a keyboard can type an amount, a code's digits and a PIN everywhere.
 *
 * The pad stands in the dialog on top, because nothing outside it can be touched, else at the foot
 * of the page. Its keys are the number pad's: they type into the field that has the focus.
 */
import { isTextField, onPatched, topDialog } from "./page.js";

const MODES = ["numeric", "decimal"];
const TOUCHED = matchMedia("(any-pointer: coarse)");

/** Begins to show the pad where it is needed. */
export function startTouchpad() {
  const template = document.getElementById("touch-pad-keys");
  if (!(template instanceof HTMLTemplateElement)) return;
  const pad = document.createElement("div");
  pad.id = "touch-pad";
  pad.dataset.kept = "";
  pad.append(template.content.cloneNode(true));
  const follow = () => stand(pad);
  document.addEventListener("focusin", follow);
  document.addEventListener("focusout", () => setTimeout(follow));
  pad.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-pad=next]")) next();
  });
  // A patch of the page takes out of a dialog what the server does not know of.
  onPatched(follow);
}

/**
 * Puts the pad where the focused field is, or takes it away.
 * @param {HTMLElement} pad
 */
function stand(pad) {
  const field = document.activeElement;
  if (!TOUCHED.matches || !wantsPad(field)) {
    pad.remove();
    return;
  }
  // The screen's own keyboard would lie over the pad; the pad still knows a field for numbers.
  field.dataset.padMode ??= field.inputMode;
  field.inputMode = "none";
  const place = topDialog() ?? document.body;
  if (pad.parentElement !== place) place.append(pad);
  field.scrollIntoView({ block: "nearest" });
}

/**
 * @param {Element | null} field
 * @returns {field is HTMLInputElement}
 */
function wantsPad(field) {
  if (!isTextField(field) || !(field instanceof HTMLInputElement)) return false;
  if (!MODES.includes(field.dataset.padMode ?? field.inputMode)) return false;
  const near = field.closest("dialog, form, section") ?? document;
  const pads = [...near.querySelectorAll("[data-pad-for]")];
  return !pads.some((own) => !own.closest("#touch-pad") && own.checkVisibility());
}

/** Goes on to the next field of the form; behind the last one the pad goes. */
function next() {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement) || !field.form) return;
  const fields = [...field.form.elements].filter(
    (each) => isTextField(each) && each.checkVisibility(),
  );
  const following = fields[fields.indexOf(field) + 1];
  if (following instanceof HTMLElement) following.focus();
  else field.blur();
}
