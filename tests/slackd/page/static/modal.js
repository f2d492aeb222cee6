// The app's modal, top of its stack: what is typed survives updates, errors stand under their input.

import { blocksNode, site } from "./blocks.js";
import { $, h, iconButton, replace } from "./dom.js";
import { initialLeaf } from "./elements.js";
import { closeFloat, failed, floatIsOpen, keepFocus } from "./menus.js";
import { plainText } from "./mrkdwn.js";
import { act, displayName, store } from "./store.js";

let shown = null; // the view on screen: its id, values, errors, node

export function showModal(view, depth) {
  if (!view) return hide();
  const print = JSON.stringify([view.hash, view.blocks]);
  if (shown?.id === view.id && shown.print === print) return;
  const values = shown?.id === view.id ? stillThere(shown.values, view) : structuredClone(view.state?.values ?? {});
  const returnTo = shown?.returnTo ?? document.activeElement;
  shown = { id: view.id, print, values, errors: {}, view, depth, returnTo, node: shown?.node ?? frame() };
  draw();
}

const stillThere = (values, view) => {
  const ids = new Map(view.blocks.map((block) => [block.block_id, [block.element, block.accessory, ...(block.elements ?? [])].filter(Boolean).map((spec) => spec.action_id)]));
  return Object.fromEntries(Object.entries(values).filter(([id]) => ids.has(id)).map(([id, leaves]) => [id, Object.fromEntries(Object.entries(leaves).filter(([action]) => ids.get(id).includes(action)))]));
};

function frame() {
  const box = h("form", { class: "dialog modal", role: "dialog", "aria-modal": "true", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } });
  const veil = h("div", { class: "veil modal-veil" }, box);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !floatIsOpen()) { event.stopPropagation(); close(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); submit(); }
    if (event.key === "Tab") keepFocus(box, event);
  });
  closeFloat();
  document.body.append(veil);
  return veil;
}

function hide() {
  if (!shown) return;
  shown.node.remove();
  shown.returnTo?.focus?.();
  shown = null;
}

function place() {
  const { id, values, errors } = shown;
  return site({
    values,
    errors,
    send: (block_id, spec, leaf) => act("press", { place: { view: id }, block_id, action_id: spec.action_id ?? "", leaf, values }),
    suggest: async (block_id, spec, typed) => (await act("suggest", { place: { view: id }, block_id, action_id: spec.action_id ?? "", typed })).options,
    changed: (block_id) => clearError(block_id),
  });
}

function clearError(block_id) {
  if (!shown?.errors[block_id]) return;
  delete shown.errors[block_id];
  const block = $(`[data-block="${CSS.escape(block_id)}"]`, shown.node);
  block?.classList.remove("wrong");
  $(".error", block)?.remove();
}

function draw() {
  const { view, depth, node } = shown;
  const box = $("form", node);
  const focused = document.activeElement?.closest("[data-block]")?.dataset.block;
  const scrolled = $(".dialog-body", box)?.scrollTop ?? 0;
  box.setAttribute("aria-label", view.title?.text ?? "Form");
  replace(box,
    h("header", {}, depth > 1 ? iconButton("back", "Back", close) : null, h("h2", {}, plainText(view.title ?? { text: "" })), iconButton("close", "Close", close)),
    h("div", { class: "dialog-body" }, blocksNode(view.blocks, place())),
    h("footer", {}, h("small", { class: "faint" }, `From ${displayName(store.shell.app.user_id)}`), h("span", { class: "spring" }),
      h("button", { type: "button", class: "button", onclick: close }, plainText(view.close ?? { text: "Cancel" })),
      view.submit ? h("button", { type: "submit", class: "button primary" }, plainText(view.submit)) : null));
  $(".dialog-body", box).scrollTop = scrolled;
  const wrong = $(".wrong", box);
  const stay = focused && $(`[data-block="${CSS.escape(focused)}"]`, box);
  const wanted = view.blocks.find((block) => block.element?.focus_on_load)?.block_id;
  const first = wrong ?? stay ?? (wanted && $(`[data-block="${CSS.escape(wanted)}"]`, box)) ?? $(".dialog-body", box);
  ($("input, textarea, select, button", first) ?? $("footer .primary, footer button", box))?.focus();
}

/** What only the browser can see at once: an input that may not stay empty. */
function missing(view, values) {
  const empty = (leaf) => !leaf || Object.entries(leaf).every(([name, value]) => name === "type" || name === "timezone" || value === null || value === "" || value?.length === 0);
  const lacks = view.blocks.filter((block) => block.type === "input" && !block.optional && empty(filled(block, values)));
  return Object.fromEntries(lacks.map((block) => [block.block_id, "Please complete this required field."]));
}

const filled = (block, values) => values[block.block_id]?.[block.element.action_id ?? ""];

/** Every input's leaf: what was filled in, else what it started with. */
function withDefaults(view, values) {
  const all = structuredClone(values);
  for (const block of view.blocks.filter(({ type }) => type === "input")) {
    const action = block.element.action_id ?? "";
    all[block.block_id] = { [action]: initialLeaf(block.element), ...all[block.block_id] };
  }
  return all;
}

async function submit() {
  if (!shown?.view.submit) return;
  const { id, values, view, node } = shown;
  shown.errors = missing(view, withDefaults(view, values));
  if (Object.keys(shown.errors).length) return draw();
  const button = $("footer .primary", node);
  button.disabled = true;
  button.classList.add("busy");
  try {
    const { errors } = await act("submit", { view: id, values: withDefaults(view, values) });
    if (shown?.id === id && errors) { shown.errors = errors; draw(); }
  } catch (error) {
    failed(error);
  } finally {
    button.disabled = false;
    button.classList.remove("busy");
  }
}

/** Close the form in front; what lies below comes up again. */
function close() {
  if (shown) act("close", { view: shown.id }).catch(failed);
}
