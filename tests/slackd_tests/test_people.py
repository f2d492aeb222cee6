"""What persons can do and see, and what Slack's client would not let them do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Channel, Person, Slackd
from tests.slackd.records import SlackError
from tests.slackd_tests.app import TrialApp


@pytest.fixture
def alice(slack: Slackd) -> Person:
    return slack.person("alice")


@pytest.fixture
def room(slack: Slackd, alice: Person) -> Channel:
    channel = slack.channel("ops", alice)
    slack.invite_bot(channel)
    return channel


async def test_only_members_post_react_and_read_what_is_private(slack: Slackd, alice: Person) -> None:
    bob = slack.person("bob")
    hidden = slack.channel("hidden", alice, private=True)
    message = await alice.says(hidden, "between us")
    assert bob.sees(hidden) == []
    with pytest.raises(SlackError, match="not_in_channel"):
        await bob.says(hidden, "let me in")
    with pytest.raises(SlackError, match="not_in_channel"):
        await bob.reacts(message, "eyes")
    await alice.invites(hidden, bob)
    assert message in bob.sees(hidden)


async def test_an_archived_channel_takes_nothing_until_it_is_opened_again(
    slack: Slackd, alice: Person, room: Channel
) -> None:
    await alice.archives(room)
    with pytest.raises(SlackError, match="is_archived"):
        await alice.says(room, "too late")
    assert slack.world.bot_user_id not in room.members
    await alice.unarchives(room)
    assert (await alice.says(room, "again")).text == "again"


async def test_only_authors_edit_and_delete(slack: Slackd, alice: Person, room: Channel) -> None:
    bob = slack.person("bob")
    await bob.joins(room)
    message = await alice.says(room, "mine")
    with pytest.raises(SlackError, match="cant_update_message"):
        await bob.edits(message, "yours")
    with pytest.raises(SlackError, match="cant_update_message"):
        await bob.deletes(message)


async def test_a_reply_to_a_reply_stays_in_the_one_thread(alice: Person, room: Channel) -> None:
    parent = await alice.says(room, "parent")
    reply = await alice.says(room, "reply", thread=parent)
    assert (await alice.says(room, "more", thread=reply)).thread_ts == parent.ts


async def test_times_and_code_survive_typing(alice: Person, room: Channel) -> None:
    message = await alice.says(room, "14:02:10 `a && b` :tada: #nowhere @nobody")
    assert message.text == "14:02:10 `a &amp;&amp; b` :tada: #nowhere @nobody"
    kinds = [element["type"] for element in message.blocks[0]["elements"][0]["elements"]]
    assert kinds.count("emoji") == 1


async def test_a_modern_alert_bot_has_a_user_and_a_profile(
    slack: Slackd, client: AsyncWebClient, room: Channel
) -> None:
    bot = slack.alert_bot("pager", modern=True)
    await bot.posts(room, "page!")
    newest = (await client.conversations_history(channel=room.id, limit=1))["messages"][0]
    assert bot.user is not None
    assert (newest["user"], newest["bot_profile"]["name"]) == (bot.user.id, "pager")
    assert "subtype" not in newest


async def test_guests_and_strangers_are_known_as_such(slack: Slackd, client: AsyncWebClient) -> None:
    guest, single = slack.guest("gus"), slack.guest("sue", single_channel=True)
    shapes = [(await client.users_info(user=who.id))["user"] for who in (guest, single)]
    assert [(shape["is_restricted"], shape["is_ultra_restricted"]) for shape in shapes] == [(True, False), (True, True)]


async def test_a_command_is_answered_when_its_socket_dies(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    await slack.settle()
    app.deaf = True
    typing = asyncio.create_task(alice.types("/try", room))
    await app.gets(lambda body: "command" in body)
    slack.socket.cut()
    assert (await typing).error == "operation_timeout"


async def test_posting_faster_than_slack_allows_is_refused_when_asked_for(
    slack: Slackd, client: AsyncWebClient, room: Channel
) -> None:
    slack.posting_rate.burst = 2

    async def post() -> Any:
        return await client.chat_postMessage(channel=room.id, text="x")

    for _ in range(2):
        await post()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await post()
    await slack.clock.jump(1)
    await post()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await post()
