// @ts-check
/**
 * On a screen that is touched: a number pad beside any field for numbers that has none of its own,
 * and letters beside any field for words. A till without a keyboard can type everything everywhere.
 *
 * The pad stands in the dialog on top, because nothing outside it can be touched, else at the foot
 * of the page. Its keys are the number pad's: they type into the field that has the focus.
 */
import { isTextField, onPatched, topDialog } from "./page.js";

const MODES = ["numeric", "decimal"];
const WORDS = ["text", "search", "textarea"];
const TOUCHED = matchMedia("(any-pointer: coarse)");
/** Letters only where fingers come first: a laptop has keys, and a phone has better ones. */
const LETTERED = matchMedia("(pointer: coarse) and (min-width: 700px)");

/** Begins to show the pad where it is needed. */
export function startTouchpad() {
  const template = document.getElementById("touch-pad-keys");
  if (!(template instanceof HTMLTemplateElement)) return;
  const pad = document.createElement("div");
  pad.id = "touch-pad";
  pad.dataset.kept = "";
  pad.append(template.content.cloneNode(true));
  const follow = () => stand(pad);
  document.addEventListener("focusin", (event) => {
    if (isTextField(event.target)) follow();
  });
  // Not before the finger is up: what it presses must not move away under it.
  document.addEventListener("click", () => setTimeout(follow));
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
  const kind = kindFor(field);
  if (!kind || !isTextField(field)) {
    pad.remove();
    return;
  }
  pad.dataset.kind = kind;
  // The screen's own keyboard would lie over the pad; the pad still knows what the field is for.
  field.dataset.padMode ??= field.inputMode;
  field.inputMode = "none";
  const place = topDialog() ?? document.body;
  if (pad.parentElement !== place) place.append(pad);
  field.scrollIntoView({ block: "nearest" });
}

/**
 * Returns which pad a field wants; nothing where it has one of its own or none helps.
 * @param {Element | null} field
 */
function kindFor(field) {
  if (!isTextField(field)) return undefined;
  const mode = field.dataset.padMode ?? field.inputMode;
  if (!MODES.includes(mode)) {
    return LETTERED.matches && !mode && WORDS.includes(field.type) ? "letters" : undefined;
  }
  if (!TOUCHED.matches) return undefined;
  const near = field.closest("dialog, form, section") ?? document;
  const pads = [...near.querySelectorAll("[data-pad-for]")];
  const hasOwn = pads.some((own) => !own.closest("#touch-pad") && own.checkVisibility());
  return hasOwn ? undefined : "numbers";
}

/** Goes on to the next field of the form; behind the last one the pad goes. */
function next() {
  const field = document.activeElement;
  if (!isTextField(field) || !field.form) return;
  const fields = [...field.form.elements].filter(
    (each) => isTextField(each) && each.checkVisibility(),
  );
  const following = fields[fields.indexOf(field) + 1];
  if (following instanceof HTMLElement) following.focus();
  else field.blur();
}
