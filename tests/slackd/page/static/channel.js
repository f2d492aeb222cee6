// The open conversation: its header with topic, bookmarks, pins and canvas, its messages, its thread, its composer.

import { composer } from "./composer.js";
import { $, append, h, icon, iconButton, replace } from "./dom.js";
import { markdown } from "./markdown.js";
import { dialog, failed, float, menu } from "./menus.js";
import { avatar, showMessages } from "./messages.js";
import { emojiNode, inline, linkNode, mrkdwn } from "./mrkdwn.js";
import { act, displayName, store } from "./store.js";
import { dayName, hourMinute } from "./time.js";

const nearBottom = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
const toBottom = (box) => { box.scrollTop = box.scrollHeight; };

/** A list of messages that stays at its end while pictures in it are still arriving. */
function messageList(label, ...content) {
  let atEnd = true;
  const list = h("div", { class: "messages", role: "log", "aria-label": label, tabindex: "0", onkeydown: walk, onscroll: () => { atEnd = nearBottom(list); } }, content, h("div", { class: "message-list" }));
  list.addEventListener("load", () => { if (atEnd) toBottom(list); }, true);
  return list;
}

/** Draw the open conversation into `main`. `open(thread)` opens or closes a thread, `tab(name)` turns to another face of it. */
export function showChannel(main, { open, tab, earlier }) {
  const { channel } = store;
  const fresh = main.dataset.place !== `${store.as}/${channel.id}/${store.canvas}`;
  if (fresh) frame(main, channel);
  forgetOldNames($(".message-list", main));
  showHeader($(".channel-head", main), channel, { tab, open, earlier });
  if (store.canvas) return showCanvas($(".canvas", main), channel.canvases.find(({ id }) => id === store.canvas));
  const list = $(".messages", main);
  const follow = fresh || nearBottom(list);
  list.querySelector(".earlier").hidden = !channel.more;
  list.querySelector(".earlier").onclick = earlier;
  showMessages($(".message-list", list), channel.messages, { openThread: open, readOnly: channel.is_archived });
  list.querySelector(".intro").hidden = channel.more;
  foot(main, channel);
  if (follow) toBottom(list);
  offerNewest(main, list, channel, follow);
}

/** Who has scrolled up is told that something new was said, and is not torn away from what they read. */
function offerNewest(main, list, channel, follow) {
  const newest = channel.messages.at(-1)?.ts ?? "";
  const isNew = list.dataset.newest && newest > list.dataset.newest;
  list.dataset.newest = newest;
  if (follow || !isNew || $(".below", main)) return;
  const pill = h("button", { type: "button", class: "below", onclick: () => toBottom(list) }, "New messages ↓");
  const gone = () => { if (nearBottom(list)) { pill.remove(); list.removeEventListener("scroll", gone); } };
  list.addEventListener("scroll", gone);
  $(".foot", main).append(pill);
}

/** A header drawn anew would close what hangs from it, so it is drawn only when it says something else. */
function showHeader(box, { messages, unread, mentions, more, ...channel }, turns) {
  const print = JSON.stringify([channel, store.canvas]);
  if (box.dataset.print === print) return;
  box.dataset.print = print;
  replace(box, header(channel, turns));
}

/** Messages name people: when a name changes, all of them are drawn again. */
function forgetOldNames(list) {
  const names = JSON.stringify(store.shell.users);
  if (list && list.dataset.names !== names) replace(list).dataset.names = names;
}

/** Arrow keys walk from message to message; Tab then reaches what can be done with one. */
function walk(event) {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  if (event.target.closest("input, textarea, select, button, .float")) return;
  const all = [...event.currentTarget.querySelectorAll(".message")];
  const at = all.indexOf(document.activeElement.closest(".message"));
  const next = at < 0 ? all.at(-1) : all[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function frame(main, channel) {
  main.dataset.place = `${store.as}/${channel.id}/${store.canvas}`;
  const list = messageList(`Messages in ${nameOf(channel)}`, h("button", { type: "button", class: "earlier link", hidden: true }, "Show earlier messages"), intro(channel));
  replace(main, h("header", { class: "channel-head" }), store.canvas ? h("div", { class: "canvas", tabindex: "0" }) : [list, h("div", { class: "foot" })]);
}

function nameOf(channel) {
  if (channel.kind === "im") return displayName(channel.with);
  return channel.kind === "mpim" ? channel.members.filter((id) => id !== store.as).map(displayName).join(", ") : `#${channel.name}`;
}

const intro = (channel) => h("div", { class: "intro" }, h("h2", {}, nameOf(channel)),
  h("p", {}, channel.kind === "im" ? "This is the beginning of your conversation." : `This is the beginning of ${nameOf(channel)}.`, channel.purpose ? [" ", inline(channel.purpose)] : null));

function header(channel, turns) {
  const { tab } = turns;
  const app = channel.with === store.shell.app.user_id;
  const face = (name, label, on, more = {}) => h("button", { type: "button", class: on ? "tab on" : "tab", "aria-pressed": String(on), onclick: () => tab(name), ...more }, label);
  const title = h("div", { class: "title" },
    channel.kind === "im" ? avatar(channel.with, "", "avatar tiny") : icon(channel.kind === "channel" ? "hash" : channel.kind === "group" ? "lock" : "people"),
    h("h1", {}, channel.kind === "channel" || channel.kind === "group" ? channel.name : nameOf(channel)),
    channel.is_archived ? h("span", { class: "badge" }, "archived") : null,
    channel.topic ? h("div", { class: "topic", title: channel.topic }, inline(channel.topic)) : null,
    h("span", { class: "spring" }),
    channel.kind === "im" ? null : h("button", { type: "button", class: "pill", onclick: (event) => members(event, channel), "aria-label": `${channel.members.length} members` }, icon("people"), String(channel.members.length)),
    channel.kind === "im" ? null : iconButton("more", "Channel actions", (event) => channelMenu(event, channel)));
  const faces = app && store.shell.app.home_tab
    ? [face("home", "Home", false), face("messages", "Messages", true)]
    : [face("messages", "Messages", !store.canvas), ...channel.canvases.map(({ id, title }) => face(id, [icon("doc"), title || "Canvas"], store.canvas === id))];
  const bookmarks = channel.bookmarks.map((mark) => h("span", { class: "bookmark" }, mark.emoji ? emojiNode(mark.emoji.replaceAll(":", "")) : icon("bookmark"), linkNode(mark.link, mark.title)));
  const pins = channel.pins.length ? h("button", { type: "button", class: "tab", onclick: (event) => showPins(event, channel, turns) }, icon("pin"), `${channel.pins.length} pinned`) : null;
  return [title, h("div", { class: "tabs" }, faces, pins, bookmarks)];
}

/** The canvas to read; while somebody writes in it, what others do to it does not take the words from under them. */
function showCanvas(box, canvas) {
  if ($("textarea", box)) return;
  if (!canvas) return replace(box, h("p", { class: "faint" }, "This canvas is not there."));
  const title = canvas.title ? h("h1", { class: "paper-title" }, canvas.title) : null;
  const edit = h("button", { type: "button", class: "button", onclick: () => write(box, canvas) }, "Edit");
  replace(box, h("article", { class: "paper" }, h("div", { class: "paper-tools" }, edit), title, markdown(canvas.markdown)));
}

function write(box, canvas) {
  const area = h("textarea", { class: "control", rows: 30, "aria-label": "Content of the canvas" }, canvas.markdown);
  const leave = (now) => { replace(box); showCanvas(box, now); };
  const save = (event) => {
    event.preventDefault();
    act("write_canvas", { canvas: canvas.id, markdown: area.value }).then(() => leave({ ...canvas, markdown: area.value })).catch(failed);
  };
  const tools = h("div", { class: "paper-tools" }, h("button", { type: "button", class: "button", onclick: () => leave(canvas) }, "Cancel"), h("button", { type: "submit", class: "button primary" }, "Save"));
  replace(box, h("form", { class: "paper", onsubmit: save }, tools, area));
  area.focus();
}

function members(event, channel) {
  float(event.currentTarget, [h("div", { class: "menu-heading" }, "Members"), channel.members.map((id) => h("div", { class: "member" }, avatar(id, id, "avatar tiny"), displayName(id), store.shell.users[id]?.is_bot ? h("span", { class: "badge" }, "APP") : null))], { label: "Members", role: "dialog" });
}

function channelMenu(event, channel) {
  const here = { channel: channel.id };
  const outside = Object.values(store.shell.users).filter((person) => !channel.members.includes(person.id) && !person.deleted);
  menu(event.currentTarget, [
    { label: "Set the topic", run: () => setTopic(channel) },
    ...outside.map((person) => ({ label: `Invite ${person.display}`, run: () => act("invite", { ...here, user: person.id }).catch(failed) })),
    null,
    { label: "Leave", run: () => act("leave", here).catch(failed) },
    channel.is_archived ? { label: "Unarchive", run: () => act("unarchive", here).catch(failed) } : { label: "Archive", danger: true, run: () => act("archive", here).catch(failed) },
  ], "Channel actions");
}

function setTopic(channel) {
  const box = h("input", { class: "control", maxlength: 250, value: channel.topic, "aria-label": "Topic", autofocus: true });
  const save = (event) => { event.preventDefault(); act("topic", { channel: channel.id, topic: box.value }).then(() => close()).catch(failed); };
  const close = dialog(h("form", { onsubmit: save }, h("header", {}, h("h2", {}, "Topic")), h("div", { class: "dialog-body" }, box), h("footer", {}, h("span", { class: "spring" }), h("button", { type: "submit", class: "button primary" }, "Save"))), { label: "Set the topic", className: "small" });
}

function showPins(event, channel, turns) {
  const one = (message) => h("button", { type: "button", class: "pin-row", onclick: () => { close(); jump(message, turns); } },
    h("b", {}, displayName(message.user)), h("small", {}, ` ${dayName(message.ts)} ${hourMinute(message.ts)}`), h("div", {}, mrkdwn(message.text.slice(0, 200))));
  const close = float(event.currentTarget, [h("div", { class: "menu-heading" }, "Pinned"), channel.pins.map(one)], { label: "Pinned messages", role: "dialog", className: "menu pins" });
}

/** Bring a message into sight and light it up for a moment; one further back than what is shown is fetched first. */
export async function jump({ ts, thread_ts: thread }, { open, earlier }) {
  if (thread && thread !== ts) return open(thread);
  const there = () => document.querySelector(`.message[data-ts="${ts}"]`);
  while (!there() && store.channel.more) await earlier();
  const node = there();
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("lit");
  return setTimeout(() => node?.classList.remove("lit"), 2000);
}

function foot(main, channel) {
  const box = $(".foot", main);
  const state = channel.is_archived ? "archived" : channel.is_member ? "member" : "guest";
  if (box.dataset.state === state) return;
  box.dataset.state = state;
  const bar = (text, label, verb) => h("div", { class: "foot-bar" }, h("span", {}, text), h("button", { type: "button", class: "button primary", onclick: () => act(verb, { channel: channel.id }).catch(failed) }, label));
  if (state === "archived") replace(box, bar("This channel is archived.", "Unarchive", "unarchive"));
  else if (state === "guest") replace(box, bar(`You are looking at ${nameOf(channel)}.`, "Join", "join"));
  else {
    append(replace(box), [composer({ channel, label: `Message ${nameOf(channel)}` })]);
    $("textarea", box).focus();
  }
}

// ---- the thread

export function showThread(pane, { open }) {
  const { thread, channel } = store;
  pane.hidden = !thread || store.canvas;
  if (pane.hidden) { pane.dataset.place = ""; return replace(pane); }
  const place = `${store.as}/${channel.id}/${thread.ts}`;
  const fresh = pane.dataset.place !== place;
  if (fresh) {
    pane.dataset.place = place;
    replace(pane, h("header", {}, h("h2", {}, "Thread"), h("small", { class: "faint" }, nameOf(channel)), h("span", { class: "spring" }), iconButton("close", "Close the thread", () => open(null))),
      messageList("Thread"),
      channel.is_archived || !channel.is_member ? null : composer({ channel, thread: thread.ts, label: "Reply…" }));
  }
  const list = $(".messages", pane);
  const follow = fresh || nearBottom(list);
  forgetOldNames($(".message-list", list));
  showMessages($(".message-list", list), thread.messages, { inThread: true, openThread: open, readOnly: channel.is_archived });
  if (follow) toBottom(list);
  if (fresh) $("textarea", pane)?.focus();
}
