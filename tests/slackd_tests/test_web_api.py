"""The Web API answers in Slack's shapes and refuses with Slack's codes."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
import yaml
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Channel, Message, Person, Slackd
from tests.slackd.records import SlackError
from tests.slackd_tests.conftest import MANIFEST


@pytest.fixture
def alice(slack: Slackd) -> Person:
    return slack.person("alice", name="Alice Adams", tz="Europe/Zurich")


@pytest.fixture
def room(slack: Slackd, alice: Person) -> Channel:
    channel = slack.channel("incident-db", alice)
    slack.invite_bot(channel)
    return channel


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


# ---- who calls


async def test_the_bot_learns_who_it_is(slack: Slackd, client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert (me["user_id"], me["bot_id"], me["team_id"]) == (slack.world.bot_user_id, slack.world.bot_id, "T0ACME")
    assert "chat:write" in me.headers["x-oauth-scopes"]


async def test_tokens_are_checked(slack: Slackd, client: AsyncWebClient) -> None:
    assert await refused(client.auth_test(token="xoxb-other")) == "invalid_auth"
    assert await refused(client.auth_test(token=slack.app_token)) == "not_allowed_token_type"
    slack.revoke_tokens()
    assert await refused(client.auth_test()) == "token_revoked"


async def test_a_missing_scope_is_named(session: aiohttp.ClientSession) -> None:
    manifest = yaml.safe_load(MANIFEST.read_text())
    manifest["oauth_config"]["scopes"]["bot"] = ["chat:write"]
    async with Slackd(manifest) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
        with pytest.raises(SlackApiError) as caught:
            await client.users_list()
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": "C1", "text": "x", "txt": "y"}, "invalid_arg_name"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "C1", "text": ["x"]}, "invalid_arguments"),
        ({"channel": "C1", "text": "x", "blocks": "{"}, "invalid_arguments"),
        ({"channel": "C1", "text": "x"}, "channel_not_found"),
    ],
)
async def test_arguments_are_checked(client: AsyncWebClient, arguments: dict[str, Any], code: str) -> None:
    assert await refused(client.api_call("chat.postMessage", json=arguments)) == code


async def test_arguments_may_come_as_json_form_or_query(slack: Slackd, room: Channel, client: AsyncWebClient) -> None:
    call = {"channel": room.id, "text": "hi", "blocks": json.dumps([{"type": "divider"}]), "unfurl_links": "0"}
    await client.api_call("chat.postMessage", data=call)
    await client.api_call("chat.postMessage", params=call)
    await client.api_call("chat.postMessage", json=call | {"blocks": [{"type": "divider"}], "unfurl_links": False})
    kinds = [[block["type"] for block in message.blocks] for message in slack.messages(room)[-3:]]
    assert kinds == [["divider"]] * 3


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    assert await refused(client.api_call("chat.shout")) == "unknown_method"


# ---- messages


async def test_a_post_is_answered_with_the_stored_message(slack: Slackd, room: Channel, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(
        channel=room.id, text="a < b", metadata={"event_type": "e", "event_payload": {}}
    )
    stored = room.messages[str(posted["ts"])]
    assert posted["message"]["bot_profile"]["app_id"] == slack.world.app_id
    assert (stored.text, stored.bot_id, stored.user) == ("a < b", slack.world.bot_id, slack.world.bot_user_id)


async def test_an_update_with_text_and_no_blocks_takes_the_blocks_away(room: Channel, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=room.id, text="x", blocks=[{"type": "divider"}])
    stored = room.messages[str(posted["ts"])]
    changes = {"channel": room.id, "ts": stored.ts, "blocks": [{"type": "divider"}, {"type": "divider"}]}
    await client.api_call("chat.update", json=changes)
    assert (len(stored.blocks), stored.edited) == (2, None)
    await client.chat_update(channel=room.id, ts=stored.ts, text="y")
    assert (stored.blocks, stored.text) == ([], "y")
    assert stored.edited is not None


async def test_only_own_messages_can_be_changed(alice: Person, room: Channel, client: AsyncWebClient) -> None:
    message = await alice.says(room, "mine")
    assert await refused(client.chat_update(channel=room.id, ts=message.ts, text="yours")) == "cant_update_message"
    assert await refused(client.chat_delete(channel=room.id, ts=message.ts)) == "cant_delete_message"


async def test_long_texts_are_cut_when_posted_and_refused_when_updated(room: Channel, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=room.id, text="x" * 40_001)
    assert len(room.messages[str(posted["ts"])].text) == 40_000
    assert await refused(client.chat_update(channel=room.id, ts=str(posted["ts"]), text="x" * 4001)) == "msg_too_long"


async def test_posting_needs_membership_and_an_open_channel(
    slack: Slackd, alice: Person, room: Channel, client: AsyncWebClient
) -> None:
    other, hidden = slack.channel("other", alice), slack.channel("hidden", alice, private=True)
    assert await refused(client.chat_postMessage(channel=other.id, text="x")) == "not_in_channel"
    assert await refused(client.chat_postMessage(channel=hidden.id, text="x")) == "channel_not_found"
    await alice.archives(room)
    assert await refused(client.chat_postMessage(channel=room.id, text="x")) == "is_archived"


async def test_a_user_id_as_channel_opens_the_dm(alice: Person, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=alice.id, text="psst")
    assert posted["channel"] == alice.dm.id
    assert [seen.text for seen in alice.sees(alice.dm)] == ["psst"]


async def test_an_ephemeral_is_seen_by_its_reader_only(
    slack: Slackd, alice: Person, room: Channel, client: AsyncWebClient
) -> None:
    bob = slack.person("bob")
    await client.chat_postEphemeral(channel=room.id, user=alice.id, text="only you")
    assert [whisper.text for whisper in alice.inbox] == ["only you"]
    assert bob.inbox == []
    call = client.chat_postEphemeral(channel=room.id, user=bob.id, text="you too")
    assert await refused(call) == "user_not_in_channel"


async def test_permalinks_of_replies_name_their_thread(alice: Person, room: Channel, client: AsyncWebClient) -> None:
    parent = await alice.says(room, "parent")
    reply = await alice.says(room, "reply", thread=parent)
    link = await client.chat_getPermalink(channel=room.id, message_ts=reply.ts)
    digits = reply.ts.replace(".", "")
    expected = f"https://acme.slack.com/archives/{room.id}/p{digits}?thread_ts={parent.ts}&cid={room.id}"
    assert link["permalink"] == expected


# ---- reading back


async def test_history_is_newest_first_in_pages_without_replies(
    alice: Person, room: Channel, client: AsyncWebClient
) -> None:
    said = [await alice.says(room, f"number {n}") for n in range(5)]
    await alice.says(room, "reply", thread=said[0])
    await alice.says(room, "loud reply", thread=said[0], broadcast=True)
    seen: list[str] = []
    async for page in await client.conversations_history(channel=room.id, limit=2):
        assert len(page["messages"]) <= 2
        seen += [message["text"] for message in page["messages"] if message.get("subtype") != "channel_join"]
    assert seen == ["loud reply", "number 4", "number 3", "number 2", "number 1", "number 0"]


async def test_history_windows_leave_their_ends_out_unless_inclusive(
    alice: Person, room: Channel, client: AsyncWebClient
) -> None:
    first, second, third = [await alice.says(room, text) for text in ("one", "two", "three")]

    async def texts(**window: Any) -> list[str]:
        return [m["text"] for m in (await client.conversations_history(channel=room.id, **window))["messages"]]

    assert await texts(oldest=first.ts, latest=third.ts) == ["two"]
    assert await texts(oldest=first.ts, latest=third.ts, inclusive=True) == ["three", "two", "one"]
    assert await texts(latest=second.ts, inclusive=True, limit=1) == ["two"]


async def test_replies_come_oldest_first_and_every_page_begins_with_the_parent(
    alice: Person, room: Channel, client: AsyncWebClient
) -> None:
    parent = await alice.says(room, "parent")
    replies = [await alice.says(room, f"reply {n}", thread=parent) for n in range(3)]
    texts = []
    async for page in await client.conversations_replies(channel=room.id, ts=replies[1].ts, limit=3):
        texts.append([message["text"] for message in page["messages"]])
        assert page["messages"][0]["reply_count"] == 3
    assert texts == [["parent", "reply 0", "reply 1"], ["parent", "reply 2"]]


async def test_metadata_is_whole_only_when_asked_for(room: Channel, client: AsyncWebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"key": "INC-1"}}
    await client.chat_postMessage(channel=room.id, text="x", metadata=metadata)
    short = await client.conversations_history(channel=room.id, limit=1)
    whole = await client.conversations_history(channel=room.id, limit=1, include_all_metadata=True)
    assert short["messages"][0]["metadata"] == {"event_type": "card"}
    assert whole["messages"][0]["metadata"] == metadata


async def test_a_deleted_parent_leaves_a_tombstone(alice: Person, room: Channel, client: AsyncWebClient) -> None:
    parent = await alice.says(room, "secret")
    await alice.says(room, "reply", thread=parent)
    await alice.deletes(parent)
    newest = (await client.conversations_history(channel=room.id, limit=1))["messages"][0]
    assert (newest["subtype"], newest["user"], newest["reply_count"]) == ("tombstone", "USLACKBOT", 1)
    assert "secret" not in json.dumps(newest)


# ---- channels


async def test_the_bot_makes_a_channel_and_fills_it(slack: Slackd, alice: Person, client: AsyncWebClient) -> None:
    made = await client.conversations_create(name="incident-1")
    channel = slack.world.channel(str(made["channel"]["id"]))
    await client.conversations_invite(channel=channel.id, users=[alice.id])
    await client.conversations_setTopic(channel=channel.id, topic="SEV2")
    members = await client.conversations_members(channel=channel.id)
    assert members["members"] == [slack.world.bot_user_id, alice.id]
    assert channel.topic.value == "SEV2"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("incident-db", "name_taken"),
        ("Incident", "invalid_name_specials"),
        ("x" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
    ],
)
async def test_bad_channel_names(room: Channel, client: AsyncWebClient, name: str, code: str) -> None:
    assert await refused(client.conversations_create(name=name)) == code


async def test_inviting_names_each_problem(slack: Slackd, alice: Person, room: Channel, client: AsyncWebClient) -> None:
    bob, gone = slack.person("bob"), slack.person("gone", deleted=True)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_invite(channel=room.id, users=[alice.id, gone.id, "U0NOBODY", bob.id])
    codes = [error["error"] for error in caught.value.response["errors"]]
    assert codes == ["already_in_channel", "cant_invite", "user_not_found"]
    assert bob.id not in room.members
    await client.conversations_invite(channel=room.id, users=[alice.id, bob.id], force=True)
    assert bob.id in room.members


async def test_archiving_puts_the_bot_out_for_good(slack: Slackd, client: AsyncWebClient) -> None:
    made = await client.conversations_create(name="incident-1")
    channel_id = str(made["channel"]["id"])
    await client.conversations_archive(channel=channel_id)
    assert await refused(client.conversations_history(channel=channel_id)) == "not_in_channel"
    assert await refused(client.conversations_join(channel=channel_id)) == "is_archived"
    assert await refused(client.conversations_unarchive(channel=channel_id)) == "not_in_channel"
    assert await refused(client.conversations_archive(channel=channel_id)) == "already_archived"


async def test_the_bot_renames_only_what_it_made(room: Channel, client: AsyncWebClient) -> None:
    assert await refused(client.conversations_rename(channel=room.id, name="other")) == "not_authorized"
    made = await client.conversations_create(name="incident-1")
    renamed = await client.conversations_rename(channel=str(made["channel"]["id"]), name="incident-2")
    assert renamed["channel"]["previous_names"] == ["incident-1"]


async def test_lists_show_private_channels_to_members_only(
    slack: Slackd, alice: Person, room: Channel, client: AsyncWebClient
) -> None:
    hidden, known = slack.channel("hidden", alice, private=True), slack.channel("known", alice, private=True)
    slack.invite_bot(known)
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [c["id"] for c in listed["channels"]] == [room.id, known.id]
    assert await refused(client.conversations_info(channel=hidden.id)) == "channel_not_found"
    mine = await client.users_conversations(types="public_channel,private_channel", limit=1)
    assert mine["response_metadata"]["next_cursor"]


async def test_people_are_described(slack: Slackd, alice: Person, client: AsyncWebClient) -> None:
    shape = (await client.users_info(user=alice.id))["user"]
    assert (shape["tz"], shape["tz_offset"], shape["real_name"]) == ("Europe/Zurich", 3600, "Alice Adams")
    stranger = slack.stranger("eve")
    assert (await client.users_info(user=stranger.id))["user"]["is_stranger"] is True
    listed = await client.users_list()
    assert [member["id"] for member in listed["members"]] == [slack.world.bot_user_id, alice.id]
    group = slack.world.add_usergroup("sre", [alice.id])
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [alice.id]


async def test_a_dm_with_someone_who_left_is_refused(slack: Slackd, client: AsyncWebClient) -> None:
    gone = slack.person("gone", deleted=True)
    assert await refused(client.conversations_open(users=[gone.id])) == "user_disabled"


# ---- marks


async def test_reactions_pins_and_bookmarks(
    slack: Slackd, alice: Person, room: Channel, client: AsyncWebClient
) -> None:
    message = await alice.says(room, "look")
    await client.reactions_add(channel=room.id, timestamp=message.ts, name="pushpin")
    assert (
        await refused(client.reactions_add(channel=room.id, timestamp=message.ts, name="pushpin")) == "already_reacted"
    )
    await alice.reacts(message, "pushpin")
    got = await client.reactions_get(channel=room.id, timestamp=message.ts, full=True)
    assert got["message"]["reactions"] == [
        {"name": "pushpin", "users": [slack.world.bot_user_id, alice.id], "count": 2}
    ]
    await client.pins_add(channel=room.id, timestamp=message.ts)
    assert await refused(client.pins_add(channel=room.id, timestamp=message.ts)) == "already_pinned"
    assert (await client.pins_list(channel=room.id))["items"][0]["message"]["ts"] == message.ts
    added = await client.bookmarks_add(channel_id=room.id, title="Card", type="link", link="https://example.com")
    listed = await client.bookmarks_list(channel_id=room.id)
    assert [mark["id"] for mark in listed["bookmarks"]] == [added["bookmark"]["id"]]


# ---- files and canvases


async def test_a_file_goes_up_in_three_steps_and_can_be_fetched(
    slack: Slackd, room: Channel, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    await client.files_upload_v2(
        channel=room.id, filename="pm.md", content="# Report", title="Report", initial_comment="Here"
    )
    message: Message = slack.messages(room)[-1]
    info = (await client.files_info(file=message.files[0]))["file"]
    assert (message.text, info["title"], info["channels"]) == ("Here", "Report", [room.id])
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with session.get(info["url_private"], headers=headers) as answer:
        assert await answer.text() == "# Report"
    async with session.get(info["url_private"]) as answer:
        assert answer.content_type == "text/html"


async def test_uploads_are_refused_when_empty_twice_or_outside(
    slack: Slackd, alice: Person, client: AsyncWebClient
) -> None:
    other = slack.channel("other", alice)
    assert await refused(client.files_getUploadURLExternal(filename="x", length=0)) == "missing_argument"
    assert await refused(client.files_upload_v2(channel=other.id, filename="x", content="y")) == "not_in_channel"
    assert await refused(client.files_completeUploadExternal(files=[{"id": "F0"}])) == "file_not_found"


async def test_a_canvas_is_edited_section_by_section(room: Channel, client: AsyncWebClient) -> None:
    content = {"type": "markdown", "markdown": "# Report\n\n## Impact\n\nunknown\n\n## Cause"}
    made = await client.conversations_canvases_create(channel_id=room.id, document_content=content)
    canvas = str(made["canvas_id"])
    criteria = {"section_types": ["h2"], "contains_text": "Impact"}
    found = await client.canvases_sections_lookup(canvas_id=canvas, criteria=criteria)
    change = {
        "operation": "insert_after",
        "section_id": found["sections"][0]["id"],
        "document_content": {"type": "markdown", "markdown": "all users"},
    }
    await client.canvases_edit(canvas_id=canvas, changes=[change])
    whole = await client.api_call("canvases.getContent", json={"canvas_id": canvas})
    assert whole["content"] == "# Report\n\n## Impact\n\nall users\n\nunknown\n\n## Cause"
    assert await refused(client.canvases_edit(canvas_id=canvas, changes=[change])) == "canvas_editing_failed"
    info = await client.conversations_info(channel=room.id)
    assert info["channel"]["properties"]["canvas"]["file_id"] == canvas
    again = client.conversations_canvases_create(channel_id=room.id, document_content=content)
    assert await refused(again) == "channel_canvas_already_exists"


async def test_a_standalone_canvas_is_a_tab_of_its_channel_where_all_may_write(
    slack: Slackd, room: Channel, client: AsyncWebClient, alice: Person
) -> None:
    content = {"type": "markdown", "markdown": "# Plan\n\n- one _thing_"}
    made = await client.canvases_create(channel_id=room.id, title="Ours", document_content=content)
    canvas = slack.world.canvases[str(made["canvas_id"])]
    info = await client.conversations_info(channel=room.id)
    (tab,) = info["channel"]["properties"]["tabs"]
    assert (tab["type"], tab["data"]["file_id"]) == ("canvas", canvas.id)
    assert "canvas" not in info["channel"]["properties"]
    told = await client.canvases_getContent(canvas_id=canvas.id)
    assert told["content"] == "# Plan\n\n* one *thing*", "the same document in Slack's own spelling"
    await alice.writes_in(canvas, f"{canvas.markdown}\n\nmine")
    assert (await client.canvases_getContent(canvas_id=canvas.id))["content"].endswith("\n\nmine")
    with pytest.raises(SlackError, match="canvas_not_found"):
        await slack.person("mallory").writes_in(canvas, "gone")
    await alice.deletes_canvas(canvas)
    change = {"operation": "insert_at_end", "document_content": content}
    assert await refused(client.canvases_edit(canvas_id=canvas.id, changes=[change])) == "canvas_not_found"


async def test_a_free_team_has_one_canvas_in_a_channel_and_none_elsewhere(
    slack: Slackd, room: Channel, client: AsyncWebClient
) -> None:
    slack.world.plan = "free"
    assert await refused(client.canvases_create(title="Ours")) == "free_teams_cannot_create_standalone_canvases"
    made = await client.canvases_create(channel_id=room.id, title="Ours")
    assert room.canvas_id == made["canvas_id"]
    again = client.canvases_create(channel_id=room.id, title="Another")
    assert await refused(again) == "free_team_canvas_tab_already_exists"
    slack.world.canvases_disabled = True
    other = slack.channel("other", slack.person("alice"))
    slack.invite_bot(other)
    assert await refused(client.canvases_create(channel_id=other.id)) == "canvas_disabled_user_team"


async def test_a_canvas_takes_one_change_at_a_time_and_no_more_than_it_holds(
    slack: Slackd, room: Channel, client: AsyncWebClient, alice: Person
) -> None:
    made = await client.canvases_create(channel_id=room.id)
    await alice.writes_in(slack.world.canvases[str(made["canvas_id"])], "x" * 1_048_576)
    change = {"operation": "insert_at_end", "document_content": {"type": "markdown", "markdown": "y"}}
    canvas = str(made["canvas_id"])
    assert await refused(client.canvases_edit(canvas_id=canvas, changes=[change, change])) == "invalid_arguments"
    assert await refused(client.canvases_edit(canvas_id=canvas, changes=[change])) == "canvas_too_large"
    title = {"operation": "rename", "title_content": {"type": "markdown", "markdown": "New"}}
    await client.canvases_edit(canvas_id=canvas, changes=[title])
    assert (await client.files_info(file=canvas))["file"]["title"] == "New"


async def test_a_canvas_refuses_what_canvases_cannot_hold(room: Channel, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.canvases_create(document_content={"type": "markdown", "markdown": "> quoted\n> - list"})
    assert caught.value.response["error"] == "canvas_creation_failed"
    assert caught.value.response["detail"]
