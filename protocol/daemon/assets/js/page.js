// @ts-check
/**
 * What every module of the page needs: its texts, new ids, messages, and word of patches.
 * It changes nothing by itself.
 */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** How long the store server may take before the page says that it did not answer. */
export const PATIENCE_MS = 3000;

/** @type {Record<string, string>} */
const texts = JSON.parse(document.getElementById("page-texts")?.textContent ?? "{}");

/**
 * Returns a sentence of the page's language; the server put it there.
 * @param {string} key
 */
export function text(key) {
  return texts[key] ?? key;
}

/**
 * Returns the sentence for a count, in the plural form of the page's language.
 * @param {string} key
 * @param {number} count
 */
export function textFor(key, count) {
  const form = new Intl.PluralRules(document.documentElement.lang).select(count);
  return text(`${key}_${form === "one" ? "one" : "other"}`).replace("{n}", String(count));
}

/**
 * Makes a ULID: 48 bits of time, 80 bits of chance. `crypto.randomUUID` would need a secure
 * context, which a till on plain HTTP does not have; `getRandomValues` works everywhere.
 */
export function newId() {
  let time = Date.now();
  let id = "";
  for (let place = 0; place < 10; place += 1) {
    id = ALPHABET[time % 32] + id;
    time = Math.floor(time / 32);
  }
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += ALPHABET[byte % 32];
  return id;
}

/**
 * Tells whether typing goes into this element as text.
 * @param {EventTarget | null} target
 * @returns {target is HTMLInputElement | HTMLTextAreaElement}
 */
export function isTextField(target) {
  if (target instanceof HTMLTextAreaElement) return !target.readOnly;
  if (!(target instanceof HTMLInputElement)) return false;
  const typed = ["text", "search", "password", "email", "tel", "url", "number", "date"];
  return typed.includes(target.type) && !target.readOnly && !target.disabled;
}

/** Returns the dialog on top, if one is open. */
export function topDialog() {
  const open = [...document.querySelectorAll("dialog[open]")];
  return /** @type {HTMLDialogElement | undefined} */ (open.at(-1));
}

/** How many messages stand at once; the oldest makes room. */
const MESSAGES_MAX = 3;

/**
 * Shows a message. A refusal stays until it is dismissed; anything else goes after eight seconds.
 * @param {"refused" | "lost" | "barred"} kind
 * @param {string} title
 * @param {string} detail
 */
export function say(kind, title, detail) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const same = [...place.children].find((old) => old.textContent?.includes(detail));
  same?.remove();
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.kind = kind;
  if (kind === "refused") toast.setAttribute("role", "alert");
  const words = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = title;
  words.append(strong, " ", detail);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button quiet";
  close.textContent = text("dismiss");
  close.addEventListener("click", () => toast.remove());
  toast.append(words, close);
  place.append(toast);
  while (place.children.length > MESSAGES_MAX) place.firstElementChild?.remove();
  if (kind !== "refused") setTimeout(() => toast.remove(), 8000);
}

/** @type {(() => void)[]} */
const afterPatches = [];

/**
 * Calls `then` now and after every patch.
 * @param {() => void} then
 */
export function onPatched(then) {
  afterPatches.push(then);
  then();
}

/** Tells everyone who asked that the page was patched. */
export function patched() {
  for (const then of afterPatches) then();
}
