// @ts-check
/**
 * Starts everything a page may need; each part finds out by itself whether this page has it.
 */
import { startCount } from "./count.js";
import { startCues } from "./cues.js";
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startNumpad } from "./numpad.js";
import { startScan } from "./scan.js";
import { startTouchpad } from "./touchpad.js";

startCues();
startDialogs();
startCount();
startForms();
// Scans are recognised before keys are looked at.
startScan();
startNumpad();
startTouchpad();
startKeys();
startLive();
