// The independent stand-in's Slack, with one subscriber to its events: no option of its own names one.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , module, port, seed, subscriber] = process.argv;
const dist = dirname(module);
for (const file of readdirSync(dist).filter((name) => /^dist-.*\.js$/.test(name))) {
  const exported = await import(pathToFileURL(join(dist, file)));
  const plugin = Object.values(exported).find((it) => it?.name === "slack" && it.register);
  if (plugin) {
    const register = plugin.register;
    plugin.register = (app, store, webhooks, ...more) => {
      webhooks.register({ url: subscriber, events: ["*"], active: true, owner: "slack" });
      return register(app, store, webhooks, ...more);
    };
  }
}
const { createEmulator } = await import(pathToFileURL(module));
const emulator = await createEmulator({ service: "slack", port: Number(port), seed: JSON.parse(seed) });
console.log(`listening ${emulator.url}`);
