"""Which events the app gets, and in which shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slackd import Channel, Person, Slackd
from tests.slackd_tests.app import TrialApp


@pytest.fixture
def alice(slack: Slackd) -> Person:
    return slack.person("alice")


@pytest.fixture
async def room(slack: Slackd, alice: Person, app: TrialApp) -> Channel:
    channel = slack.channel("incident-db", alice)
    slack.invite_bot(channel)
    await slack.settle()
    app.events.clear()
    return channel


async def heard(slack: Slackd, app: TrialApp) -> list[dict[str, Any]]:
    await slack.settle()
    return [body["event"] for body in app.events]


async def test_a_typed_message_carries_rich_text_and_escaped_text(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    await alice.says(room, "see https://x.y/?a&b in #incident-db @here")
    (event,) = await heard(slack, app)
    assert event["text"] == f"see <https://x.y/?a&amp;b> in <#{room.id}|incident-db> <!here>"
    kinds = [e["type"] for e in event["blocks"][0]["elements"][0]["elements"]]
    assert kinds == ["text", "link", "text", "channel", "text", "broadcast"]
    assert (event["channel_type"], event["team"], event["user"]) == ("channel", slack.world.team_id, alice.id)


async def test_what_looks_like_a_token_when_typed_is_text(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    await alice.says(room, "<!channel> <@U1> a@here.com")
    (event,) = await heard(slack, app)
    assert event["text"] == "&lt;!channel&gt; &lt;@U1&gt; a@here.com"


async def test_an_edit_brings_both_versions(slack: Slackd, app: TrialApp, alice: Person, room: Channel) -> None:
    message = await alice.says(room, "before")
    await alice.edits(message, "after")
    _, event = await heard(slack, app)
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("before", "after")
    assert event["message"]["edited"]["user"] == alice.id
    assert event["ts"] != message.ts


async def test_a_deletion_names_the_message(slack: Slackd, app: TrialApp, alice: Person, room: Channel) -> None:
    message = await alice.says(room, "gone")
    await alice.deletes(message)
    _, event = await heard(slack, app)
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", message.ts)
    assert event["previous_message"]["text"] == "gone"


async def test_deleting_a_parent_arrives_as_a_change_into_a_tombstone(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    parent = await alice.says(room, "parent")
    await alice.says(room, "reply", thread=parent)
    await alice.deletes(parent)
    event = (await heard(slack, app))[-1]
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert event["previous_message"]["text"] == "parent"


async def test_a_reply_also_changes_its_parent(slack: Slackd, app: TrialApp, alice: Person, room: Channel) -> None:
    parent = await alice.says(room, "parent")
    reply = await alice.says(room, "reply", thread=parent, broadcast=True)
    _, event, change = await heard(slack, app)
    assert (event["subtype"], event["thread_ts"], event["root"]["ts"]) == ("thread_broadcast", parent.ts, parent.ts)
    assert (change["subtype"], change["message"]["latest_reply"]) == ("message_changed", reply.ts)
    assert "reply_count" not in change["previous_message"]
    assert "edited" not in change["message"]


async def test_deleting_a_reply_is_told_for_the_reply_and_its_parent(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    parent = await alice.says(room, "parent")
    replies = [await alice.says(room, text, thread=parent) for text in ("one", "two")]
    await alice.deletes(replies[0])
    deleted, change = (await heard(slack, app))[-2:]
    assert (deleted["deleted_ts"], deleted["previous_message"]["thread_ts"]) == (replies[0].ts, parent.ts)
    assert (change["previous_message"]["reply_count"], change["message"]["reply_count"]) == (2, 1)


async def test_reactions_come_without_text_and_keep_their_skin_tone(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    message = await alice.says(room, "look")
    await alice.reacts(message, "wave::skin-tone-3")
    await alice.unreacts(message, "wave::skin-tone-3")
    _, added, removed = await heard(slack, app)
    item = {"type": "message", "channel": room.id, "ts": message.ts}
    assert (added["type"], added["reaction"], added["item"]) == ("reaction_added", "wave::skin-tone-3", item)
    assert (removed["type"], removed["item_user"]) == ("reaction_removed", alice.id)
    assert message.reactions == {}


async def test_an_alert_has_attachments_and_no_text_and_no_author_to_react_to(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    alert = await slack.alert_bot("grafana").alerts(room, "High error rate", "5xx > 3%")
    await alice.reacts(alert, "rotating_light")
    event, reaction = await heard(slack, app)
    assert (event["subtype"], event["text"], event["username"]) == ("bot_message", "", "grafana")
    assert event["attachments"][0]["title"] == "High error rate"
    assert "item_user" not in reaction


async def test_a_mention_is_heard_twice_with_one_ts(slack: Slackd, app: TrialApp, alice: Person, room: Channel) -> None:
    message = await alice.mentions(room, "event db is down")
    events = await heard(slack, app)
    assert {event["type"] for event in events} == {"app_mention", "message"}
    assert {event["ts"] for event in events} == {message.ts}
    assert len({body["event_id"] for body in app.events}) == 2


async def test_a_shared_file_is_a_file_share_message(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    await alice.says(room, "graph", files=[("graph.png", b"png")])
    event, shared = await heard(slack, app)
    assert (event["subtype"], event["files"][0]["name"], event["upload"]) == ("file_share", "graph.png", True)
    assert shared["file_id"] == event["files"][0]["id"]


async def test_an_unfurl_is_a_change_nobody_typed(slack: Slackd, app: TrialApp, alice: Person, room: Channel) -> None:
    message = await alice.says(room, "https://example.com")
    slack.unfurl(message, "Example", "https://example.com")
    _, change = await heard(slack, app)
    assert change["message"]["text"] == change["previous_message"]["text"]
    assert "edited" not in change["message"]


async def test_channels_the_bot_is_not_in_are_silent_but_for_public_birth_and_death(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    public = await alice.creates_channel("public")
    hidden = await alice.creates_channel("hidden", private=True)
    await alice.says(public, "unheard")
    await alice.says(hidden, "unheard")
    await alice.renames(public, "renamed")
    await alice.archives(public)
    await slack.settle()
    assert app.kinds() == ["channel_created", "channel_rename", "channel_archive"]


async def test_inviting_and_removing_the_bot(slack: Slackd, app: TrialApp, alice: Person) -> None:
    hidden = slack.channel("hidden", alice, private=True)
    await alice.invites(hidden)
    await alice.removes(hidden)
    events = await heard(slack, app)
    assert [event["type"] for event in events] == ["member_joined_channel", "member_left_channel", "group_left"]
    assert (events[0]["user"], events[0]["inviter"], events[0]["channel_type"]) == ("U0SCRIBE", alice.id, "G")


async def test_pins_and_people(slack: Slackd, app: TrialApp, alice: Person, room: Channel) -> None:
    message = await alice.says(room, "keep")
    await alice.pins(message)
    await alice.becomes(real_name="Alice Brown", deleted=True)
    _, pin, change = await heard(slack, app)
    assert (pin["type"], pin["item"]["message"]["text"], pin["pin_count"]) == ("pin_added", "keep", 1)
    assert (change["user"]["real_name"], change["user"]["deleted"]) == ("Alice Brown", True)


async def test_someone_from_another_workspace_is_recognised(slack: Slackd, app: TrialApp, alice: Person) -> None:
    eve = slack.stranger("eve")
    shared = slack.channel("shared", alice, eve, shared=True)
    slack.invite_bot(shared)
    await eve.says(shared, "hello")
    event = (await heard(slack, app))[-1]
    assert (event["user_team"], event["source_team"]) == ("T0OTHER", "T0OTHER")
    assert app.events[-1]["is_ext_shared_channel"] is True
    assert (await eve.types("/try", shared)).error == "invalid_command"


async def test_revoked_tokens_are_told(slack: Slackd, app: TrialApp) -> None:
    slack.revoke_tokens()
    (event,) = await heard(slack, app)
    assert event["tokens"]["bot"] == [slack.world.bot_user_id]


async def test_ids_do_not_depend_on_what_happens_elsewhere(slack: Slackd, alice: Person, room: Channel) -> None:
    other = slack.channel("other", alice)
    for _ in range(3):
        await alice.says(other, "noise")
    first = await alice.says(room, "first")
    assert first.ts == "1772442000.000003"
