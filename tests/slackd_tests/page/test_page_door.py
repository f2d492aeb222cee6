"""The page is closed to what does not belong there."""

from __future__ import annotations

import aiohttp
from playwright.async_api import expect

from tests.slackd_tests.page.room import Room


async def test_the_page_loads_nothing_from_elsewhere_and_says_so(room: Room) -> None:
    asked: list[str] = []
    room.page.on("request", lambda request: asked.append(request.url))
    await room.bob.says(room.ops, "see https://example.com/x.png")
    await room.visit(room.alice)
    await expect(room.message("see https")).to_be_visible()
    assert [url for url in asked if not url.startswith((room.slack.address, "about:"))] == []
    async with aiohttp.ClientSession() as session, session.get(room.slack.address) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_a_private_channel_and_its_files_are_closed_to_others(room: Room) -> None:
    secret = room.slack.channel("exec-private", room.alice, private=True)
    message = await room.alice.says(secret, "hush", files=[("plan.txt", b"hush")])
    root, bob = room.slack.address, {"as": room.bob.id}
    async with aiohttp.ClientSession() as session:
        for path in (f"channel/{secret.id}", f"thread/{secret.id}/{message.ts}", f"file/{message.files[0]}"):
            async with session.get(f"{root}page/{path}", params=bob) as answer:
                assert answer.status == 400
                assert "hush" not in await answer.text()
        async with session.get(f"{root}page/file/{message.files[0]}", params={"as": room.alice.id}) as answer:
            assert await answer.text() == "hush"
            assert answer.headers["Content-Type"].startswith("text/plain")


async def test_an_act_must_be_json_so_that_another_site_cannot_send_it(room: Room) -> None:
    address = f"{room.slack.address}page/act/say"
    async with aiohttp.ClientSession() as session:
        async with session.post(address, data={"text": "x", "channel": room.ops.id}) as answer:
            assert answer.status == 404
        async with session.post(address, json={"text": "x"}) as answer:
            assert (answer.status, (await answer.json())["ok"]) == (400, False)
