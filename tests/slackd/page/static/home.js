// The app's Home tab: the view it published for this person.

import { blocksNode, site } from "./blocks.js";
import { h, replace } from "./dom.js";
import { avatar } from "./messages.js";
import { act, store } from "./store.js";

let values = {};
let seen = null;

export function showHome(main, { tab }) {
  const { app, home } = store.shell;
  main.dataset.place = `${store.as}/home`;
  if (seen !== `${store.as}/${home?.id}`) values = structuredClone(home?.state?.values ?? {});
  seen = `${store.as}/${home?.id}`;
  const print = JSON.stringify(home?.blocks ?? null);
  if (main.dataset.print === print && main.querySelector(".home")) return;
  main.dataset.print = print;
  const place = home && site({
    values,
    send: (block_id, spec, leaf) => act("press", { place: { view: home.id }, block_id, action_id: spec.action_id ?? "", leaf, values }),
    suggest: async (block_id, spec, typed) => (await act("suggest", { place: { view: home.id }, block_id, action_id: spec.action_id ?? "", typed })).options,
  });
  replace(main,
    h("header", { class: "channel-head" },
      h("div", { class: "title" }, avatar(app.user_id, app.name, "avatar tiny"), h("h1", {}, app.name), h("span", { class: "badge" }, "APP")),
      h("div", { class: "tabs" }, h("button", { type: "button", class: "tab on", "aria-pressed": "true" }, "Home"), app.messages_tab ? h("button", { type: "button", class: "tab", "aria-pressed": "false", onclick: () => tab("messages") }, "Messages") : null)),
    h("div", { class: "home", tabindex: "0" }, home ? blocksNode(home.blocks, place) : h("p", { class: "faint" }, `${app.name} has not published anything here yet.`)));
}
