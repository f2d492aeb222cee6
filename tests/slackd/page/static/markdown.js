// Markdown of `markdown` blocks, canvases and uploaded .md files, as elements. HTML in it stays text.

import { h } from "./dom.js";
import { channelNode, emojiNode, linkNode, mentionNode } from "./mrkdwn.js";

const INLINE = new RegExp(
  [
    "\\\\(?<escaped>[\\\\`*_{}\\[\\]()#+\\-.!|<>~&:$\"'/=?@^%,;])",
    "(?<ticks>`+)(?<code>.+?)\\k<ticks>(?!`)",
    "!\\[(?<alt>[^\\]]*)\\]\\((?<source>[^()\\s]+)\\)",
    "\\[(?<label>(?:[^\\[\\]\\\\]|\\\\.)+)\\]\\((?<target>(?:[^()\\s]|\\([^()\\s]*\\))+)\\)",
    "<(?<auto>(?:https?|mailto):[^<>\\s]+)>",
    "<(?<br>br)\\s*/?>",
    "\\*\\*(?<bold>\\S(?:.*?\\S)?)\\*\\*",
    "(?<![\\w_])__(?<bold2>\\S(?:.*?\\S)?)__(?![\\w_])",
    "~~(?<strike>\\S(?:.*?\\S)?)~~",
    "\\*(?<italic>(?:`[^`]+`|[^*\\s`])(?:(?:`[^`]+`|[^*`])*(?:`[^`]+`|[^*\\s`]))?)\\*",
    "(?<![\\w_])_(?<italic2>(?:`[^`]+`|[^_\\s`])(?:(?:`[^`]+`|[^_`])*(?:`[^`]+`|[^_\\s`]))?)_(?![\\w_])",
    "(?<![\\w:]):(?<emoji>[a-z0-9_+-]+):",
    "(?<bare>https?://[^\\s<>()|]+[^\\s<>()|.,;:!?'\"])",
    "&(?<entity>amp|lt|gt|quot|#39);",
  ].join("|"),
  "g",
);
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function inlineMarkdown(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) nodes.push(text.slice(at, match.index));
    nodes.push(inlineNode(match.groups));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

function inlineNode(found) {
  if (found.escaped) return found.escaped;
  if (found.code) return h("code", {}, found.code.trim() || found.code);
  if (found.source) return picture(found.alt, found.source);
  if (found.target) return link(found.label, found.target);
  if (found.auto ?? found.bare) return linkNode(found.auto ?? found.bare);
  if (found.br) return h("br");
  if (found.bold ?? found.bold2) return h("strong", {}, inlineMarkdown(found.bold ?? found.bold2));
  if (found.strike) return h("s", {}, inlineMarkdown(found.strike));
  if (found.italic ?? found.italic2) return h("em", {}, inlineMarkdown(found.italic ?? found.italic2));
  return found.emoji ? emojiNode(found.emoji) : ENTITIES[found.entity];
}

function link(label, target) {
  const node = linkNode(target, "…");
  if (typeof node === "string") return h("span", {}, inlineMarkdown(label));
  node.replaceChildren(...inlineMarkdown(label));
  return node;
}

/** Canvas mentions are images of `@U1` or `#C1`; real images are shown as links, as Slack's markdown block does. */
function picture(alt, source) {
  if (/^@[UW][A-Z0-9]+$/.test(source)) return mentionNode(source.slice(1));
  if (/^#[CG][A-Z0-9]+$/.test(source)) return channelNode(source.slice(1));
  return linkNode(source, alt || source);
}

export function markdown(text) {
  return h("div", { class: "markdown" }, blocks(text.replace(/\r\n?/g, "\n").split("\n")));
}

const FENCE = /^\s{0,3}(`{3,}|~{3,})\s*(\S*)/;
const ITEM = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;
const DASHES = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

const DEEPEST = 8; // quotes in quotes: beyond this nobody reads, and a browser chokes

function blocks(rows, depth = 0) {
  const nodes = [];
  let at = 0;
  while (at < rows.length) {
    const [node, next] = block(rows, at, depth);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

function block(rows, at, depth) {
  const row = rows[at];
  if (!row.trim()) return [null, at + 1];
  const heading = row.match(/^\s{0,3}(#{1,6})\s+(.*)$/);
  if (heading) return [h(`h${heading[1].length}`, {}, inlineMarkdown(heading[2].trim())), at + 1];
  if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(row)) return [h("hr"), at + 1];
  if (FENCE.test(row)) return fenced(rows, at);
  if (/^\s{0,3}>/.test(row) && depth < DEEPEST) return quote(rows, at, depth);
  if (row.includes("|") && DASHES.test(rows[at + 1] ?? "") && rows[at + 1].includes("-")) return table(rows, at);
  if (ITEM.test(row)) return list(rows, at);
  return paragraph(rows, at);
}

function fenced(rows, at) {
  const mark = rows[at].match(FENCE)[1];
  let end = at + 1;
  while (end < rows.length && !(rows[end].trim().startsWith(mark) && !rows[end].trim().replaceAll(mark[0], ""))) end += 1;
  return [h("pre", {}, h("code", {}, rows.slice(at + 1, end).join("\n"))), end + 1];
}

function quote(rows, at, depth) {
  let end = at;
  while (end < rows.length && /^\s{0,3}>/.test(rows[end])) end += 1;
  return [h("blockquote", {}, blocks(rows.slice(at, end).map((row) => row.replace(/^\s{0,3}> ?/, "")), depth + 1)), end];
}

function cells(row) {
  const bare = row.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return bare.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function table(rows, at) {
  const align = cells(rows[at + 1]).map((cell) => (/:$/.test(cell) ? (/^:/.test(cell) ? "center" : "right") : "left"));
  let end = at + 2;
  while (end < rows.length && rows[end].includes("|")) end += 1;
  const cell = (tag) => (text, index) => h(tag, { class: `align-${align[index] ?? "left"}` }, inlineMarkdown(text));
  const body = rows.slice(at + 2, end).map((row) => h("tr", {}, cells(row).map(cell("td"))));
  const head = h("thead", {}, h("tr", {}, cells(rows[at]).map(cell("th"))));
  return [h("div", { class: "table-box" }, h("table", {}, head, h("tbody", {}, body))), end];
}

function list(rows, at) {
  const [, pad, number] = rows[at].match(ITEM);
  const box = h(number ? "ol" : "ul", { start: number && number !== "1" ? number : null });
  let end = at;
  while (end < rows.length) {
    const item = rows[end].match(ITEM);
    if (!item || item[1].length < pad.length) break;
    if (item[1].length > pad.length) {
      const [inner, next] = list(rows, end);
      (box.lastElementChild ?? box).append(inner);
      end = next;
      continue;
    }
    box.append(listItem(item));
    end += 1;
    while (end < rows.length && rows[end].trim() && !ITEM.test(rows[end]) && /^\s+/.test(rows[end])) {
      box.lastElementChild.append(h("br"), ...inlineMarkdown(rows[end].trim()));
      end += 1;
    }
  }
  return [box, end];
}

function listItem([, , , ticked, text]) {
  if (ticked === undefined) return h("li", {}, inlineMarkdown(text));
  const box = h("input", { type: "checkbox", checked: ticked !== " ", disabled: true, "aria-label": "task" });
  return h("li", { class: "task" }, box, " ", inlineMarkdown(text));
}

function paragraph(rows, at) {
  let end = at + 1;
  const stops = (row) => !row.trim() || /^\s{0,3}(#{1,6}\s|>|`{3,}|~{3,})/.test(row) || ITEM.test(row);
  while (end < rows.length && !stops(rows[end])) end += 1;
  const parts = rows.slice(at, end).map((row) => row.trim());
  return [h("p", {}, parts.flatMap((row, index) => (index ? [h("br"), ...inlineMarkdown(row)] : inlineMarkdown(row)))), end];
}
