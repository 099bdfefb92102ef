// @ts-check
/**
 * Makes an element like another one by changing as little as possible: what has an id is found
 * again and moved, what a person typed or opened stays theirs.
 */

/** Attributes that belong to the person or to the script, never to a patch. */
const OURS = new Set(["aria-busy", "data-busy", "data-flash", "data-opened"]);

/**
 * Makes `from` like `to`, which must be of the same kind; `to` is used up.
 * @param {Element} from
 * @param {Element} to
 */
export function morph(from, to) {
  if (from.hasAttribute("data-kept") && from.id === to.id) return;
  const typed = typedInto(from);
  attributes(from, to);
  if (from instanceof HTMLTextAreaElement && to instanceof HTMLTextAreaElement) {
    if (from.defaultValue !== to.defaultValue) from.defaultValue = to.defaultValue;
  } else {
    children(from, to);
  }
  settle(from, typed);
}

/**
 * Returns what a person has typed or chosen and not yet sent; null if nothing.
 * @param {Element} element
 */
function typedInto(element) {
  if (element instanceof HTMLInputElement) {
    if (element.type === "checkbox" || element.type === "radio") {
      return element.defaultChecked ? "checked" : "unchecked";
    }
    return element.type !== "hidden" && element.value !== element.defaultValue
      ? element.value
      : null;
  }
  if (element instanceof HTMLTextAreaElement) {
    return element.value !== element.defaultValue ? element.value : null;
  }
  if (!(element instanceof HTMLSelectElement)) return null;
  return element.value !== served(element) ? element.value : null;
}

/**
 * Returns the value the server chose in a list of choices.
 * @param {HTMLSelectElement} select
 */
function served(select) {
  const options = [...select.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value ?? "";
}

/**
 * Puts the state of a field right after its attributes changed.
 * @param {Element} element
 * @param {string | null} typed
 */
function settle(element, typed) {
  if (element instanceof HTMLInputElement) {
    if (element.type === "checkbox" || element.type === "radio") {
      const before = typed === "checked";
      if (before !== element.defaultChecked) element.checked = element.defaultChecked;
    } else if (element.type !== "file" && element.type !== "hidden") {
      const wanted = typed ?? element.defaultValue;
      if (element.value !== wanted) element.value = wanted;
    }
  } else if (element instanceof HTMLTextAreaElement) {
    const wanted = typed ?? element.defaultValue;
    if (element.value !== wanted) element.value = wanted;
  } else if (element instanceof HTMLSelectElement) {
    const isThere = [...element.options].some((option) => option.value === typed);
    element.value = typed !== null && isThere ? typed : served(element);
  }
}

/**
 * @param {Element} from
 * @param {Element} to
 */
function attributes(from, to) {
  const stays = (/** @type {string} */ name) =>
    OURS.has(name) ||
    (name === "open" && (from instanceof HTMLDialogElement || from instanceof HTMLDetailsElement));
  for (const { name, value } of [...to.attributes]) {
    if (!stays(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!stays(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}

/**
 * @param {Element} parent
 * @param {Element} wanted
 */
function children(parent, wanted) {
  const keyed = new Map();
  for (const child of parent.children) if (child.id) keyed.set(child.id, child);
  const wantedIds = new Set([...wanted.children].map((child) => child.id).filter(Boolean));
  let cursor = parent.firstChild;
  for (const next of [...wanted.childNodes]) {
    cursor = skip(cursor, wantedIds, next);
    const match = next instanceof Element && next.id ? keyed.get(next.id) : cursor;
    if (match && alike(match, next)) {
      if (match === cursor) cursor = cursor?.nextSibling ?? null;
      else move(parent, match, cursor);
      become(match, next);
    } else {
      parent.insertBefore(document.importNode(next, true), cursor);
    }
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    if (!belongsToScript(gone)) gone.remove();
  }
}

/**
 * Steps over what is not up for matching: the script's own notes, and, while an element without id
 * is to be placed, elements whose id comes later.
 * @param {ChildNode | null} cursor
 * @param {Set<string>} wantedIds
 * @param {Node} next
 */
function skip(cursor, wantedIds, next) {
  const nextHasId = next instanceof Element && next.id;
  while (
    cursor &&
    (belongsToScript(cursor) ||
      (!nextHasId && cursor instanceof Element && cursor.id && !wantedIds.has(cursor.id)))
  ) {
    const passed = cursor;
    cursor = cursor.nextSibling;
    if (!belongsToScript(passed)) passed.remove();
  }
  return cursor;
}

/** @param {Node} node */
function belongsToScript(node) {
  return node instanceof Element && node.hasAttribute("data-client");
}

/**
 * @param {Node} from
 * @param {Node} to
 */
function alike(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return false;
  if (!(from instanceof Element && to instanceof Element)) return true;
  // A field that names no type is a text field: asked of the elements, not of their attributes.
  if (from instanceof HTMLInputElement && to instanceof HTMLInputElement) {
    if (from.type !== to.type) return false;
  }
  return from.id === to.id;
}

/**
 * @param {Node} from
 * @param {Node} to
 */
function become(from, to) {
  if (from instanceof Element && to instanceof Element) morph(from, to);
  else if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
}

/**
 * Moves a child without its losing focus, where the browser can (`moveBefore`).
 * @param {Element & { moveBefore?: (node: Node, before: Node | null) => void }} parent
 * @param {Node} child
 * @param {Node | null} before
 */
function move(parent, child, before) {
  if (parent.moveBefore) parent.moveBefore(child, before);
  else parent.insertBefore(child, before);
}
