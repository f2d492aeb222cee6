// Builds elements without ever parsing a string as HTML: children that are strings become text nodes.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  append(node, children);
  return node;
}

function setProp(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

export const $ = (selector, root = document) => root.querySelector(selector);

/** Bring `box` to show `items`, touching only what changed, so that focus, open menus and scrolling survive. */
export function reconcile(box, items, key, render) {
  const old = new Map([...box.children].map((node) => [node.dataset.key, node]));
  let before = null;
  for (const item of items) {
    const id = key(item);
    const print = JSON.stringify(item);
    let node = old.get(id);
    if (!node || node.dataset.print !== print) {
      const fresh = render(item);
      fresh.dataset.key = id;
      fresh.dataset.print = print;
      if (node) node.replaceWith(fresh);
      node = fresh;
    }
    old.delete(id);
    const wanted = before ? before.nextSibling : box.firstChild;
    if (wanted !== node) box.insertBefore(node, wanted);
    before = node;
  }
  for (const node of old.values()) node.remove();
}

const ICONS = {
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 10h.01M15.5 10h.01M8 14.5c1 1.5 2.4 2.2 4 2.2s3-.7 4-2.2",
  thread: "M4 5h16v11H9l-5 4ZM8 9h8M8 12h5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  send: "M4 12 20 5l-5 15-3.5-6.5ZM11.5 13.5 20 5",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6Z",
  clip: "M20 11.5 12 19a5 5 0 0 1-7-7l8.5-8a3.4 3.4 0 0 1 4.8 4.8L10 17a1.7 1.7 0 0 1-2.4-2.4L15 7.5",
  hash: "M9 4 7 20M17 4l-2 16M4.5 9h16M3.5 15h16",
  lock: "M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  home: "M4 11.5 12 4l8 7.5V20h-5.5v-5h-5v5H4Z",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3ZM12 15v6",
  bookmark: "M7 4h10v16l-5-4-5 4Z",
  doc: "M6 3h8l4 4v14H6ZM14 3v4h4M9 12h6M9 16h6",
  eye: "M3 12s3.2-6 9-6 9 6 9 6-3.2 6-9 6-9-6-9-6ZM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z",
  chevron: "m7 10 5 5 5-5",
  back: "m14 6-6 6 6 6",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3 2",
  people: "M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11ZM3 19c.4-3.4 2.8-5 6-5s5.600 1.600 6 5M16 5a3 3 0 0 1 0 6M17.500 14.300c2 .6 3.200 2.200 3.500 4.700",
  download: "M12 4v11M7.500 11 12 15.500 16.500 11M5 20h14",
  play: "M8 5v14l11-7Z",
  pause: "M8 5v14M16 5v14",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l4.500 4.500",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, more = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...more }, icon(name));
}
