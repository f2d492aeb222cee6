// Slack's mrkdwn and rich text as elements. Whatever is not understood stays visible as the text it is.

import { h } from "./dom.js";
import { emojiChar } from "./emoji.js";
import { channelById, displayName, store, unescape, user } from "./store.js";
import { full, slackDate } from "./time.js";

export function emojiNode(name, unicode = null) {
  const char = emojiChar(name) ?? unicode;
  return char ? h("span", { class: "emoji", role: "img", title: `:${name}:`, "aria-label": name }, char) : `:${name}:`;
}

/** A link that leaves the page safely; anything but http, https, mailto and tel is shown as text. */
export function linkNode(address, label = null) {
  const text = label || address.replace(/^mailto:/, "");
  if (!/^(https?|mailto|tel):/i.test(address)) return text;
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", dataset: { link: address } }, text);
}

export function mentionNode(id) {
  const mine = id === store.as;
  return h("span", { class: `mention${mine ? " mine" : ""}`, dataset: { user: id }, title: user(id)?.real_name }, `@${displayName(id)}`);
}

export function channelNode(id, label = "") {
  const channel = channelById(id);
  const name = channel?.name || label;
  if (!name) return h("span", { class: "mention" }, "a private channel");
  return h("a", { class: "mention", href: `#/${store.as}/${id}` }, `#${name}`);
}

function broadcast(range) {
  return h("span", { class: "mention loud" }, `@${range}`);
}

function dateNode(seconds, pattern, fallback, link = null) {
  const shown = slackDate(seconds, pattern) ?? fallback ?? "";
  const node = h("time", { title: Number.isFinite(Number(seconds)) ? full(seconds) : null }, shown);
  return link ? h("a", { href: /^https?:/.test(link) ? link : null, target: "_blank", rel: "noopener noreferrer" }, node) : node;
}

function angle(inner) {
  const [target, ...rest] = inner.split("|");
  const label = unescape(rest.join("|"));
  if (target.startsWith("@")) return mentionNode(target.slice(1));
  if (target.startsWith("#")) return channelNode(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, seconds, pattern, link] = target.split("^");
    return dateNode(seconds, pattern ?? "", label, link);
  }
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, `@${store.shell.groups[target.slice(9)] ?? label}`);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcast(target.slice(1));
  return target.startsWith("!") ? label || `<${target}>` : linkNode(unescape(target), label);
}

const INLINE = new RegExp(
  [
    "(?<code>`[^`\\n]+`)",
    "<(?<angle>[^<>\\n]+)>",
    "(?<![\\w*])\\*(?<bold>[^*\\s](?:[^*\\n]*[^*\\s])?)\\*(?![\\w*])",
    "(?<![\\w_])_(?<italic>[^_\\s](?:[^_\\n]*[^_\\s])?)_(?![\\w_])",
    "(?<![\\w~])~(?<strike>[^~\\s](?:[^~\\n]*[^~\\s])?)~(?![\\w~])",
    "(?<![\\w:]):(?<emoji>[a-z0-9_+-]+(?:::skin-tone-[2-6])?):",
  ].join("|"),
  "g",
);

export function inline(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) nodes.push(unescape(text.slice(at, match.index)));
    nodes.push(inlineNode(match.groups, match[0]));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(unescape(text.slice(at)));
  return nodes;
}

function inlineNode(groups, whole) {
  if (groups.code) return h("code", {}, unescape(whole.slice(1, -1)));
  if (groups.angle) return angle(groups.angle);
  if (groups.bold) return h("strong", {}, inline(groups.bold));
  if (groups.italic) return h("em", {}, inline(groups.italic));
  if (groups.strike) return h("s", {}, inline(groups.strike));
  return emojiNode(groups.emoji);
}

function lines(text) {
  const nodes = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(h("blockquote", {}, withBreaks(quoted)));
    quoted = [];
  };
  const plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...withBreaks(plain.splice(0)));
  };
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quote) {
      flushPlain();
      quoted.push(quote[1]);
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  flushPlain();
  return nodes;
}

const withBreaks = (rows) => rows.flatMap((row, index) => (index ? [h("br"), ...inline(row)] : inline(row)));

/** The nodes of a mrkdwn text: fenced code first, since nothing inside it means anything. */
export function mrkdwn(text) {
  return text.split(/```\n?([\s\S]*?)\n?```/g).flatMap((part, index) => {
    if (index % 2) return h("pre", {}, h("code", {}, unescape(part.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, to, label) => label ?? to))));
    return lines(index ? part.replace(/^\n/, "") : part);
  });
}

/** plain_text: emoji names become emoji unless switched off, everything else is as it stands. */
export function plainText({ text, emoji = true }) {
  if (!emoji) return [text];
  return text.split(/:([a-z0-9_+-]+):/g).map((part, index) => (index % 2 ? emojiNode(part) : part));
}

export const textObject = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text) : plainText(object));

// ---- rich text

function styled(node, style = {}) {
  let styledNode = node;
  if (style.code) styledNode = h("code", {}, styledNode);
  if (style.bold) styledNode = h("strong", {}, styledNode);
  if (style.italic) styledNode = h("em", {}, styledNode);
  if (style.strike) styledNode = h("s", {}, styledNode);
  if (style.underline) styledNode = h("u", {}, styledNode);
  if (style.highlight || style.client_highlight) styledNode = h("mark", {}, styledNode);
  return styledNode;
}

const PIECES = {
  text: (piece) => piece.text,
  link: (piece) => linkNode(piece.url, piece.text),
  user: (piece) => mentionNode(piece.user_id),
  usergroup: (piece) => h("span", { class: "mention" }, `@${store.shell.groups[piece.usergroup_id] ?? piece.usergroup_id}`),
  channel: (piece) => channelNode(piece.channel_id),
  team: (piece) => piece.team_id,
  emoji: (piece) => emojiNode(piece.name, null),
  broadcast: (piece) => broadcast(piece.range),
  date: (piece) => dateNode(piece.timestamp, piece.format, piece.fallback, piece.url),
  color: (piece) => piece.value,
};

const pieces = (elements) =>
  elements.map((piece) => styled((PIECES[piece.type] ?? (() => `[${piece.type}]`))(piece), piece.style));

const RICH = {
  rich_text_section: (part) => h("div", { class: "rich-section" }, pieces(part.elements)),
  rich_text_quote: (part) => h("blockquote", {}, pieces(part.elements)),
  rich_text_preformatted: (part) => h("pre", {}, h("code", {}, pieces(part.elements))),
  rich_text_list: (part) =>
    h(
      part.style === "ordered" ? "ol" : "ul",
      { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => h("li", {}, pieces(item.elements))),
    ),
};

export const richText = (block) =>
  h("div", { class: "rich" }, block.elements.map((part) => (RICH[part.type] ?? (() => ""))(part)));
