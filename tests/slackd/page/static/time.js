// Times as the viewer's profile zone shows them, measured against the workspace's own clock.

const formats = new Map();
let clock = { now: 0, rate: 0, at: 0 };
let zone = "Etc/UTC";

export function setClock({ now, rate }) {
  clock = { now, rate, at: performance.now() };
}
export const setZone = (name) => { zone = name; };
export const viewerZone = () => zone;
export const clockRate = () => clock.rate;
export const nowSeconds = () => clock.now + (clock.rate * (performance.now() - clock.at)) / 1000;

export function format(seconds, options, timeZone = zone) {
  const key = timeZone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone, ...options }));
  return formats.get(key).format(new Date(Number(seconds) * 1000));
}

export const hourMinute = (seconds) => format(seconds, { hour: "2-digit", minute: "2-digit" });
export const full = (seconds) =>
  format(seconds, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });
export const dayKey = (seconds) => format(seconds, { year: "numeric", month: "2-digit", day: "2-digit" });

function nearDay(seconds) {
  const day = dayKey(seconds);
  if (day === dayKey(nowSeconds())) return "Today";
  if (day === dayKey(nowSeconds() - 86400)) return "Yesterday";
  return day === dayKey(nowSeconds() + 86400) ? "Tomorrow" : null;
}

const sameYear = (seconds) => Math.abs(nowSeconds() - seconds) < 183 * 86400;
const withYear = (seconds, options) => format(seconds, sameYear(seconds) ? options : { ...options, year: "numeric" });
export const dayName = (seconds) => nearDay(seconds) ?? withYear(seconds, { weekday: "long", day: "numeric", month: "long" });

export function ago(seconds) {
  const gone = Math.round(nowSeconds() - seconds);
  if (Math.abs(gone) < 10) return "just now";
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([s]) => Math.abs(gone) >= s) ?? [1, "second"];
  const count = Math.round(Math.abs(gone) / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return gone >= 0 ? `${words} ago` : `in ${words}`;
}

const long = { day: "numeric", month: "long" };
const TOKENS = {
  date_num: (s) => format(s, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
  date_slash: (s) => format(s, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: (s) => withYear(s, long),
  date_short: (s) => withYear(s, { day: "numeric", month: "short" }),
  date_long: (s) => withYear(s, { ...long, weekday: "long" }),
  date_long_full: (s) => format(s, { ...long, weekday: "long", year: "numeric" }),
  date_pretty: (s) => nearDay(s) ?? TOKENS.date(s),
  date_short_pretty: (s) => nearDay(s) ?? TOKENS.date_short(s),
  date_long_pretty: (s) => nearDay(s) ?? TOKENS.date_long(s),
  day_divider_pretty: (s) => dayName(s),
  time: hourMinute,
  time_secs: (s) => format(s, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** Slack's `{date_short_pretty} at {time}` patterns; null when a token is unknown, so that the fallback is shown. */
export function slackDate(seconds, pattern) {
  let known = Number.isFinite(Number(seconds));
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    known &&= Object.hasOwn(TOKENS, token);
    return known ? TOKENS[token](Number(seconds)) : "";
  });
  return known ? text : null;
}

/** Unix seconds of a wall-clock time "2026-11-21T14:02" in the viewer's zone. */
export function zonedToEpoch(wall) {
  const asUtc = Date.parse(`${wall}Z`) / 1000;
  let guess = asUtc;
  for (let turn = 0; turn < 2; turn += 1) guess = asUtc - (Date.parse(`${epochToZoned(guess)}Z`) / 1000 - guess);
  return guess;
}

export function epochToZoned(seconds) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(seconds * 1000));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}`;
}
