// Starts the page: reads the address, draws, and draws again whenever the server says something changed.

import { jump, showChannel, showThread } from "./channel.js";
import { $ } from "./dom.js";
import { showHome } from "./home.js";
import { failed } from "./menus.js";
import { showModal } from "./modal.js";
import { showSidebar } from "./sidebar.js";
import { act, get, store } from "./store.js";
import { setClock, setZone } from "./time.js";

const PAGE = 100;
let limit = PAGE;
let stream = null;
let visit = 0; // counts navigations: an answer that comes too late is not drawn

// ---- where we are: #/U0ALICE/C0123/thread

const address = () => location.hash.replace(/^#\/?/, "").split("/");
const goTo = (...parts) => { location.hash = `#/${parts.filter(Boolean).join("/")}`; };
const go = (place) => goTo(store.as, place);
const openThread = (ts) => goTo(store.as, store.place, ts);
const become = (id) => goTo(id, store.place !== "home" && visibleTo(id) ? store.place : null);
const visibleTo = (id) => store.channel?.kind === "channel" || store.channel?.members.includes(id);

function tab(name) {
  if (name === "home") return go("home");
  if (store.place === "home") {
    act("home", { tab: "messages" }).catch(failed);
    return act("dm", { user: store.shell.app.user_id }).then(({ channel }) => go(channel)).catch(failed);
  }
  return goTo(store.as, store.place, name === "messages" ? null : name);
}

async function arrive() {
  const [as, place, third] = address();
  const mine = (visit += 1);
  const before = { as: store.as, place: store.place };
  const shell = await get("shell", as ? { as } : {});
  if (mine !== visit) return;
  Object.assign(store, { as: shell.me, shell });
  if (before.as !== store.as) listen();
  const wanted = place === "home" || shell.channels.some((channel) => channel.id === place) ? place : firstPlace(shell);
  if (before.place !== wanted || before.as !== store.as) limit = PAGE;
  const canvas = third?.startsWith("F") ? third : null;
  Object.assign(store, { place: wanted, canvas });
  if (wanted === "home") {
    Object.assign(store, { channel: null, thread: null });
    if (before.place !== "home" || before.as !== store.as) act("home").catch(failed);
  } else await load(canvas ? null : third);
  if (mine === visit) draw();
}

const firstPlace = ({ channels }) => (channels.find((channel) => channel.is_member && channel.kind === "channel") ?? channels[0])?.id ?? "home";

async function load(thread) {
  const place = store.place;
  const [channel, replies] = await Promise.all([
    get(`channel/${place}`, { limit }),
    thread ? get(`thread/${place}/${thread}`).catch(() => null) : null,
  ]);
  Object.assign(store, { channel, thread: replies && { ts: thread, messages: replies.messages } });
}

function draw() {
  const { shell } = store;
  setZone(shell.users[store.as].tz);
  setClock(shell.clock);
  document.title = `${store.channel?.name ? `#${store.channel.name}` : shell.app.name} · ${shell.team.name}`;
  showSidebar($("#sidebar"), { go, become });
  if (store.place === "home") showHome($("#main"), { tab });
  else showChannel($("#main"), { open: openThread, tab, earlier });
  showThread($("#thread"), { open: openThread });
  showModal(shell.modal, shell.modal_depth);
  document.body.dataset.ready = "yes";
}

// ---- live

let refreshing = null;
let again = false;

/** Fetch and draw once more; a change that comes meanwhile leads to one more turn, not to many. */
function refresh() {
  again = true;
  refreshing ??= (async () => {
    while (again) {
      again = false;
      const mine = visit;
      const shell = await get("shell");
      if (mine !== visit) continue;
      store.shell = shell;
      if (store.place !== "home" && !shell.channels.some(({ id }) => id === store.place)) return go(firstPlace(shell)); // left, or gone
      if (store.place !== "home") await load(store.thread?.ts ?? null);
      if (mine === visit) draw();
    }
  })().catch(failed).finally(() => { refreshing = null; });
  return refreshing;
}

function earlier() {
  limit += 5 * PAGE;
  return refresh();
}

function listen() {
  stream?.close();
  stream = new EventSource(`/page/stream?${new URLSearchParams({ as: store.as })}`);
  stream.addEventListener("changed", refresh);
  let lost = false;
  stream.onerror = () => { lost = true; document.body.classList.add("offline"); };
  stream.onopen = () => { document.body.classList.remove("offline"); if (lost) refresh(); lost = false; };
}

/** Links to this workspace's own messages, and to a canvas of this channel, stay in the page. */
document.addEventListener("click", (event) => {
  const to = event.target.closest?.("a[data-link]")?.dataset.link;
  const ours = to?.startsWith(store.shell?.team.url);
  const paper = ours && store.channel?.canvases.find(({ id }) => to.endsWith(`/docs/${store.shell.team.id}/${id}`));
  if (paper) {
    event.preventDefault();
    return goTo(store.as, store.place, paper.id);
  }
  const found = ours && to.match(/\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?(?:\?.*thread_ts=([\d.]+))?/);
  if (!found) return;
  event.preventDefault();
  const [, channel, seconds, micros, thread] = found;
  const ts = seconds && `${seconds}.${micros}`;
  goTo(store.as, channel, thread);
  if (ts) setTimeout(() => jump({ ts }, { open: openThread, earlier }), 400);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && store.thread && !event.defaultPrevented) openThread(null);
});

addEventListener("hashchange", () => arrive().catch(failed));
arrive().catch(failed);
