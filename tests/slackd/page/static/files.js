// Files in messages: pictures are shown, text is read in a viewer as plain text, everything can be downloaded.

import { h, icon, iconButton, replace } from "./dom.js";
import { markdown } from "./markdown.js";
import { dialog, failed } from "./menus.js";
import { fileUrl } from "./store.js";

const isPicture = (file) => /^image\/(png|jpe?g|gif|webp|svg\+xml)$/.test(file.mimetype);
const isText = (file) => /^(text\/|application\/(json|xml|x-yaml|toml))/.test(file.mimetype) || /\.(md|markdown|txt|log|csv|json|ya?ml|toml|html?)$/i.test(file.name);
const size = (bytes) => (bytes < 1024 ? `${bytes} bytes` : bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);

export function fileNode(file) {
  if (isPicture(file)) {
    return h("figure", { class: "file picture-file" }, h("figcaption", {}, file.title || file.name, download(file)),
      h("button", { type: "button", class: "bare", "aria-label": `Open ${file.name}`, onclick: () => viewPicture(file) }, h("img", { src: fileUrl(file.id), alt: file.alt_txt || file.title || file.name, loading: "lazy" })));
  }
  const open = isText(file) ? () => viewText(file) : null;
  return h("div", { class: "file" },
    h("button", { type: "button", class: "bare file-face", disabled: !open, onclick: open, "aria-label": `Open ${file.name}` },
      h("span", { class: "file-icon" }, icon("doc")), h("span", {}, h("b", {}, file.title || file.name), h("small", {}, `${file.filetype.toUpperCase()} · ${size(file.size)}${open ? " · open" : ""}`))),
    download(file));
}

const download = (file) => h("a", { class: "icon-button", href: fileUrl(file.id, { download: "1" }), download: file.name, "aria-label": `Download ${file.name}`, title: "Download" }, icon("download"));

function frame(file, content, extra = null) {
  const close = dialog([
    h("header", {}, h("h2", {}, file.title || file.name), extra, download(file), iconButton("close", "Close", () => close())), content,
  ], { label: file.name, className: "viewer" });
}

const viewPicture = (file) => frame(file, h("div", { class: "dialog-body center" }, h("img", { src: fileUrl(file.id), alt: file.alt_txt || file.name })));

async function viewText(file) {
  try {
    const text = await (await fetch(fileUrl(file.id))).text();
    const body = h("div", { class: "dialog-body" });
    const show = (source) => replace(body, source ? h("pre", { class: "file-text" }, text) : markdown(text));
    const isMarkdown = /\.(md|markdown)$/i.test(file.name);
    show(!isMarkdown);
    if (!isMarkdown) return frame(file, body);
    const turn = h("button", { type: "button", class: "button", "aria-pressed": "false", onclick: () => {
      const source = turn.getAttribute("aria-pressed") !== "true";
      turn.setAttribute("aria-pressed", String(source));
      show(source);
    } }, "Source");
    return frame(file, body, turn);
  } catch (error) { return failed(error); }
}
