"""What the app may do, read from the same manifest that creates it in Slack."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Manifest:
    """The parts of an app manifest that decide what Slack allows and delivers."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    bot_events: frozenset[str]
    commands: dict[str, bool]  # command -> should_escape
    message_shortcuts: frozenset[str]
    global_shortcuts: frozenset[str]
    interactivity: bool
    home_tab: bool
    messages_tab: bool
    features: dict[str, Any]  # as written: names, hints and descriptions for people

    @classmethod
    def read(cls, path: Path) -> Manifest:
        return _read(str(path), path.stat().st_mtime_ns)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Manifest:
        features, settings = data.get("features", {}), data.get("settings", {})
        shortcuts = features.get("shortcuts", [])
        home = features.get("app_home", {})
        return cls(
            name=data["display_information"]["name"],
            bot_name=features.get("bot_user", {}).get("display_name", data["display_information"]["name"]),
            scopes=frozenset(data.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            bot_events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            commands={c["command"]: bool(c.get("should_escape")) for c in features.get("slash_commands", [])},
            message_shortcuts=frozenset(s["callback_id"] for s in shortcuts if s["type"] == "message"),
            global_shortcuts=frozenset(s["callback_id"] for s in shortcuts if s["type"] == "global"),
            interactivity=bool(settings.get("interactivity", {}).get("is_enabled")),
            home_tab=bool(home.get("home_tab_enabled")),
            messages_tab=bool(home.get("messages_tab_enabled")),
            features=features,
        )


@functools.cache
def _read(path: str, _changed: int) -> Manifest:
    return Manifest.from_data(yaml.load(Path(path).read_bytes(), Loader=yaml.CSafeLoader))
