// Pictures that are in the workspace are shown; those on the internet are named, for this page loads nothing from there.

import { h } from "./dom.js";
import { linkNode } from "./mrkdwn.js";
import { fileUrl } from "./store.js";

export function pictureNode({ image_url: url, slack_file: file, alt_text: alt }) {
  const id = file?.id ?? fileIn(file?.url ?? url ?? "");
  if (id) return h("img", { class: "picture", src: fileUrl(id), alt, loading: "lazy" });
  return h("span", { class: "picture-elsewhere", title: url }, "🖼 ", linkNode(url, alt));
}

const fileIn = (url) => url.match(/\/files-pri\/[A-Z0-9]+-([A-Z0-9]+)\//)?.[1];
