// @ts-check
/**
 * Lets a person hear and see for a moment what the server said: accepted, refused, paid, a bell.
 * Each cue id is played once; what a page shows when it opens is old news and stays silent.
 */
import { command } from "./answer.js";
import { newId, onPatched } from "./page.js";

/** @typedef {"accepted" | "refused" | "paid" | "bell"} Cue */

/**
 * Notes as [hertz, begins after ms, lasts ms]: accepted short and high, refused low and double,
 * paid rising, the bell three strokes; told apart by ear alone across a counter.
 * @type {Record<Cue, [number, number, number][]>}
 */
const NOTES = {
  accepted: [[1320, 0, 60]],
  refused: [[196, 0, 200], [165, 210, 210]],
  paid: [[880, 0, 110], [1320, 120, 180]],
  bell: [[988, 0, 220], [784, 260, 220], [988, 520, 320]],
};

/** @type {Record<Cue, number>} */
const EDGE_MS = { accepted: 250, refused: 900, paid: 400, bell: 900 };

/** How often a bell is repeated while the page shows it. */
const BELL_MS = 20_000;

/** @type {AudioContext | null} */
let sound = null;

/** @type {Set<string> | null} */
let known = null;

/** @type {number | undefined} */
let edge;

/** What was said of which bell, so that it is said once: silent, and with sound. */
const said = new Set();

/** Begins to listen for cues; sounds start with the first key or touch (the browser's rule). */
export function startCues() {
  for (const gesture of ["pointerdown", "keydown"]) {
    addEventListener(gesture, unlock, { capture: true, passive: true });
  }
  onPatched(playNew);
  onPatched(sayShown);
  sayShown();
  setInterval(() => {
    if (document.querySelector("[data-bell]")) play("bell");
    sayShown();
  }, BELL_MS);
}

/** Tells the server that this page shows the bell, and whether it can be heard. */
function sayShown() {
  const bell = document.querySelector("[data-bell][data-bell-shown]");
  const url = bell?.getAttribute("data-bell-shown");
  // A page without a stream asks somebody to sign in first, and may not say anything.
  if (!bell || !url || !document.documentElement.dataset.stream) return;
  const sounded = sound?.state === "running" ? "yes" : "no";
  const what = `${bell.getAttribute("data-bell")} ${sounded}`;
  if (said.has(what)) return;
  said.add(what);
  void command(url, new URLSearchParams({ sounded }), newId()).then((outcome) => {
    if (outcome.kind !== "done") said.delete(what);
  });
}

/**
 * Plays a cue now.
 * @param {Cue} cue
 */
export function play(cue) {
  document.documentElement.dataset.flash = cue;
  clearTimeout(edge);
  edge = setTimeout(() => delete document.documentElement.dataset.flash, EDGE_MS[cue]);
  navigator.vibrate?.(cue === "refused" ? [80, 60, 80] : 30);
  if (sound?.state !== "running") return;
  for (const [hertz, afterMs, lastsMs] of NOTES[cue]) note(sound, hertz, afterMs, lastsMs);
}

function unlock() {
  sound ??= "AudioContext" in window ? new AudioContext() : null;
  if (sound?.state === "suspended") void sound.resume();
}

function playNew() {
  const shown = [...document.querySelectorAll("[data-cue][data-cue-id]")];
  const opened = known === null;
  known ??= new Set();
  for (const element of shown) {
    const id = element.getAttribute("data-cue-id") ?? "";
    const cue = element.getAttribute("data-cue") ?? "";
    if (!known.has(id) && !opened && cue in NOTES) play(/** @type {Cue} */ (cue));
    known.add(id);
  }
}

/**
 * @param {AudioContext} sound
 * @param {number} hertz
 * @param {number} afterMs
 * @param {number} lastsMs
 */
function note(sound, hertz, afterMs, lastsMs) {
  const from = sound.currentTime + afterMs / 1000;
  const to = from + lastsMs / 1000;
  const volume = sound.createGain();
  volume.gain.setValueAtTime(0, from);
  // Ramps of 5 and 30 ms: a note cut square clicks.
  volume.gain.linearRampToValueAtTime(0.25, from + 0.005);
  volume.gain.setValueAtTime(0.25, Math.max(from + 0.005, to - 0.03));
  volume.gain.linearRampToValueAtTime(0, to);
  const tone = sound.createOscillator();
  tone.type = "triangle";
  tone.frequency.value = hertz;
  tone.connect(volume).connect(sound.destination);
  tone.start(from);
  tone.stop(to);
}
