// Block Kit's interactive elements. Each reports what was chosen as the leaf Slack keeps under state.values.

import { append, h, icon, replace } from "./dom.js";
import { confirmed, failed, float, menu } from "./menus.js";
import { plainText, textObject } from "./mrkdwn.js";
import { act, displayName, store } from "./store.js";
import { epochToZoned, viewerZone, zonedToEpoch } from "./time.js";
import { pictureNode } from "./pictures.js";

const text = (object) => object?.text ?? "";

/** The leaf an element starts with; what nobody filled in is null or an empty list, as Slack sends it. */
export function initialLeaf(spec) {
  const { type } = spec;
  const none = (value) => (value === undefined ? null : value);
  const leaves = {
    plain_text_input: () => ({ value: none(spec.initial_value) }),
    number_input: () => ({ value: none(spec.initial_value) }),
    email_text_input: () => ({ value: none(spec.initial_value) }),
    url_text_input: () => ({ value: none(spec.initial_value) }),
    rich_text_input: () => ({ rich_text_value: none(spec.initial_value) }),
    file_input: () => ({ files: [] }),
    datepicker: () => ({ selected_date: none(spec.initial_date) }),
    timepicker: () => ({ selected_time: none(spec.initial_time), ...(spec.timezone ? { timezone: spec.timezone } : {}) }),
    datetimepicker: () => ({ selected_date_time: none(spec.initial_date_time) }),
    checkboxes: () => ({ selected_options: spec.initial_options ?? [] }),
    radio_buttons: () => ({ selected_option: none(spec.initial_option) }),
    static_select: () => ({ selected_option: none(spec.initial_option) }),
    external_select: () => ({ selected_option: none(spec.initial_option) }),
    multi_static_select: () => ({ selected_options: spec.initial_options ?? [] }),
    multi_external_select: () => ({ selected_options: spec.initial_options ?? [] }),
    users_select: () => ({ selected_user: none(spec.initial_user) }),
    multi_users_select: () => ({ selected_users: spec.initial_users ?? [] }),
    channels_select: () => ({ selected_channel: none(spec.initial_channel) }),
    multi_channels_select: () => ({ selected_channels: spec.initial_channels ?? [] }),
    conversations_select: () => ({ selected_conversation: none(spec.initial_conversation) }),
    multi_conversations_select: () => ({ selected_conversations: spec.initial_conversations ?? [] }),
  };
  return leaves[type] ? { type, ...leaves[type]() } : null;
}

/**
 * One element. `site` says where it stands:
 * `{ leaf(spec), set(spec, leaf), press(spec, leaf), suggest(spec, typed), label }`; `set` remembers, `press` also tells the app.
 */
export function element(spec, site) {
  const build = ELEMENTS[spec.type];
  return build ? build(spec, site) : h("span", { class: "unknown" }, `[${spec.type}]`);
}

async function press(spec, site, leaf, button) {
  if (spec.confirm && !(await confirmed(spec.confirm))) return false;
  button?.classList.add("busy");
  try {
    await site.press(spec, leaf);
    return true;
  } catch (error) {
    failed(error);
    return false;
  } finally {
    button?.classList.remove("busy");
  }
}

const name = (spec, site) => site.label ?? text(spec.placeholder) ?? spec.type;

function button(spec, site) {
  const props = { class: `button ${spec.style ?? ""}`, "aria-label": spec.accessibility_label, dataset: { action: spec.action_id ?? "" } };
  if (spec.visible_to_user_ids && !spec.visible_to_user_ids.includes(store.as)) return null;
  const run = (event) => press(spec, site, { value: spec.value, text: spec.text }, event.currentTarget);
  if (spec.url && /^(https?|mailto):/i.test(spec.url)) {
    return h("a", { ...props, href: spec.url, target: "_blank", rel: "noopener noreferrer", onclick: run, dataset: { ...props.dataset, link: spec.url } }, plainText(spec.text));
  }
  return h("button", { ...props, type: "button", onclick: run }, plainText(spec.text));
}

function overflow(spec, site) {
  const entries = spec.options.map((option) => ({
    label: plainText(option.text),
    hint: text(option.description),
    run: () => {
      if (option.url && /^https?:/.test(option.url)) open(option.url, "_blank", "noopener,noreferrer");
      press(spec, site, { selected_option: option });
    },
  }));
  return h("button", { type: "button", class: "button more", "aria-label": "More actions", dataset: { action: spec.action_id ?? "" }, onclick: (event) => menu(event.currentTarget, entries) }, icon("more"));
}

// ---- menus of one

const options = (spec) => spec.option_groups?.flatMap((group) => group.options) ?? spec.options ?? [];
const people = () => Object.values(store.shell.users).filter((user) => !user.deleted);
const channels = () => store.shell.channels.filter((channel) => channel.kind === "channel" || channel.is_member);
const channelLabel = (channel) => (channel.kind === "im" ? displayName(channel.with) : `#${channel.name}`);
const among = (spec) => {
  const kinds = { public: "channel", private: "group", im: "im", mpim: "mpim" };
  const wanted = spec.filter?.include?.map((kind) => kinds[kind]);
  return channels().filter((channel) => !wanted || wanted.includes(channel.kind));
};

/** What may be chosen: pairs of a key for the <option> and the words shown. */
const CHOICES = {
  users: () => people().map((user) => [user.id, user.display]),
  channels: () => channels().filter((c) => c.kind === "channel").map((c) => [c.id, channelLabel(c)]),
  conversations: (spec) => among(spec).map((c) => [c.id, channelLabel(c)]),
  static: (spec) => options(spec).map((option) => [option.value, text(option.text)]),
};

function optionNodes(spec, kind, chosen) {
  const node = ([value, label]) => h("option", { value, selected: value === chosen }, label);
  if (!spec.option_groups) return CHOICES[kind](spec).map(node);
  return spec.option_groups.map((group) =>
    h("optgroup", { label: text(group.label) }, group.options.map((option) => node([option.value, text(option.text)]))));
}

function select(kind, leafName, toLeaf = (value) => value) {
  return (spec, site) => {
    const leaf = site.leaf(spec);
    const chosen = typeof leaf?.[leafName] === "object" ? leaf?.[leafName]?.value : leaf?.[leafName];
    const box = h("select", { class: "control", "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" } },
      h("option", { value: "" }, text(spec.placeholder) || "Select an option"), optionNodes(spec, kind, chosen));
    box.value = chosen ?? "";
    box.addEventListener("change", async () => {
      const value = box.value ? toLeaf(box.value, spec) : null;
      if (!(await press(spec, site, { [leafName]: value }))) box.value = chosen ?? "";
    });
    return h("span", { class: "select-box" }, box);
  };
}

const optionOf = (value, spec) => options(spec).find((option) => option.value === value) ?? null;

// ---- menus of several

function multi(kind, leafName, toLeaf = (value) => value) {
  return (spec, site) => {
    const box = h("div", { class: "multi control", role: "group", "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" } });
    let picked = [...(site.leaf(spec)?.[leafName] ?? [])];
    const key = (item) => (typeof item === "object" ? item.value : item);
    const change = (next) => { picked = next; draw(); press(spec, site, { [leafName]: picked }); };
    function draw() {
      const words = new Map(CHOICES[kind](spec));
      const left = [...words].filter(([value]) => !picked.some((item) => key(item) === value));
      const add = h("select", { "aria-label": `Add to ${name(spec, site)}`, onchange: () => change([...picked, toLeaf(add.value, spec)]) },
        h("option", { value: "" }, text(spec.placeholder) || "Add…"), left.map(([value, label]) => h("option", { value }, label)));
      const full = picked.length >= (spec.max_selected_items ?? Infinity);
      replace(box, picked.map((item) => chip(words.get(key(item)) ?? text(item.text), () => change(picked.filter((other) => other !== item)))), full ? null : add);
    }
    draw();
    return box;
  };
}

const chip = (label, remove) =>
  h("span", { class: "chip" }, label, h("button", { type: "button", "aria-label": `Remove ${label}`, onclick: remove }, "×"));

/** A menu whose options the app is asked for while the person types. */
function external(several) {
  return (spec, site) => {
    const leafName = several ? "selected_options" : "selected_option";
    let picked = several ? [...(site.leaf(spec)?.selected_options ?? [])] : [site.leaf(spec)?.selected_option].filter(Boolean);
    const chips = h("span", { class: "chips" });
    const input = h("input", { class: "control", type: "search", placeholder: text(spec.placeholder) || "Type to search", "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" } });
    const draw = () => replace(chips, picked.map((option) => chip(text(option.text), () => change(picked.filter((other) => other !== option)))));
    function change(next) {
      picked = next;
      draw();
      press(spec, site, { [leafName]: several ? picked : picked[0] ?? null });
    }
    let turn = 0;
    input.addEventListener("input", async () => {
      const typed = input.value;
      turn += 1;
      const mine = turn;
      if (typed.length < (spec.min_query_length ?? 3)) return;
      const answer = await site.suggest(spec, typed).catch((error) => { failed(error); return []; });
      if (mine !== turn) return;
      const close = float(input, answer.length ? answer.map((option) => h("button", { type: "button", role: "option", onclick: () => { close(); input.value = ""; change(several ? [...picked, option] : [option]); } }, text(option.text))) : h("p", { class: "faint" }, "Nothing found"), { role: "listbox", label: "Suggestions" });
      input.focus();
    });
    draw();
    return h("div", { class: "external" }, chips, input);
  };
}

// ---- boxes, dates, texts

function boxes(kind) {
  return (spec, site) => {
    const group = `g${Math.random()}`;
    const leaf = site.leaf(spec);
    const on = (option) => (kind === "radio" ? leaf?.selected_option?.value === option.value : leaf?.selected_options?.some((one) => one.value === option.value));
    const box = h("div", { class: "boxes", role: kind === "radio" ? "radiogroup" : "group", "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" } });
    const changed = () => {
      const chosen = spec.options.filter((_, index) => box.querySelectorAll("input")[index].checked);
      press(spec, site, kind === "radio" ? { selected_option: chosen[0] ?? null } : { selected_options: chosen });
    };
    return append(box, spec.options.map((option) =>
      h("label", { class: "box" }, h("input", { type: kind, name: group, value: option.value, checked: Boolean(on(option)), onchange: changed }),
        h("span", {}, textObject(option.text), option.description ? h("small", {}, textObject(option.description)) : null))));
  };
}

function input(type, leafName, { read = (value) => value, write = (value) => value, more = () => ({}) } = {}) {
  return (spec, site) => {
    const start = site.leaf(spec)?.[leafName];
    const box = h("input", {
      class: "control", type, placeholder: text(spec.placeholder), "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" },
      value: start === null || start === undefined ? "" : write(start), ...more(spec),
    });
    const leaf = () => ({ [leafName]: box.value === "" ? null : read(box.value) });
    box.addEventListener("input", () => site.set(spec, leaf()));
    box.addEventListener("change", () => press(spec, site, leaf()));
    return box;
  };
}

function textInput(spec, site) {
  if (!spec.multiline) return input("text", "value", { more: ({ max_length }) => ({ maxlength: max_length }) })(spec, site);
  const box = h("textarea", { class: "control", rows: 4, maxlength: spec.max_length, placeholder: text(spec.placeholder), "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" }, value: site.leaf(spec)?.value ?? "" });
  const leaf = () => ({ value: box.value === "" ? null : box.value });
  box.addEventListener("input", () => site.set(spec, leaf()));
  box.addEventListener("change", () => press(spec, site, leaf()));
  return box;
}

const flat = (piece) => piece.text ?? piece.fallback ?? (piece.name ? `:${piece.name}:` : "") ?? "";
const richAsText = (rich) => (rich?.elements ?? []).map((part) => part.elements.map((piece) => (piece.elements ? `• ${piece.elements.map(flat).join("")}` : flat(piece))).join("")).join("\n");

function richInput(spec, site) {
  const box = h("textarea", { class: "control", rows: spec.min_lines ?? 4, placeholder: text(spec.placeholder), "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" }, value: richAsText(site.leaf(spec)?.rich_text_value) });
  const leaf = () => ({ rich_text_value: box.value ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: box.value }] }] } : null });
  box.addEventListener("input", () => site.set(spec, leaf()));
  box.addEventListener("change", () => press(spec, site, leaf()));
  return box;
}

function dateTime(spec, site) {
  const field = input("datetime-local", "selected_date_time", { read: zonedToEpoch, write: (value) => epochToZoned(value).slice(0, 16) })(spec, site);
  return h("span", { class: "date-time" }, field, h("small", {}, viewerZone()));
}

function files(spec, site) {
  const list = h("span", { class: "chips" });
  const picker = h("input", { type: "file", class: "control", multiple: (spec.max_files ?? 10) > 1, accept: spec.filetypes?.map((kind) => `.${kind}`).join(","), "aria-label": name(spec, site), dataset: { action: spec.action_id ?? "" } });
  picker.addEventListener("change", async () => {
    const chosen = [...picker.files].slice(0, spec.max_files ?? 10);
    const sent = await Promise.all(chosen.map(async (file) => (await act("file", { name: file.name, content: await base64(file) })).file)).catch((error) => { failed(error); return []; });
    replace(list, sent.map((file) => h("span", { class: "chip" }, file.name)));
    press(spec, site, { files: sent });
  });
  return h("div", {}, picker, list);
}

/** A file's bytes as base64, read in pieces a call can take. */
export async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

const feedback = (spec, site) =>
  h("span", { class: "feedback" }, ["positive_button", "negative_button"].map((side) =>
    h("button", { type: "button", class: "button", onclick: (event) => press(spec, site, { value: spec[side].value, text: spec[side].text }, event.currentTarget) }, plainText(spec[side].text))));

const ELEMENTS = {
  button,
  icon_button: button,
  feedback_buttons: feedback,
  overflow,
  image: pictureNode,
  static_select: select("static", "selected_option", optionOf),
  users_select: select("users", "selected_user"),
  channels_select: select("channels", "selected_channel"),
  conversations_select: select("conversations", "selected_conversation"),
  multi_static_select: multi("static", "selected_options", optionOf),
  multi_users_select: multi("users", "selected_users"),
  multi_channels_select: multi("channels", "selected_channels"),
  multi_conversations_select: multi("conversations", "selected_conversations"),
  external_select: external(false),
  multi_external_select: external(true),
  checkboxes: boxes("checkbox"),
  radio_buttons: boxes("radio"),
  plain_text_input: textInput,
  number_input: input("text", "value", { more: (spec) => ({ inputmode: spec.is_decimal_allowed ? "decimal" : "numeric" }) }),
  email_text_input: input("email", "value"),
  url_text_input: input("url", "value"),
  rich_text_input: richInput,
  datepicker: input("date", "selected_date"),
  timepicker: input("time", "selected_time", { read: (value) => value.slice(0, 5) }),
  datetimepicker: dateTime,
  file_input: files,
};
