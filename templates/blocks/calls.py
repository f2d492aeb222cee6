"""Each notice becomes finished Slack calls: method, arguments, a key that says it once, and the lane it waits in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import decision as d
from bot.facts import Evidence
from bot.incident import Incident
from bot.policy import Policy
from templates.blocks.brief import brief_message
from templates.blocks.card import card_message, name, topic
from templates.blocks.offers import archive_message, milestone_question
from templates.blocks.parts import Message, speech
from templates.blocks.text import Look, permalink

INVITED_MOST = 100  # conversations.invite


@dataclass(frozen=True, slots=True)
class Planned:
    """One finished Slack call. `key` is unique for good and the same for the same notice; calls of one `lane` keep
    their order; a newer call takes the place of a waiting one with the same `replaces`; `purpose` names the anchor
    that the result becomes (`channel`, `card`, `log:<request>` and the line it is about), or is empty.
    """

    key: str
    lane: str
    method: str
    args: dict[str, Any]
    purpose: str = ""
    replaces: str | None = None
    not_before: datetime | None = None


class Unplaced(Exception):
    """The notice needs a place in Slack (`channel` or `card`) that is not there yet: keep it until that is anchored."""

    def __init__(self, needs: str) -> None:
        super().__init__(f"not in Slack yet: {needs}")
        self.needs = needs


def calls(notice: d.Notice, incident: Incident, look: Look, policy: Policy) -> list[Planned]:
    """The Slack calls that say this notice. `incident` is the state after the decision.

    A `PostDraft` needs the report and is planned with it (`templates.blocks.report`).

    Raises:
        Unplaced: the channel or the card it belongs to does not exist yet.
    """
    return _PLANS[type(notice)](notice, incident, look, policy)


def _channel(incident: Incident) -> str:
    if incident.channel is None:
        raise Unplaced("channel")
    return incident.channel


def _card(incident: Incident) -> Evidence:
    anchor = incident.anchors.get("card")
    if anchor is None:
        raise Unplaced("card")
    return anchor.place


def post(key: str, channel: str, message: Message, purpose: str = "", thread_ts: str | None = None) -> Planned:
    """A message that is posted once: its key travels in its metadata, so that it is found again after a crash."""
    args = {
        "channel": channel,
        **message,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": "scribe", "event_payload": {"key": key}},
    }
    if thread_ts is not None:
        args["thread_ts"] = thread_ts
    return Planned(key, channel, "chat.postMessage", args, purpose)


def whisper(key: str, channel: str, user: str, message: Message, thread_ts: str | None = None) -> Planned:
    """A message that one person sees; Slack keeps no metadata with it."""
    args = {"channel": channel, "user": user, **message}
    if thread_ts is not None:
        args["thread_ts"] = thread_ts
    return Planned(key, channel, "chat.postEphemeral", args)


def _open_channel(n: d.OpenChannel, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    args = {"name": n.name, "is_private": n.private}
    return [Planned(f"channel:{i.id}:{n.name}", f"incident:{i.id}", "conversations.create", args, "channel")]


def _invite(n: d.Invite, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    """In batches; `force` lets those who can come come when one of them cannot."""
    channel = _channel(i)
    batches = (n.who[start : start + INVITED_MOST] for start in range(0, len(n.who), INVITED_MOST))
    return [
        Planned(
            f"invite:{i.id}:{i.seq}:{number}",
            channel,
            "conversations.invite",
            {"channel": channel, "users": list(users), "force": True},
        )
        for number, users in enumerate(batches)
    ]


def _furnish(n: d.Furnish, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    channel = _channel(i)
    args = {"channel": channel, "topic": topic(i, look)}
    return [Planned(f"topic:{i.id}:{i.seq}", channel, "conversations.setTopic", args, replaces=f"topic:{i.id}")]


def _show_card(n: d.ShowCard, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    channel, message, anchor = _channel(i), card_message(i, look), i.anchors.get("card")
    if anchor is None:
        return [post(f"card:{i.id}", channel, message, "card")]
    args = {"channel": anchor.place.channel, "ts": anchor.place.ts, **message}
    return [Planned(f"card:{i.id}:{i.seq}", channel, "chat.update", args, replaces=f"card:{i.id}")]


def _pin_card(n: d.PinCard, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    """With the card in place it is pinned, and the channel gets the bookmark that leads to it."""
    place = n.place
    bookmark = {
        "channel_id": place.channel,
        "title": name(i, look),
        "type": "link",
        "link": permalink(place, look),
        "emoji": ":memo:",
    }
    pin = {"channel": place.channel, "timestamp": place.ts}
    return [
        Planned(f"pin:{i.id}", place.channel, "pins.add", pin),
        Planned(f"bookmark:{i.id}", place.channel, "bookmarks.add", bookmark),
    ]


def _log_line(n: d.LogLine, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    key = f"log:{i.id}:{n.what.removeprefix('log:')}"
    card = _card(i)
    purpose = f"{n.what} {n.about}".rstrip()
    return [post(key, card.channel, speech(n.text, look), purpose, card.ts)]


def _unsay(n: d.Unsay, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    place, gone = n.place, speech(("This repeated a message that was deleted.",), look)
    args = {"channel": place.channel, "ts": place.ts, **gone}
    return [Planned(f"unsay:{place.channel}:{place.ts}", place.channel, "chat.update", args)]


def _delete_file(n: d.DeleteFile, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    """In the lane of the uploads, so that it goes before the one in its place."""
    return [Planned(f"delete:{n.file}", n.place.channel, "files.delete", {"file": n.file})]


def _confirm(n: d.Confirm, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    """In a lane of its own: a thumb on a message need not wait for the posts."""
    mark = f"confirm:{n.place.channel}:{n.place.ts}"
    args = {"channel": n.place.channel, "timestamp": n.place.ts, "name": policy.confirmation}
    method = "reactions.remove" if n.taken_back else "reactions.add"
    return [Planned(f"{mark}:{i.id}.{i.seq}", f"reactions:{n.place.channel}", method, args, replaces=mark)]


def _whisper(n: d.Whisper, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    key = f"whisper:{i.id}:{n.key}"
    return [whisper(key, _channel(i), n.user, speech(n.text, look, n.offers), n.thread_ts)]


def _direct(n: d.Direct, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    """Slack opens the conversation with a person by itself."""
    return [post(f"direct:{i.id}:{n.key}", n.user, speech(n.text, look))]


def _announce(n: d.Announce, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    """In the incident's channel, and in the broadcast channel where it may be known at all."""
    key = f"announce:{i.id}:{n.key}"
    here = post(key, _channel(i), speech(n.text, look), f"{n.anchor} {n.about}".rstrip())
    if not n.broadcast or i.private or policy.broadcast_channel in (None, i.channel):
        return [here]
    drill = "DRILL " if i.drill else ""
    told = (f"*{drill}{i.number}* ", d.Quote(i.title), " ", d.ChannelLink(_channel(i)), "\n", *n.text)
    there = f"broadcast:{n.key} {n.about}" if n.about else ""
    return [here, post(f"{key}:broadcast", str(policy.broadcast_channel), speech(told, look), there)]


def _brief(n: d.Brief, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    return [whisper(f"brief:{i.id}:{n.key}", _channel(i), n.user, brief_message(i, look))]


def _ask_milestones(n: d.AskMilestones, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    return [whisper(f"ask:{i.id}:{n.key}", _channel(i), n.user, milestone_question(i, n.missing))]


def _offer_archive(n: d.OfferArchive, i: Incident, look: Look, policy: Policy) -> list[Planned]:
    return [whisper(f"archive:{i.id}:{n.key}", _channel(i), n.user, archive_message(i))]


_PLANS: Mapping[type, Callable[[Any, Incident, Look, Policy], list[Planned]]] = {
    d.OpenChannel: _open_channel,
    d.Invite: _invite,
    d.Furnish: _furnish,
    d.ShowCard: _show_card,
    d.PinCard: _pin_card,
    d.LogLine: _log_line,
    d.Unsay: _unsay,
    d.DeleteFile: _delete_file,
    d.Confirm: _confirm,
    d.Whisper: _whisper,
    d.Direct: _direct,
    d.Announce: _announce,
    d.Brief: _brief,
    d.AskMilestones: _ask_milestones,
    d.OfferArchive: _offer_archive,
}
