// @ts-check
/**
 * Sends a command and says what became of it: done, refused for a reason, or unknown.
 * Unknown is a word of its own: the same command may be sent again with the same id.
 */
import { PATIENCE_MS, text } from "./page.js";

/**
 * @typedef {{ field: string, detail: string }} FieldProblem
 * @typedef {{ title?: string, detail?: string, fields?: FieldProblem[] }} Problem
 * @typedef {{ kind: "done", regions: string }} Done
 * @typedef {{ kind: "refused" | "unknown", problem: Problem }} NotDone
 * @typedef {Done | NotDone} Outcome
 */

/**
 * Sends `body` to `url` as the command `id`; the regions of the answer are the caller's to take.
 * @param {string} url
 * @param {URLSearchParams | FormData} body
 * @param {string} id
 * @param {number} [patienceMs]
 * @returns {Promise<Outcome>}
 */
export async function command(url, body, id, patienceMs = PATIENCE_MS) {
  const headers = { "x-live": "1", "idempotency-key": id };
  return ask(url, { method: "POST", body, headers, signal: AbortSignal.timeout(patienceMs) });
}

/**
 * Asks for regions without changing anything.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome>}
 */
export async function look(url, signal) {
  return ask(url, { headers: { "x-live": "1" }, signal });
}

/**
 * @param {string} url
 * @param {RequestInit} request
 * @returns {Promise<Outcome>}
 */
async function ask(url, request) {
  try {
    const answer = await fetch(url, { ...request, credentials: "same-origin" });
    return await take(answer);
  } catch {
    const problem = { title: text("no_answer_title"), detail: text("no_answer") };
    return { kind: "unknown", problem };
  }
}

/**
 * @param {Response} answer
 * @returns {Promise<Outcome>}
 */
async function take(answer) {
  if (answer.status === 401) {
    location.reload();
    return { kind: "unknown", problem: {} };
  }
  const leaveFor = answer.headers.get("x-live-location");
  if (leaveFor) {
    location.assign(leaveFor);
    return { kind: "done", regions: "" };
  }
  const type = answer.headers.get("content-type") ?? "";
  if (answer.ok) {
    return { kind: "done", regions: type.startsWith("text/html") ? await answer.text() : "" };
  }
  // 408, 429 and 5xx: not now. The command may have been done or not; its id tells the server.
  const isUnknown = answer.status >= 500 || answer.status === 408 || answer.status === 429;
  const isProblem = type.includes("json");
  /** @type {Problem} */
  const problem = isProblem ? await answer.json() : { detail: text("unreadable") };
  // The problem's own title is its code, for programs; the detail is the sentence for people.
  problem.title = text("refused");
  return { kind: isUnknown ? "unknown" : "refused", problem };
}
