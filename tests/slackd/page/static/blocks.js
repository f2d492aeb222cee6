// Block Kit's blocks as elements of the page.

import { h, icon } from "./dom.js";
import { element, initialLeaf } from "./elements.js";
import { markdown } from "./markdown.js";
import { plainText, richText, textObject } from "./mrkdwn.js";
import { pictureNode } from "./pictures.js";

/**
 * Where a set of blocks stands: keeps what was filled in and tells the app.
 * `send(blockId, spec, leaf)` delivers a press, `suggest(blockId, spec, typed)` brings options, `values` outlives re-rendering.
 */
export function site({ values = {}, send, suggest, errors = {}, changed = () => {} }) {
  return { values, send, suggest, errors, changed };
}

function elementSite(where, block, { label, silent }) {
  const id = block.block_id ?? "";
  const remember = (spec, leaf) => {
    if (!initialLeaf(spec)) return;
    where.values[id] = { ...where.values[id], [spec.action_id ?? ""]: { type: spec.type, ...leaf } };
    where.changed(id);
  };
  return {
    label,
    leaf: (spec) => where.values[id]?.[spec.action_id ?? ""] ?? initialLeaf(spec),
    set: remember,
    press: async (spec, leaf) => {
      remember(spec, leaf);
      if (!silent) await where.send(id, spec, leaf);
    },
    suggest: (spec, typed) => where.suggest(id, spec, typed),
  };
}

export const blocksNode = (blocks, where) => h("div", { class: "blocks" }, blocks.map((block) => blockNode(block, where)));

function blockNode(block, where) {
  const build = BLOCKS[block.type];
  const node = build ? build(block, where) : h("div", { class: "unknown" }, `[${block.type} block]`);
  node.dataset.block = block.block_id ?? "";
  return node;
}

function section(block, where) {
  const body = h("div", { class: "section-body" },
    block.text ? h("div", { class: "text" }, textObject(block.text)) : null,
    block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, textObject(field)))) : null);
  const aside = block.accessory ? h("div", { class: "accessory" }, element(block.accessory, elementSite(where, block, {}))) : null;
  return h("div", { class: "block section" }, body, aside);
}

function context(block) {
  const part = (item) => (item.type === "image" ? pictureNode(item) : h("span", {}, textObject(item)));
  return h("div", { class: "block context" }, block.elements.map(part));
}

const actions = (block, where) =>
  h("div", { class: "block actions" }, block.elements.map((spec) => element(spec, elementSite(where, block, {}))));

function inputBlock(block, where) {
  const label = block.label.text;
  const error = where.errors[block.block_id];
  const place = elementSite(where, block, { label, silent: !block.dispatch_action });
  return h("div", { class: `block input${error ? " wrong" : ""}` },
    h("div", { class: "label" }, plainText(block.label), block.optional ? h("small", {}, " (optional)") : null),
    element(block.element, place),
    error ? h("p", { class: "error", role: "alert" }, error) : null,
    block.hint ? h("p", { class: "hint" }, plainText(block.hint)) : null);
}

const image = (block) =>
  h("figure", { class: "block image" }, block.title ? h("figcaption", {}, plainText(block.title)) : null, pictureNode(block));

const CELLS = {
  raw_text: (cell) => [cell.text],
  raw_number: (cell) => [cell.text ?? String(cell.value)],
  rich_text: (cell) => [richText(cell)],
};

function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (tag) => (value, column) =>
    h(tag, { class: `align-${settings[column]?.align ?? "left"}${settings[column]?.is_wrapped ? " wraps" : ""}` }, (CELLS[value.type] ?? (() => []))(value));
  const [head, ...rows] = block.rows;
  return h("div", { class: "block table-box" },
    h("table", {}, block.caption ? h("caption", {}, block.caption) : null,
      h("thead", {}, h("tr", {}, head.map(cell("th")))), h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell("td")))))));
}

function chart(block) {
  const rows = block.chart.segments?.map((part) => [part.label, part.value])
    ?? block.chart.series.flatMap((series) => series.data.map((point) => [`${series.name}: ${point.label}`, point.value]));
  const most = Math.max(...rows.map(([, value]) => value), 0) || 1;
  const bar = ([label, value]) => h("div", { class: "bar" }, h("span", {}, label), h("meter", { min: 0, max: most, value }), h("b", {}, String(value)));
  return h("figure", { class: "block chart" }, h("figcaption", {}, block.title), rows.map(bar));
}

function card(block, where) {
  const line = (object, name) => (object ? h("div", { class: name }, textObject(object)) : null);
  return h("div", { class: "block card" },
    block.hero_image ? pictureNode(block.hero_image) : null,
    line(block.title, "card-title"), line(block.subtitle, "faint"), line(block.body, "text"), line(block.subtext, "faint"),
    block.actions ? h("div", { class: "actions" }, block.actions.map((spec) => element(spec, elementSite(where, block, {})))) : null);
}

function container(block, where) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : plainText(block.title);
  const inner = [block.subtitle ? h("p", { class: "faint" }, textObject(block.subtitle)) : null, blocksNode(block.child_blocks, where)];
  if (!block.is_collapsible) return h("section", { class: "block container" }, h("h3", {}, title), inner);
  return h("details", { class: "block container", open: !block.default_collapsed }, h("summary", {}, title), inner);
}

const TASK_MARKS = { pending: "○", in_progress: "◐", complete: "●", error: "✕" };

const task = (block) =>
  h("div", { class: "block task-card" }, h("b", {}, `${TASK_MARKS[block.status]} ${block.title}`), block.details ? richText(block.details) : null, block.output ? richText(block.output) : null);

const BLOCKS = {
  header: (block) => h(`h${(block.level ?? 1) + 1}`, { class: "block header" }, plainText(block.text)),
  section,
  divider: () => h("hr", { class: "block" }),
  context,
  actions,
  image,
  input: inputBlock,
  rich_text: (block) => { const node = richText(block); node.classList.add("block"); return node; },
  markdown: (block) => { const node = markdown(block.text); node.classList.add("block"); return node; },
  table,
  data_table: table,
  data_visualization: chart,
  video: (block) => h("div", { class: "block" }, icon("play"), " ", block.title.text),
  context_actions: actions,
  task_card: task,
  plan: (block) => h("div", { class: "block container" }, h("h3", {}, block.title), (block.tasks ?? []).map(task)),
  alert: (block) => h("div", { class: `block alert ${block.level ?? "default"}`, role: "note" }, textObject(block.text)),
  card,
  carousel: (block, where) => h("div", { class: "block carousel" }, block.elements.map((one) => card(one, where))),
  container,
};
