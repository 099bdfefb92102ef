// @ts-check
/**
 * Adds up a drawer while it is being counted, as a help for the eye. The server counts again from
 * the same numbers and is the one that is right; what was expected never comes to the page.
 */
import { onPatched } from "./page.js";

/** Begins to add up the count grids on the page. */
export function startCount() {
  document.addEventListener("input", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const grid = target?.closest(".count-grid");
    if (grid instanceof HTMLElement) addUp(grid);
  });
  onPatched(() => {
    for (const grid of document.querySelectorAll(".count-grid")) {
      if (grid instanceof HTMLElement) addUp(grid);
    }
  });
}

/** @param {HTMLElement} grid */
function addUp(grid) {
  const decimals = Number(grid.dataset.decimals ?? "2");
  const money = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency: grid.dataset.currency ?? "EUR",
  });
  const written = (/** @type {number} */ minor) => money.format(minor / 10 ** decimals);
  let totalMinor = 0;
  for (const row of grid.querySelectorAll(".count-row")) {
    const field = row.querySelector("input");
    const sum = row.querySelector("output");
    if (!field || !sum) continue;
    const isCount = /^\d{0,6}$/.test(field.value.trim());
    field.toggleAttribute("data-unreadable", !isCount);
    const minor = isCount ? Number(field.value) * Number(field.dataset.minor) : 0;
    totalMinor += minor;
    sum.textContent = written(minor);
    row.toggleAttribute("data-none", minor === 0);
  }
  const total = grid.querySelector("output.total");
  if (total) total.textContent = written(totalMinor);
}
