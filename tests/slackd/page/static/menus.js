// What floats above the page: menus, the emoji picker, toasts, small dialogs. One at a time, Escape closes it.

import { $, h, replace } from "./dom.js";
import { emojiChar, NAMES, VOCABULARY } from "./emoji.js";
import { plainText, textObject } from "./mrkdwn.js";

let closeOpen = null;

export const closeFloat = () => closeOpen?.();
export const floatIsOpen = () => closeOpen !== null;

/** Show `content` beside `anchor`; closes on Escape and on a press outside, and gives the focus back. */
export function float(anchor, content, { label, className = "menu", role = "menu" } = {}) {
  closeOpen?.();
  const box = h("div", { class: `float ${className}`, role, "aria-label": label }, content);
  document.body.append(box);
  place(box, anchor.getBoundingClientRect());
  const outside = (event) => { if (!box.contains(event.target)) close(); };
  const key = (event) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); anchor.focus?.(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(box, event);
  };
  function close() {
    box.remove();
    anchor.classList?.remove("open");
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", key, true);
    closeOpen = null;
  }
  anchor.classList?.add("open");
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", key, true);
  closeOpen = close;
  ($("input", box) ?? $("button, [tabindex]", box))?.focus();
  return close;
}

function place(box, near) {
  const { width, height } = box.getBoundingClientRect();
  const below = near.bottom + height + 8 < innerHeight;
  box.style.left = `${Math.max(8, Math.min(near.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, below ? near.bottom + 6 : near.top - height - 6)}px`;
}

function step(box, event) {
  const stops = [...box.querySelectorAll("button:not(:disabled)")];
  const at = stops.indexOf(document.activeElement);
  if (box.classList.contains("picker") || !stops.length) return;
  event.preventDefault();
  stops[(at + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
}

/** A menu of `{label, run, danger, hint, icon}` entries; null draws a line, a string a heading. */
export function menu(anchor, entries, label = "Menu") {
  let close = () => {};
  const row = (entry) => {
    if (entry === null) return h("hr");
    if (typeof entry === "string") return h("div", { class: "menu-heading" }, entry);
    const run = () => { close(); entry.run(); };
    return h("button", { type: "button", role: "menuitem", class: entry.danger ? "danger" : "", onclick: run },
      h("span", {}, entry.label), entry.hint ? h("small", {}, entry.hint) : null);
  };
  close = float(anchor, entries.map(row), { label });
}

// ---- emoji

export function pickEmoji(anchor, chosen) {
  let close = () => {};
  const choose = (name) => { close(); chosen(name); };
  const button = (name) =>
    h("button", { type: "button", class: "emoji-choice", title: `:${name}:`, "aria-label": name, onclick: () => choose(name) }, emojiChar(name));
  const grid = h("div", { class: "emoji-scroll" });
  const show = (wanted) => {
    const found = wanted ? NAMES.filter((name) => name.includes(wanted)) : null;
    replace(grid, found
      ? h("div", { class: "emoji-grid" }, found.length ? found.map(button) : h("p", { class: "faint" }, "No emoji of that name"))
      : [h("div", { class: "menu-heading" }, "What Scribe understands"), h("div", { class: "emoji-grid" }, VOCABULARY.map(button)),
         h("div", { class: "menu-heading" }, "Everything else"), h("div", { class: "emoji-grid" }, NAMES.slice(VOCABULARY.length).map(button))]);
  };
  const search = h("input", {
    type: "search", placeholder: "Search emoji", "aria-label": "Search emoji",
    oninput: () => show(search.value.trim().replaceAll(":", "").toLowerCase()),
    onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); $(".emoji-choice", grid)?.click(); } },
  });
  show("");
  close = float(anchor, [search, grid], { label: "Pick an emoji", className: "picker", role: "dialog" });
}

// ---- toasts

export function toast(message, kind = "info") {
  const note = h("div", { class: `toast ${kind}`, role: kind === "error" ? "alert" : "status" }, message);
  $("#toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

export const failed = (error) => toast(error.message, "error");

// ---- dialogs

/** A dialog over everything; returns its close function. `onclose` runs however it is left. */
export function dialog(content, { label, className = "", onclose = () => {} } = {}) {
  closeOpen?.();
  const before = document.activeElement;
  const box = h("div", { class: `dialog ${className}`, role: "dialog", "aria-modal": "true", "aria-label": label }, content);
  const veil = h("div", { class: "veil", onpointerdown: (event) => { if (event.target === veil) close(); } }, box);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !floatIsOpen()) { event.stopPropagation(); close(); }
    if (event.key === "Tab") keepFocus(box, event);
  });
  let open = true;
  function close() {
    if (!open) return;
    open = false;
    veil.remove();
    before?.focus?.();
    onclose();
  }
  document.body.append(veil);
  ($("[autofocus]", box) ?? $("input:not([type=hidden]), textarea, select, .primary, button", box))?.focus();
  return close;
}

export function keepFocus(box, event) {
  const stops = [...box.querySelectorAll("a[href], button, input, textarea, select, [tabindex='0']")].filter((stop) => !stop.disabled && stop.offsetParent);
  const [first, last] = [stops[0], stops.at(-1)];
  if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last?.focus(); }
  else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first?.focus(); }
}

/** Slack's confirm object as a question; resolves to whether it was confirmed. */
export function confirmed(confirm) {
  return new Promise((resolve) => {
    let answer = false;
    const end = (value) => { answer = value; close(); };
    const close = dialog([
      h("h2", {}, plainText(confirm.title)),
      h("div", { class: "dialog-body" }, textObject(confirm.text)),
      h("footer", {},
        h("button", { type: "button", class: "button", onclick: () => end(false) }, plainText(confirm.deny)),
        h("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, autofocus: true, onclick: () => end(true) }, plainText(confirm.confirm))),
    ], { label: confirm.title.text, className: "small", onclose: () => resolve(answer) });
  });
}

export const ask = (title, text, yes, style = "primary") =>
  confirmed({ title: { text: title }, text: { type: "plain_text", text, emoji: false }, confirm: { text: yes }, deny: { text: "Cancel" }, style });
