// @ts-check
/**
 * Opens and closes dialogs: by button, by the server, by hand. What a dialog asks and what closing
 * it means is the page's; this only keeps the browser's `<dialog>` in step.
 */
import { onPatched } from "./page.js";

/** Begins to listen for buttons that open and close dialogs. */
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest("[data-opens]");
    if (opener instanceof HTMLElement && opener.getAttribute("aria-disabled") !== "true") {
      open(document.getElementById(opener.dataset.opens ?? ""));
    }
    if (target?.closest("[data-closes]")) target.closest("dialog")?.close();
  });
  document.addEventListener("close", onClosed, { capture: true });
  onPatched(followServer);
}

/** @param {Element | null} dialog */
function open(dialog) {
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  if (dialog.id === "help") listKeys(dialog);
  dialog.showModal();
}

/** Opens what the server shows open, and closes what it no longer does. */
function followServer() {
  for (const dialog of document.querySelectorAll("dialog")) {
    if (dialog.hasAttribute("data-server-open")) {
      if (dialog.dataset.opened === undefined) {
        dialog.dataset.opened = "";
        open(dialog);
      }
    } else if (dialog.dataset.opened !== undefined) {
      delete dialog.dataset.opened;
      dialog.close();
    }
  }
}

/**
 * A dialog closed by hand tells the server, if the page says how.
 * @param {Event} event
 */
function onClosed(event) {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement)) return;
  if (dialog.dataset.opened === undefined || !dialog.hasAttribute("data-server-open")) return;
  const form = document.getElementById(dialog.dataset.cancels ?? "");
  if (form instanceof HTMLFormElement) form.requestSubmit();
}

/**
 * Lists the keys of what is on the page now, as written on the controls.
 * @param {HTMLDialogElement} help
 */
function listKeys(help) {
  const list = help.querySelector("dl.keys");
  if (!(list instanceof HTMLElement)) return;
  list.replaceChildren();
  const seen = new Set();
  for (const control of document.querySelectorAll("[data-key]")) {
    const key = control.getAttribute("data-key") ?? "";
    if (seen.has(key) || !control.checkVisibility()) continue;
    seen.add(key);
    const term = document.createElement("dt");
    const face = document.createElement("kbd");
    face.textContent = control.querySelector("kbd")?.textContent || key;
    term.append(face);
    const words = document.createElement("dd");
    words.textContent = wordsOf(control);
    list.append(term, words);
  }
  if (seen.size === 0) list.textContent = list.dataset.empty ?? "";
}

/** @param {Element} control */
function wordsOf(control) {
  const label = control.getAttribute("aria-label");
  if (label) return label;
  if (control instanceof HTMLInputElement) return control.labels?.[0]?.textContent?.trim() ?? "";
  const words = control.querySelector(".label, span") ?? control;
  return words.textContent?.trim() ?? "";
}
