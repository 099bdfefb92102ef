// @ts-check
/**
 * Posts `form[data-live]` in the background: busy at once, a visible failure within three seconds,
 * and one id a command, kept for the retry, so that pressing twice is never doing twice.
 */
import { command, look } from "./answer.js";
import { play } from "./cues.js";
import { takeRegions } from "./live.js";
import { PATIENCE_MS, newId, say, text } from "./page.js";

/** How long typing must pause before a search is asked for. */
const TYPING_MS = 150;

/**
 * Ids of commands whose outcome is unknown, with the body they were sent with.
 * @type {WeakMap<HTMLFormElement, { id: string, body: string }>}
 */
const unknown = new WeakMap();

/** @type {WeakMap<HTMLFormElement, Promise<void>>} */
const sending = new WeakMap();

/** @type {WeakMap<HTMLFormElement, AbortController>} */
const looking = new WeakMap();

/** @type {WeakMap<HTMLFormElement, number>} */
const typing = new WeakMap();

/** Listens for forms being submitted and searched. */
export function startForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-live")) return;
    event.preventDefault();
    const submitter = event.submitter;
    if (submitter?.getAttribute("aria-disabled") === "true") return;
    if (isSearch(form)) void search(form);
    else void submit(form, submitter);
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.form) return;
    forget(field.form);
    if (!field.form.hasAttribute("data-live-input")) return;
    const { form } = field;
    clearTimeout(typing.get(form));
    typing.set(form, setTimeout(() => void search(form), TYPING_MS));
  });
  // A barred button is reachable, so that its reason can be told; it does nothing else.
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const barred = target?.closest('[aria-disabled="true"]');
    if (!(barred instanceof HTMLElement)) return;
    event.preventDefault();
    say("barred", text("refused"), barred.title);
  });
}

/** @param {HTMLFormElement} form */
function isSearch(form) {
  // Asked of the attribute: a field named `method` or `action` would hide the property.
  return (form.getAttribute("method") ?? "get").toLowerCase() === "get";
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} [submitter]
 */
function addressOf(form, submitter) {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
  return new URL(action, location.href);
}

/**
 * Sends a form now, or after what it is sending, if it may be pressed again and again.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function submit(form, submitter) {
  const before = sending.get(form);
  if (before && !form.hasAttribute("data-repeat")) return;
  const turn = (before ?? Promise.resolve()).then(() => send(form, submitter));
  sending.set(form, turn);
  await turn;
  if (sending.get(form) === turn) sending.delete(form);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function send(form, submitter) {
  forget(form);
  const fields = new FormData(form, submitter);
  const isUpload = form.enctype === "multipart/form-data";
  fields.delete("command_id");
  const shape = isUpload ? "" : plain(fields).toString();
  const last = unknown.get(form);
  const id = last && last.body === shape ? last.id : newId();
  fields.set("command_id", id);
  const busy = submitter ?? form.querySelector("button");
  busy?.setAttribute("aria-busy", "true");
  const patienceMs = Number(form.dataset.waitMs ?? PATIENCE_MS);
  const { href } = addressOf(form, submitter);
  const outcome = await command(href, isUpload ? fields : plain(fields), id, patienceMs);
  busy?.removeAttribute("aria-busy");
  if (outcome.kind === "unknown") unknown.set(form, { id, body: shape });
  else unknown.delete(form);
  if (outcome.kind === "done") {
    accept(form);
    // What a button's dialog asked for was done; one the server opened, the server closes.
    const dialog = form.closest("dialog");
    if (dialog && !dialog.hasAttribute("data-server-open")) dialog.close();
    takeRegions(outcome.regions);
  } else {
    show(form, outcome);
  }
}

/** @param {FormData} fields */
function plain(fields) {
  const words = [...fields].map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(words);
}

/**
 * What was typed is the server's now: patches may change it again.
 * @param {HTMLFormElement} form
 */
function accept(form) {
  if (form.hasAttribute("data-reset")) {
    form.reset();
    return;
  }
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === "password") {
      field.value = "";
    } else if (field instanceof HTMLInputElement && !["file", "hidden"].includes(field.type)) {
      if (field.value !== field.defaultValue) field.defaultValue = field.value;
    } else if (field instanceof HTMLTextAreaElement) {
      field.defaultValue = field.value;
    }
  }
}

/** @param {HTMLFormElement} form */
async function search(form) {
  looking.get(form)?.abort();
  const asked = new AbortController();
  looking.set(form, asked);
  const late = setTimeout(() => asked.abort("late"), PATIENCE_MS);
  const url = addressOf(form);
  url.search = plain(new FormData(form)).toString();
  form.setAttribute("aria-busy", "true");
  const outcome = await look(url.href, asked.signal);
  clearTimeout(late);
  if (looking.get(form) !== asked) return;
  form.removeAttribute("aria-busy");
  if (outcome.kind === "done") takeRegions(outcome.regions);
  else show(form, outcome);
}

/**
 * Says next to the form, and in a message, why it was not done.
 * @param {HTMLFormElement} form
 * @param {import("./answer.js").NotDone} outcome
 */
function show(form, { kind, problem }) {
  forget(form);
  const title = problem.title ?? text("refused");
  const detail = problem.detail ?? "";
  for (const wrong of problem.fields ?? []) mark(form, wrong);
  const note = document.createElement("p");
  note.className = "form-problem";
  note.setAttribute("role", "alert");
  note.setAttribute("data-client", "");
  note.textContent = detail || title;
  if (form.isConnected && !form.hasAttribute("data-quiet")) form.append(note);
  say(kind === "refused" ? "refused" : "lost", title, detail);
  play("refused");
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./answer.js").FieldProblem} wrong
 */
function mark(form, wrong) {
  const field = form.elements.namedItem(wrong.field);
  if (!(field instanceof HTMLElement)) return;
  field.setAttribute("aria-invalid", "true");
  const note = document.createElement("p");
  note.className = "error";
  note.setAttribute("data-client", "");
  note.textContent = wrong.detail;
  field.closest(".entry")?.before(note);
}

/**
 * Takes the notes of the last try away.
 * @param {HTMLFormElement} form
 */
function forget(form) {
  for (const note of form.querySelectorAll("[data-client]")) note.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
  }
}
