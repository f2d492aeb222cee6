"""What must not reach a report is masked, once and for all, and ordinary words stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.masking import Masked, mask
from bot.words import Wire

CUSTOMERS = ("Acme", "Müller & Söhne", "李小龍", "Yahoo!", "Big Bank Inc.")

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq3n4x\nabc-def==\n-----END RSA PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + "dozjgNryP4J3jVmNHl0w5N"
SLACK = "xox" + "b-1234567890-abcdefghijkl"
GITHUB = "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a"
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
STRIPE = "sk" + "_live_4eC39HqLyjWDarjtT1zdp7dc"
GOOGLE = "AIza" + "SyA-1234567890abcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("wire", "masked"),
    [
        (f"use {SLACK} now", "use [masked: Slack token] now"),
        (f"token={GITHUB}", "token=[masked: GitHub token]"),
        (f"key {AWS}.", "key [masked: AWS key]."),
        (STRIPE, "[masked: Stripe key]"),
        (GOOGLE, "[masked: Google key]"),
        (f"a\n{PEM}\nb", "a\n[masked: private key]\nb"),
        (PEM[:55], "[masked: private key]"),
        (f"`{JWT}`", "`[masked: JSON web token]`"),
        ("password=hunter2 ok", "password=[masked: password] ok"),
        ('DB_PASSWORD: "correct horse 7"', 'DB_PASSWORD: "[masked: password]"'),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = [masked: password]"),
        ("?api_key=abc123&amp;x=1", "?api_key=[masked: password]"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer [masked: credentials]"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic [masked: credentials]"),
        ("<https://root:s3cret@db.x/y|db>", "<https://[masked: credentials]db.x/y|db>"),
        ("postgres://app:p@ss@db1:5432/shop", "postgres://[masked: credentials]db1:5432/shop"),
        ("redis://:pw@cache", "redis://[masked: credentials]cache"),
        ("https://hooks.slack.com/services/T0/B0/abcdefgh", "https://hooks.slack.com/[masked: Slack webhook]"),
        ("ask anne.o-neil+x@müller.example.com.", "ask [masked: e-mail address]."),
        ("<mailto:a@b.org|a@b.org> said", "[masked: e-mail address] said"),
        ("card 4111 1111 1111 1111.", "card [masked: card number]."),
        ("1234 4111-1111-1111-1111", "1234 [masked: card number]"),
        ("378282246310005", "[masked: card number]"),
        ("ACME and acme's, Müller &amp; Söhne", "[masked: customer] and [masked: customer]'s, [masked: customer]"),
        ("Mu\u0308ller  &amp; So\u0308hne", "[masked: customer]"),
        ("给李小龍打电话 Yahoo!x big  bank inc.", "给[masked: customer]打电话 [masked: customer]x [masked: customer]"),
        ("<@UACME|acme> <#C1|acme-alerts>", "<@UACME|[masked: customer]> <#C1|[masked: customer]-alerts>"),
    ],
)
def test_a_secret_or_a_name_is_masked(wire: str, masked: str) -> None:
    result = mask(wire, CUSTOMERS)
    assert result.text == masked
    assert result.found


@pytest.mark.parametrize(
    "wire",
    [
        "password reset was slow",
        "password: reset it for all",
        "the token expired, tokens are rotated",
        "max_tokens=4000",
        "bearer authentication failed",
        "authorization: required for all users",
        "acmeology Acme_2",
        "react@18.2.0 on root@db1, ping @maria",
        "task-force-of-a-quite-long-name-indeed",
        "https://x.y:8080/a@b?c=d",
        "ts 1772984000.123456, trace 1772984000123, order 4111111111111112",
        "<@U0123ABC> <!subteam^S1|@sre> <!date^1392734382^{date}|now> <https://x.y|z>",
        "eyJust a word. sk-1",
        "14:02 UTC db failover started",
        "",
    ],
)
def test_ordinary_words_stay(wire: str) -> None:
    assert mask(wire, CUSTOMERS) == Masked(Wire(wire), ())


def test_each_kind_found_is_told_once() -> None:
    assert mask("a@b.org c@d.org password=hunter2").found == ("password", "e-mail address")


_WORDS = """password= secret: hunter2 a@b.org Acme masked [masked: [masked:_customer] 4111_1111_1111_1111 4111 _ 7 ://
: @ < > x sk- aaaaaaaaaaaaaaaaaaaaaaaa bearer_ ' " &amp; | <@U1 - . [ ]"""
PIECES = st.sampled_from([*(w.replace("_", " ") for w in _WORDS.split()), SLACK, GITHUB, AWS, STRIPE, GOOGLE, JWT, PEM])


@settings(max_examples=1000)
@given(
    st.lists(PIECES, max_size=14).map("".join), st.lists(st.sampled_from(["Acme", "masked", "7", "customer", "x", "&"]))
)
def test_masking_twice_changes_nothing(wire: str, customers: list[str]) -> None:
    once = mask(wire, customers).text
    assert mask(once, customers).text == once
    assert mask(once, customers).found == ()


@given(st.text())
def test_masking_any_text_twice_changes_nothing(wire: str) -> None:
    once = mask(wire, CUSTOMERS).text
    assert mask(once, CUSTOMERS).text == once


_UNITS = """a - eyJ eyJaaaaaaaa. @ a@ a. ://a: :// password= password: 4 4111_ -----BEGIN_ -----BEGIN_PRIVATE_KEY-----
-----BEGIN_PRIVATE_KEY-----_AAAAAAAAAAAAAAAAAAAAAAA_ <mailto: xoxb- sk-
bearer_ authorization:_bearer_ AKIA " a@b.org_ acme_
<@ SG.aaaaaaaaaaaaaaaaaaaaaaaa. [masked:_customer] password:\" """


@pytest.mark.parametrize("unit", [unit.replace("_", " ") for unit in _UNITS.split()])
def test_forty_thousand_hostile_characters_take_no_time(unit: str) -> None:
    wire = (unit * 40_000)[:40_000]
    began = time.perf_counter()
    mask(wire, CUSTOMERS)
    assert time.perf_counter() - began < 1
