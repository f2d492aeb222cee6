"""Lines as nobody would type them: pieces of the grammar, strung together, then bitten."""

from __future__ import annotations

from random import Random
from typing import Final

from bot.phrases import VERBS
from bot.phrases.vocabulary import MEANINGS, MILESTONES, ROLES, STATUSES

WORDS: Final = tuple(word for verb in VERBS for word in (verb.name, *verb.aliases))
FLAGS: Final = (
    "--at",
    "--as",
    "--by",
    "--started",
    "--resolved",
    "--sev",
    "--service",
    "--here",
    "--family",
    "--",
    "--x",
)
TIMES: Final = (
    "14:02", "2:02pm", "-20m", "20m ago", "yesterday 23:50", "2026-03-08 02:30", "26:61", "22025-01-01", "14:02 IST",
    "31 June", "+3d", "in 2 weeks", "friday", "eod", "2026-12-24", "-99999999d", "02:30 America/New_York", "12h99m",
)  # fmt: skip
TEXTS: Final = (
    "db failover", "<@U1>", "<@U1|bob>", "<!channel>", "<#C1|x>", "<https://a.b|c>", "&lt;b&gt;", "```", "`a|b`", "| |",
    "\n", "\n\n- x", "\x00", "\u202e", "\u200b", "李小龍", "e\u0301\u0301", "“quoted”", "'", '"', "=", "\\", "%s",
    "\N{WOMAN}\u200d\N{WOMAN}\u200d\N{GIRL}", "{x}", "{{x}}", "\ud800", "ħ", "sev2", "p1",
    "5000", "~5,000", "34%", "1e999", "-0", "0x10", "1.2.3", "12500 USD", "99.9%",
)  # fmt: skip
NAMES: Final = tuple(str(name) for table in (MEANINGS, MILESTONES, ROLES, STATUSES) for name in table)


def line(random: Random) -> str:
    """One line after `/incident`; most begin with a verb, some with anything."""
    pieces = [random.choice(WORDS if random.random() < 0.9 else TEXTS)]
    pieces += [random.choice(random.choice((FLAGS, TIMES, TEXTS, NAMES, WORDS))) for _ in range(random.randrange(7))]
    typed = random.choice((" ", " ", " ", "", "\t", "\n")).join(pieces)
    return bitten(typed, random) if random.random() < 0.5 else typed


def bitten(text: str, random: Random) -> str:
    """The text with some of it gone, doubled, or something in between."""
    for _ in range(random.randrange(1, 4)):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.randrange(6))
        between = random.choice(("", text[start:end] * 2, random.choice(TEXTS), chr(random.randrange(0x20, 0x2FFF))))
        text = text[:start] + between + text[end:]
    return text
