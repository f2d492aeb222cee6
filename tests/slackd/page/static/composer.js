// Where people type: Enter sends, Shift+Enter breaks the line, a leading slash is a command, @ # : and / complete.

import { append, h, iconButton, replace } from "./dom.js";
import { base64 } from "./elements.js";
import { emojiChar, NAMES } from "./emoji.js";
import { failed, menu, pickEmoji } from "./menus.js";
import { act, store } from "./store.js";

const drafts = new Map();

/** A composer for a conversation or one of its threads. */
export function composer({ channel, thread = null, label }) {
  const key = `${store.as}/${channel.id}/${thread ?? ""}`;
  const box = h("textarea", { rows: 1, placeholder: label, "aria-label": label, value: drafts.get(key) ?? "", autocomplete: "off" });
  const hints = h("div", { class: "hints", role: "listbox", hidden: true, "aria-label": "Suggestions" });
  const chosen = h("div", { class: "chosen-files" });
  let files = [];
  const also = h("input", { type: "checkbox" });

  const grow = () => { box.style.height = "auto"; box.style.height = `${Math.min(box.scrollHeight, 240)}px`; };
  const refresh = () => { drafts.set(key, box.value); grow(); suggest(box, hints, thread); };
  const insert = (text) => { box.setRangeText(text, box.selectionStart, box.selectionEnd, "end"); refresh(); box.focus(); };

  async function send() {
    const text = box.value;
    if (!text.trim() && !files.length) return;
    const sent = files;
    const list = node.parentElement.parentElement.querySelector(":scope > .messages") ?? node.parentElement.querySelector(".messages");
    list.scrollTop = list.scrollHeight; // who speaks wants to see the answer
    box.value = "";
    files = [];
    showFiles();
    refresh();
    try {
      if (isCommand(text)) await act("command", { channel: channel.id, text: text.trim(), thread_ts: thread });
      else await act("say", { channel: channel.id, text, thread_ts: thread, broadcast: also.checked, files: await Promise.all(sent.map(upload)) });
    } catch (error) {
      failed(error);
      if (!box.value) { box.value = text; refresh(); }
    }
  }
  const showFiles = () => replace(chosen, files.map((file) => h("span", { class: "chip" }, file.name, h("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: () => { files = files.filter((other) => other !== file); showFiles(); } }, "×"))));

  const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => { files = [...files, ...picker.files]; picker.value = ""; showFiles(); box.focus(); } });
  box.addEventListener("input", refresh);
  box.addEventListener("click", refresh);
  box.addEventListener("blur", () => { setTimeout(() => { hints.hidden = true; }, 150); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (!hints.hidden && choose(event, hints)) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); }
  });
  const bar = h("div", { class: "composer-bar" },
    iconButton("clip", "Attach a file", () => picker.click()),
    iconButton("smile", "Insert an emoji", (event) => pickEmoji(event.currentTarget, (name) => insert(`:${name}:`))),
    store.shell.shortcuts.global.length ? iconButton("bolt", "Shortcuts", (event) => menu(event.currentTarget, shortcuts(), "Shortcuts")) : null,
    thread ? h("label", { class: "also" }, also, "Also send to the channel") : null,
    h("span", { class: "spring" }), iconButton("send", "Send", send, { class: "icon-button send" }));
  const node = h("div", { class: "composer" }, hints, chosen, box, picker, bar);
  requestAnimationFrame(grow);
  return node;
}

const isCommand = (text) => /^\/[a-z]/.test(text.trim());
const upload = async (file) => (await act("file", { name: file.name, content: await base64(file) })).file.id;

const shortcuts = () => [
  store.shell.app.name,
  ...store.shell.shortcuts.global.map(({ name, callback_id, description }) => ({ label: name, hint: description, run: () => act("shortcut", { callback_id }).catch(failed) })),
];

// ---- completion

function found(box, thread) {
  const before = box.value.slice(0, box.selectionStart);
  if (/^\/\S*$/.test(before) && !thread) return { word: before, entries: store.shell.commands.filter(({ command }) => command.startsWith(before)).map(({ command, hint, description }) => ({ insert: `${command} `, label: command, hint: hint || description })) };
  const known = store.shell.commands.find(({ command }) => before.startsWith(`${command} `));
  if (known && !thread) return commandHint(known);
  const [, sign, word] = before.match(/(?:^|\s)([@#:])([\w+.-]{1,30})$/) ?? before.match(/(?:^|\s)([@#])()$/) ?? [];
  if (!sign) return null;
  const wanted = word.toLowerCase();
  return { word: sign + word, entries: SOURCES[sign](wanted).slice(0, 8) };
}

/** While a command is being typed its usage stays in sight. */
const commandHint = ({ command, hint, description }) => ({ word: null, note: [h("b", {}, command), ` ${hint}`, description ? h("small", {}, description) : null], entries: [] });

const SOURCES = {
  "@": (wanted) => Object.values(store.shell.users).filter((person) => !person.deleted && `${person.name} ${person.real_name}`.toLowerCase().includes(wanted)).map((person) => ({ insert: `@${person.name} `, label: person.display, hint: `@${person.name}` })),
  "#": (wanted) => store.shell.channels.filter((channel) => channel.name && ["channel", "group"].includes(channel.kind) && channel.name.includes(wanted)).map((channel) => ({ insert: `#${channel.name} `, label: `#${channel.name}` })),
  ":": (wanted) => NAMES.filter((name) => wanted.length > 1 && name.includes(wanted)).map((name) => ({ insert: `:${name}: `, label: `${emojiChar(name)} :${name}:` })),
};

function suggest(box, hints, thread) {
  const match = found(box, thread);
  hints.hidden = !match || (!match.entries.length && !match.note);
  hints.dataset.whole = String(Boolean(match?.entries.some((entry) => entry.insert.trim() === match.word)));
  if (hints.hidden) return;
  const option = (entry, index) => h("button", { type: "button", role: "option", "aria-selected": String(index === 0), onmousedown: (event) => { event.preventDefault(); complete(entry); } }, h("span", {}, entry.label), entry.hint ? h("small", {}, entry.hint) : null);
  function complete(entry) {
    const at = box.selectionStart;
    box.setRangeText(entry.insert, at - match.word.length, at, "end");
    box.dispatchEvent(new Event("input"));
  }
  append(replace(hints, match.note ? h("div", { class: "hint-note" }, match.note) : null), match.entries.map(option));
}

/** Arrow keys walk the suggestions, Tab and Enter take one (Enter only while the word is unfinished); says whether the key was used up. */
function choose(event, hints) {
  const rows = [...hints.querySelectorAll("button")];
  if (event.key === "Escape") { hints.hidden = true; event.stopPropagation(); return true; }
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = (at + (event.key === "ArrowDown" ? 1 : rows.length - 1)) % rows.length;
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
  } else if (event.key === "Tab" || (event.key === "Enter" && hints.dataset.whole !== "true")) rows[at].dispatchEvent(new MouseEvent("mousedown", { cancelable: true }));
  else return false;
  event.preventDefault();
  return true;
}
