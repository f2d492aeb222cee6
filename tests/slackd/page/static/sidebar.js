// The left column: who you are, where you can go, what is unread, and the workspace's clock.

import { append, h, icon, iconButton, replace } from "./dom.js";
import { dialog, failed, menu } from "./menus.js";
import { avatar } from "./messages.js";
import { act, displayName, store } from "./store.js";
import { clockRate, format, nowSeconds, viewerZone } from "./time.js";

/** `go(place)` opens a conversation or "home"; `become(user)` looks through other eyes. */
export function showSidebar(box, { go, become }) {
  const { shell } = store;
  const print = JSON.stringify([store.as, store.place, shell.channels, shell.users, shell.people, shell.clock.rate]);
  if (box.dataset.print === print) return; // drawing anew would take the focus away
  box.dataset.print = print;
  const kinds = (...wanted) => shell.channels.filter((channel) => channel.is_member && wanted.includes(channel.kind));
  const rooms = kinds("channel", "group").filter((channel) => !channel.is_archived || channel.id === store.place).sort((a, b) => a.name.localeCompare(b.name));
  const talks = kinds("im", "mpim").filter((channel) => channel.with !== shell.app.user_id);
  replace(box,
    h("div", { class: "team" }, h("b", {}, shell.team.name), whoami(become)),
    h("nav", { "aria-label": "Conversations" },
      group("Channels", rooms.map((channel) => row(channel, go)), [iconButton("search", "Browse channels", () => browse(go)), iconButton("plus", "Create a channel", () => create(go))]),
      group("Direct messages", talks.map((channel) => row(channel, go)), [iconButton("plus", "New message", (event) => newMessage(event, go))]),
      group("Apps", [appRow(go)], [])),
    clockBar());
}

function whoami(become) {
  const me = store.shell.users[store.as];
  const choices = () => store.shell.people.map((id) => ({
    label: [avatar(id, "", "avatar tiny"), " ", store.shell.users[id].display], hint: store.shell.users[id].tz.replace("_", " "), run: () => become(id),
  }));
  return h("button", { type: "button", class: "whoami", "aria-haspopup": "menu", onclick: (event) => menu(event.currentTarget, ["Look through the eyes of", ...choices()], "Switch person") },
    avatar(me.id, me.display, "avatar tiny"), h("span", {}, "You are ", h("b", {}, me.display)), icon("chevron"));
}

const group = (title, rows, tools) =>
  h("section", {}, h("header", {}, h("h2", {}, title), tools), h("ul", {}, rows.map((one) => h("li", {}, one))));

function entry(place, content, { unread: waiting = 0, mentions = 0, go, label, faint = false }) {
  const here = store.place === place;
  const unread = here ? 0 : waiting; // what is on screen is being read
  return h("button", { type: "button", class: `row${here ? " here" : ""}${unread ? " unread" : ""}${faint ? " faint-row" : ""}`, "aria-current": here ? "page" : null, "aria-label": unread ? `${label}, ${unread} unread` : label, dataset: { place }, onclick: () => go(place) },
    content, unread ? h("span", { class: mentions ? "count" : "dot" }, mentions ? String(mentions) : "") : null);
}

function row(channel, go) {
  if (channel.kind === "channel" || channel.kind === "group") {
    return entry(channel.id, [icon(channel.kind === "group" ? "lock" : "hash"), h("span", { class: "name" }, channel.name)], { ...channel, go, label: channel.name, faint: channel.is_archived });
  }
  const label = channel.kind === "im" ? displayName(channel.with) : channel.members.filter((id) => id !== store.as).map(displayName).join(", ");
  return entry(channel.id, [avatar(channel.with, label, "avatar tiny"), h("span", { class: "name" }, label)], { ...channel, go, label, mentions: channel.unread });
}

function appRow(go) {
  const { app, channels } = store.shell;
  const talk = channels.find((channel) => channel.with === app.user_id);
  const here = store.place === "home" || (talk && store.place === talk.id);
  const openTalk = () => act("dm", { user: app.user_id }).then(({ channel }) => go(channel)).catch(failed);
  const node = entry(app.home_tab ? "home" : talk?.id ?? "", [avatar(app.user_id, app.name, "avatar tiny"), h("span", { class: "name" }, app.name)],
    { unread: here ? 0 : talk?.unread, mentions: talk?.unread, go: (place) => (talk?.unread ? go(talk.id) : place ? go(place) : openTalk()), label: app.name });
  node.classList.toggle("here", Boolean(here));
  return node;
}

function browse(go) {
  const open = store.shell.channels.filter((channel) => channel.kind === "channel" || (channel.kind === "group" && channel.is_member));
  const one = (channel) => h("button", { type: "button", class: "browse-row", onclick: () => { close(); go(channel.id); } },
    icon(channel.kind === "group" ? "lock" : "hash"), h("span", {}, h("b", {}, channel.name), h("small", {}, channel.topic || `${channel.members.length} members`)),
    h("span", { class: "badge" }, channel.is_archived ? "archived" : channel.is_member ? "joined" : "open"));
  const close = dialog([h("header", {}, h("h2", {}, "Channels"), iconButton("close", "Close", () => close())), h("div", { class: "dialog-body" }, open.map(one))], { label: "Browse channels" });
}

function create(go) {
  const name = h("input", { class: "control", "aria-label": "Name", placeholder: "for example incident-checkout", autofocus: true, maxlength: 80 });
  const hidden = h("input", { type: "checkbox" });
  const problem = h("p", { class: "error", role: "alert" });
  const make = async (event) => {
    event.preventDefault();
    try {
      const { channel } = await act("create_channel", { name: name.value.trim().replace(/^#/, "").replace(/\s+/g, "-").toLowerCase(), private: hidden.checked });
      close();
      go(channel);
    } catch (error) { replace(problem, `That name was refused: ${error.message}`); }
  };
  const close = dialog(h("form", { onsubmit: make },
    h("header", {}, h("h2", {}, "Create a channel"), iconButton("close", "Close", () => close())),
    h("div", { class: "dialog-body" }, h("label", { class: "label" }, "Name"), name, problem, h("label", { class: "box" }, hidden, h("span", {}, "Private", h("small", {}, "Only its members can see it")))),
    h("footer", {}, h("span", { class: "spring" }), h("button", { type: "submit", class: "button primary" }, "Create"))), { label: "Create a channel", className: "small" });
}

function newMessage(event, go) {
  const others = Object.values(store.shell.users).filter((person) => person.id !== store.as && !person.deleted);
  menu(event.currentTarget, others.map((person) => ({ label: person.display, hint: person.is_bot ? "app" : `@${person.name}`, run: () => act("dm", { user: person.id }).then(({ channel }) => go(channel)).catch(failed) })), "New message");
}

// ---- the workspace's clock

const JUMPS = [[60, "+1 min"], [600, "+10 min"], [3600, "+1 h"], [86400, "+1 day"]];

function clockBar() {
  const face = h("time", { class: "clock-face", title: `Slack's clock, shown in ${viewerZone()}` });
  const jump = (seconds) => {
    node.classList.add("busy"); // a day with reminders in it takes a moment
    act("clock", { seconds }).catch(failed).finally(() => node.classList.remove("busy"));
  };
  const running = clockRate() > 0;
  const node = h("div", { class: "clock", role: "group", "aria-label": "The workspace's clock" },
    h("div", { class: "clock-row" }, icon("clock"), face,
      iconButton(running ? "pause" : "play", running ? "Stop the clock" : "Let the clock run", () => act("clock", { running: !running }).catch(failed))),
    h("div", { class: "jumps" }, JUMPS.map(([seconds, label]) => h("button", { type: "button", onclick: () => jump(seconds) }, label))));
  tick(face);
  return node;
}

const FACE = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
const write = (face) => { const now = format(nowSeconds(), FACE); if (face.textContent !== now) append(replace(face), [now]); };

function tick(face) {
  write(face);
  const timer = setInterval(() => (face.isConnected ? write(face) : clearInterval(timer)), 500);
}
