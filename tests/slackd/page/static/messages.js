// The list of messages: who, when, what, the reactions, and what can be done with each.

import { blocksNode, site } from "./blocks.js";
import { h, icon, iconButton, reconcile, replace } from "./dom.js";
import { emojiChar } from "./emoji.js";
import { fileNode } from "./files.js";
import { ask, failed, menu, pickEmoji, toast } from "./menus.js";
import { emojiNode, inline, mrkdwn, plainText } from "./mrkdwn.js";
import { act, asTyped, displayName, store, user } from "./store.js";
import { ago, dayKey, dayName, full, hourMinute } from "./time.js";

const kept = new Map(); // what was chosen in a message's menus, by channel and ts

export function avatar(id, name, className = "avatar") {
  const person = user(id);
  const label = person?.display ?? name ?? "?";
  const node = h("span", { class: `${className}${person?.is_bot || !person ? " bot" : ""}`, "aria-hidden": "true" }, person?.is_app ? icon("doc") : initials(label));
  node.style.setProperty("--hue", person?.hue ?? 210);
  return node;
}

const initials = (name) => {
  const words = name.split(/[\s-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word.replace(/[^\p{L}\p{N}]/gu, "")][0] ?? "").join("").toUpperCase() || "?";
};

const author = (message) => message.username ?? (user(message.user)?.display || message.bot_profile?.name) ?? message.bot_id ?? "Someone";
const isApp = (message) => Boolean(message.bot_id) || user(message.user)?.is_bot;

/** Fill `box` with messages; `inThread` leaves out day lines and the thread summary. */
export function showMessages(box, messages, options) {
  const items = [];
  let before = null;
  for (const message of messages) {
    const day = dayKey(message.ts);
    if (!options.inThread && day !== (before && dayKey(before.ts))) items.push({ kind: "day", key: `day-${day}`, label: dayName(message.ts) });
    items.push({ kind: "message", key: message.ts, follows: follows(before, message), message });
    before = message;
  }
  reconcile(box, items, (item) => item.key, (item) => (item.kind === "day" ? dayLine(item) : messageNode(item, options)));
}

const dayLine = ({ label }) => h("div", { class: "day-line", role: "separator" }, h("span", {}, label));

function follows(before, message) {
  return Boolean(before) && !before.subtype && !message.subtype && !before.only_you === !message.only_you
    && author(before) === author(message) && before.user === message.user
    && Number(message.ts) - Number(before.ts) < 300 && dayKey(before.ts) === dayKey(message.ts);
}

const NOTICES = new Set(["channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive", "channel_unarchive", "group_join", "group_leave"]);

function messageNode({ message, follows: short }, options) {
  if (NOTICES.has(message.subtype)) return notice(message);
  if (message.subtype === "tombstone") return h("article", { class: "message tombstone" }, h("span", { class: "avatar gone" }), h("div", { class: "message-main" }, h("p", { class: "faint" }, "This message was deleted."), summary(message, options)));
  const classes = ["message", short ? "short" : "", message.only_you ? "only-you" : "", message.pinned_to ? "pinned" : ""].join(" ").trim();
  const node = h("article", { class: classes, tabindex: "-1", "aria-label": `${author(message)}, ${hourMinute(message.ts)}`, dataset: { ts: message.ts } },
    message.only_you ? h("div", { class: "flag" }, icon("eye"), "Only visible to you") : null,
    message.pinned_to ? h("div", { class: "flag pin" }, icon("pin"), `Pinned by ${message.pinned_info?.pinned_by === store.as ? "you" : displayName(message.pinned_info?.pinned_by)}`) : null,
    message.subtype === "thread_broadcast" && !options.inThread ? h("div", { class: "flag" }, icon("thread"), "replied to a thread: ", h("button", { type: "button", class: "link", onclick: () => options.openThread(message.thread_ts) }, "open")) : null,
    short ? h("time", { class: "gutter", title: full(message.ts) }, hourMinute(message.ts)) : avatar(message.user, author(message)),
    h("div", { class: "message-main" }, short ? null : head(message), body(message, options), reactions(message, options), summary(message, options)),
    message.only_you ? dismissal(message) : tools(message, options));
  return node;
}

function notice(message) {
  return h("article", { class: "message notice", dataset: { ts: message.ts } }, h("time", { class: "gutter", title: full(message.ts) }, hourMinute(message.ts)),
    h("p", {}, message.text.includes(`<@${message.user}>`) ? null : h("b", {}, `${author(message)} `), inline(message.text)));
}

function head(message) {
  return h("header", {}, h("b", { class: "author" }, author(message)), isApp(message) ? h("span", { class: "badge" }, "APP") : null,
    user(message.user)?.deleted ? h("span", { class: "badge" }, "deactivated") : null,
    h("time", { title: full(message.ts) }, hourMinute(message.ts)));
}

/** A person's message shows its text (with *bold* as typed); an app's shows its blocks, the text being the fallback. */
function body(message, options) {
  const typed = !message.bot_id && (message.blocks ?? []).every((block) => block.type === "rich_text");
  const edited = message.edited ? h("span", { class: "edited", title: full(message.edited.ts) }, " (edited)") : null;
  const showText = message.text && (typed || !message.blocks?.length);
  return h("div", { class: "body" },
    showText ? h("div", { class: jumbo(message.text) ? "text jumbo" : "text" }, mrkdwn(message.text), edited) : null,
    showText ? null : [blocksNode(message.blocks ?? [], placeOf(message)), edited],
    (message.attachments ?? []).map((attachment) => attachmentNode(attachment, message)),
    (message.files ?? []).length ? h("div", { class: "files" }, message.files.map(fileNode)) : null);
}

const jumbo = (text) => /^(:[a-z0-9_+-]+:\s*){1,6}$/.test(text) && !/:[a-z0-9_+-]+:/g[Symbol.match](text).some((name) => !emojiChar(name.slice(1, -1)));

function placeOf(message) {
  const key = `${message.channel}/${message.ts}`;
  if (!kept.has(key)) kept.set(key, {});
  const place = { channel: message.channel, ts: message.ts, ephemeral: Boolean(message.only_you) };
  const values = kept.get(key);
  return site({
    values,
    send: (block_id, spec, leaf) => act("press", { place, block_id, action_id: spec.action_id ?? "", leaf, values }),
    suggest: async (block_id, spec, typed) => (await act("suggest", { place, block_id, action_id: spec.action_id ?? "", typed })).options,
  });
}

// ---- attachments of alert bots

const COLORS = { good: "#2f9e6e", warning: "#d99a1c", danger: "#d6453d" };

function attachmentNode(attachment, message) {
  const node = h("div", { class: "attachment" },
    attachment.pretext ? h("div", { class: "text" }, mrkdwn(attachment.pretext)) : null,
    h("div", { class: "attachment-body" },
      attachment.author_name ? h("div", { class: "attachment-author" }, attachment.author_name) : null,
      attachment.title ? h("div", { class: "attachment-title" }, titleNode(attachment)) : null,
      attachment.text ? h("div", { class: "text" }, mrkdwn(attachment.text)) : null,
      attachment.fields ? h("div", { class: "fields" }, attachment.fields.map((field) => h("div", { class: field.short ? "" : "wide" }, h("b", {}, plainText({ text: field.title ?? "" })), h("div", {}, mrkdwn(field.value ?? ""))))) : null,
      attachment.blocks ? blocksNode(attachment.blocks, placeOf(message)) : null,
      !attachment.text && !attachment.blocks && !attachment.title && attachment.fallback ? h("div", { class: "text" }, attachment.fallback) : null,
      attachment.footer ? h("footer", {}, attachment.footer, attachment.ts ? ` · ${hourMinute(attachment.ts)}` : "") : null));
  const color = COLORS[attachment.color] ?? (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? "") ? `#${attachment.color.replace("#", "")}` : null);
  if (color) node.style.setProperty("--bar", color);
  return node;
}

const titleNode = ({ title, title_link: to }) => (/^https?:/.test(to ?? "") ? h("a", { href: to, target: "_blank", rel: "noopener noreferrer" }, title) : title);

// ---- reactions and threads

function reactions(message, options) {
  if (!message.reactions?.length) return null;
  const toggle = (name) => act("react", { channel: message.channel, ts: message.ts, name }).catch(failed);
  const one = ({ name, users, count }) => {
    const mine = users.includes(store.as);
    const who = users.map((id) => (id === store.as ? "You" : displayName(id))).join(", ");
    return h("button", { type: "button", class: `reaction${mine ? " mine" : ""}`, "aria-pressed": String(mine), title: `${who} reacted with :${name}:`, "aria-label": `${name}, ${count}, ${who}`, onclick: () => toggle(name) }, emojiNode(name), h("span", {}, String(count)));
  };
  return h("div", { class: "reactions" }, message.reactions.map(one),
    options.readOnly ? null : h("button", { type: "button", class: "reaction add", "aria-label": "Add a reaction", onclick: (event) => pickEmoji(event.currentTarget, toggle) }, icon("smile")));
}

function summary(message, options) {
  if (options.inThread || !message.reply_count) return null;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, id, "avatar tiny"));
  return h("button", { type: "button", class: "thread-summary", onclick: () => options.openThread(message.ts) },
    h("span", { class: "faces" }, faces), h("b", {}, `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`), h("small", {}, `Last reply ${ago(message.latest_reply)}`));
}

// ---- what can be done

const QUICK = ["pushpin", "mag", "adhesive_bandage"];

function tools(message, options) {
  if (options.readOnly) return null;
  const react = (name) => act("react", { channel: message.channel, ts: message.ts, name }).catch(failed);
  const quick = (name) => h("button", { type: "button", class: "icon-button", title: `:${name}:`, "aria-label": `React with ${name}`, onclick: () => react(name) }, emojiChar(name));
  return h("div", { class: "tools", role: "toolbar", "aria-label": "Message actions" },
    QUICK.map(quick),
    iconButton("smile", "Add a reaction", (event) => pickEmoji(event.currentTarget, react)),
    options.inThread ? null : iconButton("thread", "Reply in thread", () => options.openThread(message.thread_ts ?? message.ts)),
    iconButton("more", "More actions", (event) => menu(event.currentTarget, actionsOf(message, options), "Message actions")));
}

function actionsOf(message, options) {
  const own = message.user === store.as;
  const at = { channel: message.channel, ts: message.ts };
  const pinned = Boolean(message.pinned_to);
  return [
    options.inThread ? undefined : { label: "Reply in thread", run: () => options.openThread(message.thread_ts ?? message.ts) },
    { label: "Copy link", run: () => copy(message.permalink) },
    { label: pinned ? "Unpin from channel" : "Pin to channel", run: () => act(pinned ? "unpin" : "pin", at).catch(failed) },
    own ? { label: "Edit message", run: () => edit(message) } : undefined,
    own ? { label: "Delete message", danger: true, run: () => remove(message, at) } : undefined,
    store.shell.shortcuts.message.length ? null : undefined,
    ...store.shell.shortcuts.message.map(({ name, callback_id }) => ({ label: name, hint: store.shell.app.name, run: () => act("shortcut", { callback_id, ...at }).catch(failed) })),
  ].filter((entry) => entry !== undefined);
}

async function copy(link) {
  try {
    await navigator.clipboard.writeText(link);
    toast("Link copied");
  } catch {
    toast(link); // no clipboard here: at least it can be read
  }
}

async function remove(message, at) {
  if (await ask("Delete message", "This message will be gone for everyone.", "Delete", "danger")) act("delete", at).catch(failed);
}

function edit(message) {
  const node = document.querySelector(`.message[data-ts="${message.ts}"] .body`);
  const before = [...node.childNodes];
  const box = h("textarea", { class: "control", rows: 3, "aria-label": "Edit message", value: asTyped(message.text) });
  const restore = () => replace(node, before);
  const save = async () => {
    try {
      await act("edit", { channel: message.channel, ts: message.ts, text: box.value });
      restore();
    } catch (error) { failed(error); }
  };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); save(); }
    if (event.key === "Escape") { event.stopPropagation(); restore(); }
  });
  replace(node, box, h("div", { class: "edit-row" }, h("button", { type: "button", class: "button", onclick: restore }, "Cancel"), h("button", { type: "button", class: "button primary", onclick: save }, "Save")));
  box.focus();
}

const dismissal = (message) =>
  h("div", { class: "tools still" }, iconButton("close", "Dismiss", () => act("dismiss", { channel: message.channel, ts: message.ts }).catch(failed)));
