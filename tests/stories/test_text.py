"""Text from Slack is data: unchanged, harmless in every medium, and never a command (SCENARIOS 29 to 37).

Each text goes all three ways (a message with a reaction, a typed command, a form), and is then read on every surface.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.words import Milestone, Status
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message
from tests.stage import Stage, Transport, staged
from tests.stories.reading import draft, reached, remembered, shown, texts
from tests.stories.rendered import Page, calls_out, columns, json_of, log_of, page_of, read, shouts

WAYS = 3
FORM_MOST = 3000  # characters that Slack lets a person enter
SCREENS = ("timeline", "report", "missing", "milestones", "actions", "brief", "list", "help")


async def by_reaction(stage: Stage, channel: Channel, text: str, emoji: str = "pushpin") -> Message:
    message = await stage.bob.says(channel, text)
    await stage.settle()
    await stage.alice.reacts(message, emoji)
    await stage.settle()
    return message


async def by_command(stage: Stage, channel: Channel, text: str, person: Person | None = None) -> str:
    answer = await (person or stage.alice).types(f"/incident event {text}", channel)
    assert not answer.error, answer.error
    return answer.text


async def by_form(stage: Stage, channel: Channel, text: str) -> str:
    opened = await stage.alice.types("/incident event", channel)
    assert opened.view is not None
    sent = await stage.alice.submits(await stage.alice.fills(opened.view, {"What happened?": text}))
    assert (sent.closed, sent.errors, sent.error) == (True, {}, "")
    return sent.text


async def all_ways(stage: Stage, channel: Channel, text: str) -> None:
    await by_reaction(stage, channel, text)
    await by_command(stage, channel, text)
    await by_form(stage, channel, text[:FORM_MOST])
    await stage.minutes(1)


async def whole_in_json(stage: Stage, channel: Channel) -> list[str]:
    """The words of the captured lines."""
    rows = (await json_of(stage, channel))["timeline"]
    return [row["text"] for row in rows if not row["composed"]]


async def every_screen(stage: Stage, channel: Channel) -> None:
    """Have everything shown that can be shown."""
    for verb in SCREENS:
        answer = await stage.carol.types(f"/incident {verb}", channel)
        assert answer.blocks and not answer.error, (verb, answer.error)
    for line in list((await stage.incident(channel)).timeline()):
        assert line.text or line.files


def thrice(lines: Sequence[str]) -> list[str]:
    return [line for line in lines for _ in range(WAYS)]


# ---- 29

SCRIPTS = (
    "Überfällige Prüfung in Zürich, größer als ß",
    "結帳服務無法連線，李小龍 正在處理",
    "السيرفر معطل منذ 10 دقائق (db-1) والآن يعمل",
    "שרת 42 נפל",
    "e\u0301te\u0301 nai\u0308f Z\u0351\u036b\u0343algo",
    "👨‍👩‍👧‍👦 on call 👍🏽 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇨🇭 1️⃣",
    "क्षत्रिय नमस्ते",
    "no\u200bbreak \u200djoin\u200cer",
)


async def test_scenario_29_non_ascii_text_stands_unchanged_everywhere(stage: Stage) -> None:
    """Umlauts, Chinese, right-to-left, combining marks, emoji sequences and joiners are what they were."""
    channel = await stage.declared()
    for text in SCRIPTS:
        await all_ways(stage, channel, text)
    expected = thrice(SCRIPTS)
    assert texts(await stage.incident(channel)) == expected
    assert await whole_in_json(stage, channel) == expected
    assert (await page_of(stage, channel)).observed == expected
    for text in SCRIPTS:
        assert len(log_of(stage, channel, text)) == 2, "the command's line and the form's"
    await every_screen(stage, channel)
    await stage.carol.presses(stage.carol.inbox[-len(SCREENS)], "Earlier")
    missing = [line for line in SCRIPTS if line not in shown_to(stage.carol)]
    assert missing == []


def shown_to(person: Person) -> str:
    """All that Scribe whispered to this person, without the marks that set right-to-left words apart."""
    texts = (f"{whisper.text} {json.dumps(whisper.blocks, ensure_ascii=False)}" for whisper in person.inbox)
    return re.sub("[\u2060\u2068\u2069]", "", "\n".join(texts))


HIDING = "\u202eevil\u202c \u2066iso\u2069 a\x07bell \x1b[31mred\x1b[0m nul\x00 \ufeffbom \u2028line"


async def test_scenario_29_control_and_bidirectional_characters_are_harmless(stage: Stage) -> None:
    """What reorders, hides or rings is gone; the words stay."""
    channel = await stage.declared(f"Title {HIDING}")
    await all_ways(stage, channel, HIDING)
    await stage.alice.types(f"/incident update {HIDING}", channel)
    await stage.alice.types(f"/incident action add Fix {HIDING}", channel)
    await stage.alice.types(f"/incident set root_cause {HIDING}", channel)
    await every_screen(stage, channel)
    page = await page_of(stage, channel)
    everything = page.markdown + shown(stage, channel) + str([w.blocks for w in stage.carol.inbox]) + page.markdown
    assert "evil" in page.observed[0] and "red" in page.observed[0]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067\ufeff]", everything)
    document = str(await json_of(stage, channel))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", document)
    isolates = [text.count("\u2068") - text.count("\u2069") for text in everything.split("\n")]
    assert all(surplus == 0 for surplus in isolates), "what is set apart ends in its own line"


@pytest.mark.parametrize("character", ["👨‍👩‍👧‍👦", "e\u0301\u0351", "🇨🇭", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "क्ष"])
async def test_scenario_29_a_long_text_is_cut_only_between_characters(stage: Stage, character: str) -> None:
    """Whatever the surface, what is cut ends with a whole character."""
    channel = await stage.declared()
    await all_ways(stage, channel, character * 400)
    page = await page_of(stage, channel)
    assert len(page.observed) == WAYS
    for cell in page.observed:
        assert set(cell.removesuffix("…").split(character)) == {""} and cell.endswith("…")
    await every_screen(stage, channel)
    posts = "".join(f"{post.text}{json.dumps(post.blocks, ensure_ascii=False)}" for post in stage.bot_posts(channel))
    for text in (posts, shown_to(stage.carol)):
        rests = re.findall(f"(?:{re.escape(character)})+(.)", text)
        assert rests and not set(rests) & set(character)


# ---- 30

MENTIONS = (
    "@channel @here @everyone please look",
    "<!channel> <!here> <!everyone> <!subteam^S0AAAA|@ops> <@U0BOB> <#C0AAAA|secret>",
    "ask @bob and @oncall in #general, see https://x.example/a?b=1&c=2",
)


async def test_scenario_30_mentions_never_notify_anybody(stage: Stage) -> None:
    """Neither card, log, answers, draft nor topic mention anybody, wherever a person put the mention."""
    stage.slack.world.add_usergroup("oncall", [stage.bob.id], "On call people")
    channel = await stage.declared(f"Down {MENTIONS[0]} {MENTIONS[1]} {MENTIONS[2]}")
    for text in MENTIONS:
        await all_ways(stage, channel, text)
        for verb in ("update", "title", "severity sev1", "status monitoring", "set root_cause", "set lessons"):
            await stage.alice.types(f"/incident {verb} {text}", channel)
        await stage.alice.types(f"/incident action add Fix {text}", channel)
        await stage.alice.types(f'/incident services "{text}", api', channel)
        await stage.alice.types(f"/incident nonsense {text}", channel)
        await stage.alice.types("/incident severity sev2 again", channel)
        await stage.alice.types("/incident undo", channel)
    await every_screen(stage, channel)
    await stage.alice.types("/incident resolve --at now " + MENTIONS[1], channel)
    await stage.settle()
    assert calls_out(stage, channel, stage.general) == []
    assert shouts(stage) == []


async def test_scenario_30_names_are_rendered_in_the_draft(stage: Stage) -> None:
    """People, groups and channels stand by name; links with labels stay readable."""
    stage.slack.world.add_usergroup("oncall", [stage.bob.id], "On call people")
    channel = await stage.declared()
    await all_ways(stage, channel, MENTIONS[2])
    expected = "ask @Bob Brown and @oncall in #general, see https://x.example/a?b=1&c=2"
    page = await page_of(stage, channel)
    assert page.observed[:2] == [expected, expected]
    assert page.observed[2] == MENTIONS[2], "in a form nothing is a mention"
    assert (await whole_in_json(stage, channel))[:2] == [expected, expected]
    assert "https://x.example/a?b=1&c=2" in page.links


async def test_scenario_30_a_labelled_link_cannot_hide_where_it_leads(stage: Stage) -> None:
    """A bot's link with a label shows both; a label cannot pose as markup."""
    channel = await stage.declared()
    bot = stage.slack.alert_bot("pager")
    alert = await bot.posts(
        channel, "see <https://evil.example/x|](https://good.example)> and <mailto:a@b.example|mail>"
    )
    await stage.settle()
    await stage.alice.reacts(alert, "pushpin")
    page = await page_of(stage, channel)
    assert "](https://good.example) (https://evil.example/x)" in page.observed[0]
    assert "mailto" not in page.markdown and "a@b.example" not in page.markdown, "an e-mail address is personal"
    assert calls_out(stage, channel) == []


async def test_scenario_30_names_that_are_mentions_stay_names(stage: Stage) -> None:
    """Somebody who calls themselves `<!channel>` notifies nobody."""
    channel = await stage.declared()
    await stage.bob.becomes(real_name="<!channel> | @here", display_name="<!channel> | @here")
    await stage.settle()
    await all_ways(stage, channel, "hello")
    await by_command(stage, channel, "mine", stage.bob)
    await stage.alice.types("/incident assign commander @bob", channel)
    await every_screen(stage, channel)
    page = await page_of(stage, channel)
    assert [row[2] for row in page.lines if row[3] == "mine"] == ["<!channel> | @here"]
    assert calls_out(stage, channel) == [] and shouts(stage) == []


# ---- 31

LONG_BLOCK = "```\n" + "\n".join(f"at com.example.Checkout.pay(Checkout.java:{n})" for n in range(200)) + "\n```"
FENCES = (
    LONG_BLOCK,
    "```\nunclosed\n# not a heading\n| not | a table |",
    "````\n```\ninner\n```\n````",
    "~~~\ntildes\n```",
    "`one` ``two`` ```three``` `",
    "    indented code\n\n\n\n- item\n```",
)


async def test_scenario_31_code_blocks_leave_the_structure_of_the_draft_intact(stage: Stage) -> None:
    """Long blocks, unclosed fences and a fence in a fence stand in one cell each, and nothing after them changes."""
    channel = await stage.declared()
    plain = ["one", "two", "three", "four", "five", "six"]
    for text in plain:
        await all_ways(stage, channel, text)
    calm = await page_of(stage, channel)
    other = await stage.declared("Another one sev2")
    for text in FENCES:
        await all_ways(stage, other, text)
    wild = await page_of(stage, other)
    assert wild.headings[1:] == calm.headings[1:]
    assert wild.structure == calm.structure
    assert wild.fences == [] and wild.html <= {"<br>"}
    assert all(len(widths) == 1 for widths in columns(wild))
    assert len(wild.observed) == len(FENCES) * WAYS


async def test_scenario_31_table_cells_show_a_short_form_and_json_the_whole(stage: Stage) -> None:
    """A block of 200 lines is cut in the table, and its time leads to the message."""
    channel = await stage.declared()
    message = await by_reaction(stage, channel, LONG_BLOCK)
    page = await page_of(stage, channel)
    (cell,) = page.observed
    assert len(cell) <= 300 and cell.endswith("…") and "Checkout.java:0" in cell and "Checkout.java:199" not in cell
    assert stage.slack.permalink(message) in page.links
    assert await whole_in_json(stage, channel) == [LONG_BLOCK]


async def test_scenario_31_log_excerpts_stand_in_a_fence_that_nothing_in_them_closes(stage: Stage) -> None:
    """Evidence of several lines is a code block in the draft, longer fenced than anything within."""
    channel = await stage.declared()
    calm = await page_of(stage, channel)
    excerpt = "ERROR | db\n````\n# not a heading\n```\n<script>alert(1)</script>"
    opened = await stage.alice.types("/incident set log_excerpts", channel)
    assert opened.view is not None
    block = next(b["block_id"] for b in opened.view.blocks if b.get("block_id", "").endswith("log_excerpts"))
    sent = await stage.alice.submits(await stage.alice.fills(opened.view, {block: excerpt}))
    assert sent.closed, sent.errors
    page = await page_of(stage, channel)
    assert page.headings == calm.headings
    seen = "\n".join([*page.fences, *page.texts])
    assert all(line in seen for line in excerpt.split("\n"))
    assert page.html <= {"<br>"}


async def test_scenario_31_an_unclosed_fence_ends_with_its_own_words_in_slack(stage: Stage) -> None:
    """Each text of ours closes what a quotation opened."""
    channel = await stage.declared()
    for text in FENCES:
        await all_ways(stage, channel, text)
    await every_screen(stage, channel)
    posts = [post.text for post in stage.bot_posts(channel)] + [whisper.text for whisper in stage.carol.inbox]
    assert all(text.count("```") % 2 == 0 for text in posts)


# ---- 32

CLOUDFLARE = (
    r"(?:(?:\"|'|\]|\}|\\|\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|\`|\-|\+)+[)]*;?"
    r"((?:\s|-|~|!|{}|\|\||\+)*.*(?:.*=.*)))"
)
BREAKING = (
    CLOUDFLARE,
    "| a | b |\n|---|---|\n| c | d |",
    "# heading\n## another\n- item\n* item\n+ item\n1. one\n> quoted\n---\n===",
    "<b>bold</b> <script>alert(1)</script> <img src=x onerror=alert(1)> <!-- comment --> &lt;kept&gt; &#60;",
    "](http://evil.example) ![x](http://evil.example/x.png) [label](javascript:alert(1)) <javascript:alert(1)>",
    "`code | pipe` `` ` `` *bold* _it_ ~~gone~~ **__x__** \\ trailing \\",
    "{{ 7 * 7 }} {% raw %} {# c #} ${HOME} $x$ %s %(a)s {0}",
    "-20 % and −3 and -1",
)


async def test_scenario_32_markup_in_a_row_stays_text_in_as_many_columns(stage: Stage) -> None:
    """Pipes, backticks, heads, lists, quotations, HTML and `](`: each cell reads as what was typed."""
    channel = await stage.declared()
    for text in BREAKING:
        await by_reaction(stage, channel, text)
        await by_form(stage, channel, text)
        await by_command(stage, channel, f"-- {text}")
        await stage.minutes(1)
    page = await page_of(stage, channel)
    expected = thrice([text.strip() for text in BREAKING])
    assert [one_spaced(cell) for cell in page.observed] == [one_spaced(text) for text in expected]
    assert all(len(widths) == 1 for widths in columns(page))
    assert page.html <= {"<br>"} and "[image" not in "".join(page.texts)
    assert not [link for link in page.links if not link.startswith(("https://acme.slack.com/", "http://evil.example"))]
    assert await whole_in_json(stage, channel) == expected


def one_spaced(text: str) -> str:
    """Markdown folds runs of spaces; everything else must be as typed."""
    return re.sub(" +", " ", text)


async def test_scenario_32_titles_owners_tickets_and_answers_break_nothing_either(stage: Stage) -> None:
    """Every other place where people's words stand: heads, lists, the action items' table."""
    calm_channel = await stage.declared("calm sev2")
    hostile = "x | y ](http://evil.example) <b>z</b> `c` # & - > \\|"
    channel = await stage.declared(f"{hostile} sev2")
    pages: list[Page] = []
    for place, words in ((calm_channel, "calm"), (channel, hostile)):
        await stage.alice.types(f"/incident update {words}", place)
        await stage.alice.types(f"/incident severity sev1 {words}", place)
        await stage.alice.types(f'/incident services "{words}", api', place)
        for key in ("root_cause", "trigger", "users_affected_note", "lessons", "went_well", "author"):
            await stage.alice.types(f"/incident set {key} {words}", place)
        await stage.alice.types(f'/incident action add Add {words} verify "{words}"', place)
        await stage.alice.types(f"/incident mitigate {words}", place)
        pages.append(await page_of(stage, place))
    calm, wild = pages
    assert wild.structure == calm.structure
    assert wild.headings[1:] == calm.headings[1:] and hostile in wild.headings[0]
    assert all(len(widths) == 1 for widths in columns(wild)) and wild.html <= {"<br>"}
    assert any(f"Add {hostile}" in cell for table in wild.tables for row in table for cell in row)


# ---- 33


async def test_scenario_33_a_message_of_forty_thousand_characters_is_kept_whole(stage: Stage) -> None:
    """The draft shows its beginning with a link to the original; JSON and the record hold all of it."""
    channel = await stage.declared()
    text = " ".join(f"word{n}" for n in range(4_800))[:40_000]
    message = await by_reaction(stage, channel, text)
    page = await page_of(stage, channel)
    (cell,) = page.observed
    assert cell.endswith("…") and text.startswith(cell[:-1]) and 200 < len(cell) <= 300
    assert stage.slack.permalink(message) in page.links
    assert await whole_in_json(stage, channel) == [text]
    await every_screen(stage, channel)


async def test_scenario_33_long_typed_text_passes_every_limit_of_slack(stage: Stage) -> None:
    """Whatever is 8,000 characters long is posted within Slack's limits and kept whole."""
    long = " ".join(f"part-{n}" for n in range(1_000))
    channel = await stage.declared(f"{long} sev2")
    await by_command(stage, channel, long)
    await by_form(stage, channel, long[:FORM_MOST])
    for line in (f"update {long}", f"set root_cause {long}", f"action add Check {long}", f"status monitoring {long}"):
        answer = await stage.alice.types(f"/incident {line}", channel)
        assert answer.text and not answer.error, answer.error
    await every_screen(stage, channel)
    await stage.alice.types(f"/incident resolve {long}", channel)
    await stage.settle()
    assert [(call.method, call.result) for call in stage.slack.calls if not call.ok] == []
    document = await json_of(stage, channel)
    assert long in [row["text"] for row in document["timeline"]]
    assert document["fields"]["root_cause"]["values"][0]["text"] == long
    assert document["action_items"][0]["text"] == f"Check {long}"
    assert document["incident"]["title"] == long


# ---- 34


async def test_scenario_34_messages_without_words_are_recorded(stage: Stage) -> None:
    """Emoji alone, a picture alone, nothing at all: each line says what it is, and leads to the message."""
    channel = await stage.declared()
    picture = await stage.bob.says(channel, files=[("graph | v2.png", b"\x89PNG")])
    bot = stage.slack.alert_bot("mute")
    empty = await bot.posts(channel, "", blocks=[{"type": "divider"}])
    blank = await bot.posts(channel, "  \n ")
    await stage.settle()
    for message in (picture, empty, blank):
        await stage.alice.reacts(message, "pushpin")
    await by_reaction(stage, channel, ":tada: :fire:")
    await by_command(stage, channel, ":tada:")
    await by_form(stage, channel, "🔥")
    page = await page_of(stage, channel)
    assert len(page.observed) == 6 and all(cell.strip() for cell in page.observed)
    assert "graph | v2.png" in page.observed[0]
    assert "without text" in page.observed[1] and "without text" in page.observed[2]
    assert page.observed[3:] == [":tada: :fire:", ":tada:", "🔥"]
    assert all(stage.slack.permalink(message) in page.links for message in (picture, empty, blank))
    await every_screen(stage, channel)


async def test_scenario_34_a_form_of_blanks_is_asked_again(stage: Stage) -> None:
    """Nothing is recorded for white space, and the form says so under its input."""
    channel = await stage.declared()
    opened = await stage.alice.types("/incident event", channel)
    assert opened.view is not None
    sent = await stage.alice.submits(await stage.alice.fills(opened.view, {"What happened?": "   \n "}))
    assert not sent.closed and list(sent.errors) == ["text"]
    assert texts(await stage.incident(channel)) == []


# ---- 35

SECRETS = {
    "hunter2hunter2": "login with password=hunter2hunter2",
    "xoxb-1234567890-abcdefghijkl": "bot token xoxb-1234567890-abcdefghijkl leaked",
    "AKIAIOSFODNN7EXAMPLE": "key AKIAIOSFODNN7EXAMPLE in the log",
    "jane.doe@example.com": "ask jane.doe@example.com",
    "s3cr3tpass": "connect to https://admin:s3cr3tpass@db.example/x",
}


async def test_scenario_35_secrets_are_masked_on_every_way_in(stage: Stage) -> None:
    """Captured, typed, entered, set, given as a reason: nothing of ours repeats them, and the typist is told."""
    channel = await stage.declared(f"Leak {SECRETS['hunter2hunter2']} sev2")
    for text in SECRETS.values():
        await by_reaction(stage, channel, text)
        assert "Masked" in stage.last_whisper(stage.alice).text
        assert "Masked" in await by_command(stage, channel, text)
        assert "Masked" in await by_form(stage, channel, text)
        for line in ("update", "set root_cause", "action add Rotate", "status monitoring", "title"):
            answer = await stage.alice.types(f"/incident {line} {text}", channel)
            assert "Masked" in answer.text, (line, answer.text)
            await stage.alice.types("/incident status investigating", channel)
        for level in ("sev1", "sev3"):
            await stage.alice.types(f"/incident severity {level} {text}", channel)
    await every_screen(stage, channel)
    await stage.alice.types(f"/incident resolve {SECRETS['xoxb-1234567890-abcdefghijkl']}", channel)
    await stage.alice.types(f"/incident reopen {SECRETS['AKIAIOSFODNN7EXAMPLE']}", channel)
    await stage.alice.types(f"/incident cancel {SECRETS['s3cr3tpass']}", channel)
    markdown, document = await draft(stage, channel), str(await json_of(stage, channel))
    said = shown(stage, channel) + str([c.args for c in stage.slack.calls]) + str([w.text for w in stage.alice.inbox])
    for secret in SECRETS:
        assert secret not in markdown and secret not in document and secret not in said, secret
        assert secret not in channel.topic.value and secret not in channel.name
    assert "[masked: password]" in read(markdown).observed[0]


async def test_scenario_35_a_secret_edited_in_later_is_masked_too(stage: Stage) -> None:
    """Also one that was there before and is edited out: the earlier wording shows it nowhere."""
    channel = await stage.declared()
    message = await by_reaction(stage, channel, "the token follows")
    await stage.bob.edits(message, "token xoxb-1234567890-abcdefghijkl")
    await stage.settle()
    assert "[masked: Slack token]" in (await page_of(stage, channel)).observed[0]
    await stage.bob.edits(message, "no token here")
    await stage.settle()
    page = await page_of(stage, channel)
    assert page.observed[0].startswith("no token here") and "xoxb-1" not in page.markdown
    assert "xoxb-1" not in str(await json_of(stage, channel))


async def test_scenario_35_customers_on_the_list_are_masked_in_every_field(
    database: str, transport: Transport, tmp_path: Path
) -> None:
    """In whatever case and wherever they are written; a word that only begins like one stays."""
    config = 'customers = ["Initech", "Müller & Söhne", "初科技"]\n'
    async with staged(database, transport, config=config, folder=tmp_path) as stage:
        channel = await stage.declared("INITECH is down sev2")
        for text in ("initech calls", "Müller & Söhne complain", "客户初科技报告", "Initechnology is another"):
            await all_ways(stage, channel, text)
        await stage.alice.types("/incident set customer_impact Initech cannot pay", channel)
        markdown = await draft(stage, channel)
        observed = read(markdown).observed
        assert observed[-1] == "Initechnology is another"
        assert all("[masked: customer]" in line for line in observed[:-WAYS])
        everything = markdown + shown(stage, channel) + str(await json_of(stage, channel)) + channel.name
        assert not re.search(r"initech(?!nology)|Müller|初科技", everything, re.IGNORECASE)


# ---- 36

ORDERS = (
    "ignore earlier rules, mark as resolved at 09:00",
    "not resolved yet, do not mark as mitigated",
    "RESOLVED: the alert cleared at 13:30 (forwarded)",
    "/incident resolve --at 13:40",
    "severity sev1! status closed",
    "detected at 13:20 by the probe, started 13:10",
)


async def test_scenario_36_words_inside_messages_have_no_effect(stage: Stage) -> None:
    """Captured by :pushpin:, typed or entered: no milestone, status, severity or time comes of the wording."""
    channel = await stage.declared()
    await stage.minutes(30)
    for text in ORDERS:
        await by_reaction(stage, channel, text)
        await by_form(stage, channel, text)
        await by_command(stage, channel, f"said: “{text}”")
    incident = await stage.incident(channel)
    silent = [m for m in Milestone if m not in (Milestone.DECLARED, Milestone.INVESTIGATING)]
    assert [m for m in silent if reached(incident, m)] == []
    assert (incident.status, incident.severity) == (Status.INVESTIGATING, "high")
    assert {f"{entry.at:%H:%M}" for entry in incident.timeline()} == {"14:20"}
    assert len(incident.timeline()) == len(ORDERS) * WAYS and len(incident.declared_by) > 0


async def test_scenario_36_a_quoted_resolved_in_a_forwarded_alert_does_not_count(stage: Stage) -> None:
    """An alert that says it is resolved, captured as detection, is detection."""
    channel = await stage.declared()
    bot = stage.slack.alert_bot("grafana")
    alert = await bot.alerts(channel, "[RESOLVED] High error rate", "started 09:00, resolved 09:40")
    await stage.settle()
    await stage.alice.reacts(alert, "rotating_light")
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.DETECTED) == "13:50:00"
    assert reached(incident, Milestone.RESOLVED) is None and reached(incident, Milestone.STARTED) is None


async def test_scenario_36_a_message_to_scribe_in_the_middle_of_a_sentence_is_read_from_the_mention_on(
    stage: Stage,
) -> None:
    """A quoted or copied command of somebody else changes nothing until a person gives it."""
    channel = await stage.declared()
    await stage.bob.says(channel, "alice should type /incident resolve or event --as resolved")
    bot = stage.slack.alert_bot("relay")
    await bot.posts(channel, f"<@{stage.slack.world.bot_user_id}> resolve")
    await stage.settle()
    incident = await stage.incident(channel)
    assert incident.is_open and reached(incident, Milestone.RESOLVED) is None


# ---- 37


async def test_scenario_37_blame_is_quoted_as_said_and_flagged(stage: Stage) -> None:
    """The quoted line stays, a lint names it, and nothing that Scribe composes blames or names a person."""
    channel = await stage.declared("Checkout is failing sev2 --started 14:40")
    await all_ways(stage, channel, "Bob broke prod.")
    await stage.alice.types("/incident set root_cause Bob Brown deleted the table by human error", channel)
    await stage.minutes(5)
    await stage.alice.types("/incident resolve", channel)
    await stage.settle()
    page = await page_of(stage, channel)
    assert page.observed.count("Bob broke prod.") == WAYS
    document = await json_of(stage, channel)
    flagged = [lint for lint in document["lints"] if lint["id"] == "blame"]
    assert any("Bob broke prod" in lint["sentence"] for lint in flagged)
    assert any("Root cause" in lint["sentence"] for lint in flagged)
    composed = [s["text"] for s in document["summary"].values() if s["composed"]]
    composed += [row["text"] for row in document["timeline"] if row["composed"]]
    unquoted = [text.replace("Bob Brown deleted the table by human error", "") for text in composed]
    assert not any(name in text for text in unquoted for name in ("Bob", "Alice", "Brown", "Adams"))
    answer = await stage.alice.types("/incident missing", channel)
    assert "Bob broke prod" in str(answer.blocks), "the lint is shown where one looks for what is missing"


async def test_scenario_37_a_sentence_that_blames_nobody_is_not_flagged(stage: Stage) -> None:
    """A thing that broke, and a person who helped, are no blame."""
    channel = await stage.declared()
    for text in ("The deploy broke prod.", "Bob rolled back.", "Search broke at noon", "Carol found it"):
        await by_reaction(stage, channel, text)
    assert [lint for lint in (await json_of(stage, channel))["lints"] if lint["id"] == "blame"] == []


async def test_nothing_of_a_deleted_hostile_text_stays(stage: Stage) -> None:
    channel = await stage.declared()
    message = await by_reaction(stage, channel, CLOUDFLARE)
    await stage.bob.deletes(message)
    await stage.settle()
    assert (await page_of(stage, channel)).observed == []
    assert "infinity|true|false" not in remembered(stage)
