// What the page knows right now, and the only way it talks to the server.

export const store = {
  as: null,        // whose eyes we look through
  shell: null,     // people, channels, app, clock, open modal, home
  place: null,     // channel id, or "home"
  channel: null,   // the open conversation
  thread: null,    // the open thread
  canvas: null,    // the id of the canvas whose tab is shown instead of the messages
};

export const user = (id) => store.shell?.users[id];
export const displayName = (id) => user(id)?.display ?? id;
export const channelById = (id) => store.shell?.channels.find((channel) => channel.id === id);

export async function get(path, query = {}) {
  const answer = await fetch(`/page/${path}?${new URLSearchParams({ as: store.as, ...query })}`);
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error ?? `HTTP ${answer.status}`);
  return answer.json();
}

export async function act(verb, body = {}) {
  const answer = await fetch(`/page/act/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as: store.as, ...body }),
  });
  const result = await answer.json().catch(() => ({ ok: false, error: `HTTP ${answer.status}` }));
  if (!result.ok) throw new Error(result.error);
  return result;
}

export const fileUrl = (id, more = {}) => `/page/file/${encodeURIComponent(id)}?${new URLSearchParams({ as: store.as, ...more })}`;

/** Unescape Slack's three entities, the only ones it knows. */
export const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** Slack's stored text as its author typed it, for editing. */
export function asTyped(text) {
  return unescape(
    text
      .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `@${user(id)?.name ?? id}`)
      .replace(/<#([A-Z0-9]+)(?:\|([^>]*))?>/g, (_, id, name) => `#${channelById(id)?.name ?? name ?? id}`)
      .replace(/<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `@${store.shell.groups[id] ?? id}`)
      .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, "@$1")
      .replace(/<([^<>|]+)(?:\|[^<>]*)?>/g, "$1"),
  );
}
