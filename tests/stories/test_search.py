"""Finding incidents again: by their words, within what the asker may see, and page by page (PRODUCT 3.3)."""

from __future__ import annotations

import json

import pytest

from tests.slackd.people import Answer, Person
from tests.slackd.records import Channel, Ephemeral
from tests.stage import Stage
from tests.stories.reading import remembered


async def asks(stage: Stage, who: Person, line: str, channel: Channel | None = None) -> Answer:
    return await who.types(f"/incident {line}", channel or stage.general)


def said(answer: Answer | Ephemeral) -> str:
    return json.dumps(answer.blocks, ensure_ascii=False)


async def private_incident(stage: Stage, line: str) -> Channel:
    """Declared by Alice, who alone is in its channel."""
    known = set(stage.slack.world.channels)
    await stage.alice.types(f"/incident declare {line} --private", stage.general)
    await stage.settle()
    (made,) = [c for key, c in stage.slack.world.channels.items() if key not in known and c.is_private]
    return made


async def test_words_are_found_wherever_they_stand_and_each_with_its_link(either_stage: Stage) -> None:
    stage = either_stage
    channel = await stage.declared("Checkout is failing sev2 --service payments-api")
    message = await stage.bob.says(channel, "Failover to the replica began")
    await stage.bob.reacts(message, "pushpin")
    await stage.alice.types("/incident set root_cause The connection pool was exhausted", channel)
    await stage.alice.types("/incident action add Raise the pool limit", channel)
    await stage.settle()
    for words, place in (
        ("checkout", "“checkout” in its title"),
        ("PAYMENTS", "“payments” among its services"),
        ("replica failo", "“replica” “failo” on its timeline"),
        ('"connection pool"', "“connection pool” in its answers or action items"),
        ("limit", "“limit” in its answers or action items"),
    ):
        answer = await asks(stage, stage.carol, f"search {words}")
        assert "1 incident" in answer.text
        assert place in said(answer)
    answer = await asks(stage, stage.carol, "search replica")
    assert f"/archives/{channel.id}/p{message.ts.replace('.', '')}" in said(answer)
    assert "0 incidents" in (await asks(stage, stage.carol, 'search "pool connection"')).text
    assert "0 incidents" in (await asks(stage, stage.carol, "search eplica")).text  # from the beginning of a word


async def test_what_says_more_of_the_words_and_in_weightier_places_comes_first(stage: Stage) -> None:
    await stage.declared("Replica lag")
    second = await stage.declared("Search is slow")
    await stage.alice.types("/incident event the replica lag is the cause", second)
    await stage.declared("Replica is gone")
    answer = await asks(stage, stage.bob, "search replica lag")
    assert "2 incidents" in answer.text
    assert said(answer).index("Replica lag") < said(answer).index("Search is slow")
    most = await asks(stage, stage.bob, "search replica lag unicorn")
    assert "No incident says all of it; these say the most: 2 of 3" in said(most)


async def test_a_private_incident_is_found_by_its_members_only(stage: Stage) -> None:
    channel = await private_incident(stage, "Token leak at the vendor")
    await stage.alice.types("/incident event vendor key rotated", channel)
    await stage.declared("Vendor portal is down")
    hers = await asks(stage, stage.alice, "search vendor")
    assert "2 incidents" in hers.text and "Token leak" in said(hers)
    his = await asks(stage, stage.bob, "search vendor")
    assert "1 incident" in his.text and "Token leak" not in said(his)
    assert "0 incidents" in (await asks(stage, stage.bob, "search rotated")).text
    stage.slack.world.join(channel, stage.bob.id)
    assert "1 incident" in (await asks(stage, stage.bob, "search rotated")).text


async def test_what_was_deleted_or_taken_back_is_found_no_more(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "the passphrase is swordfish")
    await stage.bob.reacts(message, "dart")  # a line, and an action item with its words
    await stage.settle()
    assert "1 incident" in (await asks(stage, stage.bob, "search swordfish")).text
    await stage.bob.edits(message, "the passphrase is gone")
    await stage.settle()
    assert "0 incidents" in (await asks(stage, stage.bob, "search swordfish")).text
    assert "1 incident" in (await asks(stage, stage.bob, "search passphrase")).text
    await stage.bob.deletes(message)
    await stage.settle()
    assert "0 incidents" in (await asks(stage, stage.bob, "search passphrase")).text
    assert "passphrase" not in remembered(stage).replace("search passphrase", "")
    await stage.alice.types("/incident event marmalade everywhere", channel)
    assert "1 incident" in (await asks(stage, stage.bob, "search marmalade")).text
    await stage.alice.types("/incident undo", channel)
    assert "0 incidents" in (await asks(stage, stage.bob, "search marmalade")).text


async def test_the_pages_of_a_search_take_each_others_place(stage: Stage) -> None:
    for n in range(7):
        await stage.declared(f"500 errors in shop {n}")
    answer = await asks(stage, stage.bob, "search 500 errors")
    assert "7 incidents · page 1 of 2" in answer.text and "shop 6" in said(answer) and "shop 1" not in said(answer)
    before = len(stage.bob.inbox)
    await stage.bob.presses(answer.whispers[-1], text="More")
    page = stage.bob.inbox[-1]
    assert "page 2 of 2" in page.text and "shop 1" in said(page) and len(stage.bob.inbox) == before
    await stage.bob.presses(page, text="Back")
    assert "page 1 of 2" in stage.bob.inbox[-1].text


@pytest.mark.parametrize(
    "hostile", ["%", "_", "'; DROP TABLE search; --", "\\", "<!channel>", "🔥", "* ? [a-z]", "\u202e", "NUL\x00L", '""']
)
async def test_hostile_words_are_only_words(stage: Stage, hostile: str) -> None:
    await stage.declared("100% of checkouts fail")
    answer = await asks(stage, stage.bob, f"search {hostile}")
    assert "0 incidents" in answer.text or "Say which words to look for" in answer.text
    assert "<!channel>" not in said(answer)
    assert "1 incident" in (await asks(stage, stage.bob, "search 100%")).text


async def test_scripts_without_spaces_accents_and_cases_are_found(stage: Stage) -> None:
    await stage.declared("データベース障害 in der Straße ÉCOLE")
    for words in ("障害", "ベース", "STRASSE", "e\u0301cole"):
        assert "1 incident" in (await asks(stage, stage.bob, f"search {words}")).text, words


async def test_nothing_to_look_for_is_asked_for_and_nothing_is_found_before_the_first_incident(stage: Stage) -> None:
    assert "Say which words to look for" in (await asks(stage, stage.bob, "search")).text
    assert "0 incidents" in (await asks(stage, stage.bob, "search checkout")).text
    assert "more than 8 words" in (await asks(stage, stage.bob, "search a b c d e f g h i")).text


async def test_the_list_has_a_page_for_every_incident_and_hides_none_behind_private_ones(stage: Stage) -> None:
    first = await stage.declared("The very first")
    for n in range(30):
        await private_incident(stage, f"Secret {n}")
    answer = await asks(stage, stage.bob, "list")
    assert "1 incident" in answer.text and "The very first" in said(answer)
    hers = await asks(stage, stage.alice, "list")
    assert "31 incidents · page 1 of 2" in hers.text and "The very first" not in said(hers)
    await stage.alice.presses(hers.whispers[-1], text="More")
    assert "The very first" in said(stage.alice.inbox[-1]) and "page 2 of 2" in stage.alice.inbox[-1].text
    assert "page 2 of 2" in (await asks(stage, stage.alice, "list all 9", first)).text
