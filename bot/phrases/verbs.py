"""The verbs that can be typed after `/incident`, with a line on each; help, nearest verbs and the docs read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Verb:
    """`does` says in one line what it does; `example` works as it stands."""

    name: str
    does: str
    example: str
    aliases: tuple[str, ...] = ()


VERBS: Final[tuple[Verb, ...]] = (
    Verb(
        "declare",
        "Open an incident with its channel, card and live report; alone, it opens a form.",
        "/incident declare Checkout is failing sev2 --started 13:50 --service api,db",
        ("open", "start", "new"),
    ),
    Verb(
        "event",
        "Put a line on the timeline; with a time, a kind or a milestone, or several lines each with its own time.",
        "/incident event --at 14:02 --as mitigated Error rate is back to normal",
        ("log", "note", "add", "events"),
    ),
    Verb(
        "mark",
        "Set the time of a milestone, or clear it.",
        "/incident mark detected 13:58",
        ("milestone",),
    ),
    Verb(
        "status",
        "Change the status; alone, it shows where things stand.",
        "/incident status monitoring The fix is out everywhere",
    ),
    Verb("severity", "Change the severity and say why.", "/incident severity sev1 All regions are hit", ("sev",)),
    Verb(
        "mitigate",
        "The impact has stopped: now, at the time given, or when the timeline says so.",
        "/incident mitigate --at 14:40 Traffic moved away",
        ("mitigated",),
    ),
    Verb(
        "resolve",
        "The incident is over: now, at the time given, or when the timeline says so.",
        "/incident resolve --at 15:02 Rolled back",
        ("resolved", "fixed"),
    ),
    Verb("reopen", "It was not over.", "/incident reopen Errors are back", ("re-open",)),
    Verb("close", "Nothing is left to do in this channel.", "/incident close", ("closed",)),
    Verb(
        "cancel",
        "It was a false alarm: no clocks, no reminders.",
        "/incident cancel The probe was misconfigured",
        ("false-alarm",),
    ),
    Verb("merge", "Go on in another incident.", "/incident merge into #incident-20260308-1350-checkout"),
    Verb(
        "move",
        "Move a captured line to another incident, by the link to its message.",
        "/incident move https://team.slack.com/archives/C1/p1772984000123456 to #incident-20260308-1350-checkout",
    ),
    Verb("update", "Post an update and log it as a communication.", "/incident update Rolled back, errors are falling"),
    Verb(
        "assign",
        "Give a role to somebody: commander, technical lead, comms or scribe.",
        "/incident assign commander @maria",
        ("handover", "hand-over", "role"),
    ),
    Verb(
        "set",
        "Answer one question of the report; `+` adds to a list.",
        "/incident set users_affected ~5,000",
        ("answer",),
    ),
    Verb("unset", "Take an answer back.", "/incident unset users_affected", ("clear",)),
    Verb(
        "action",
        "Add an action item, or change one: done, start, block, decline, reopen, assign, due, priority, ticket.",
        '/incident action add Add alert on replica lag @maria due friday p1 type detect verify "it fires in staging"',
        ("todo",),
    ),
    Verb("actions", "List the action items; with `mine` yours, of every incident.", "/incident actions mine"),
    Verb("title", "Correct the title.", "/incident title Checkout fails for EU customers", ("rename",)),
    Verb("services", "Correct the services affected.", "/incident services api, db", ("service",)),
    Verb("regions", "Correct the regions affected.", "/incident regions eu-west-1", ("region",)),
    Verb("type", "Correct the type: outage, degradation, data loss, security, …", "/incident type data loss"),
    Verb("family", "Choose the kind of report.", "/incident family pir"),
    Verb("report", "Show the report as it stands.", "/incident report", ("draft",)),
    Verb("versions", "List the versions of the report, each as a file or compared.", "/incident versions slo"),
    Verb(
        "version",
        "Get a version of the report as a file: Markdown, or html, pdf, json, svg, png.",
        "/incident version 1.0 pdf",
    ),
    Verb(
        "diff",
        "Compare two versions of the report, or one with how it stands now.",
        "/incident diff 0.1 1.0",
        ("compare",),
    ),
    Verb("missing", "Show what is still unknown, most important first.", "/incident missing"),
    Verb("timeline", "Show the timeline, with Edit and Withdraw on each line.", "/incident timeline"),
    Verb("milestones", "Show the milestones and why each time counts.", "/incident milestones", ("clocks",)),
    Verb("brief", "Show where things stand, to you alone.", "/incident brief", ("summary",)),
    Verb(
        "catchup",
        "Read the channel back now and say what nobody had heard.",
        "/incident catchup",
        ("catch-up", "readback"),
    ),
    Verb("undo", "Take back your own last capture.", "/incident undo"),
    Verb(
        "postmortem",
        "Post the draft of the post-mortem, in a family's form if named.",
        "/incident postmortem coe",
        ("post-mortem", "pm", "retro"),
    ),
    Verb("review", "Give the report to its reviewers, in a family's form if named.", "/incident review coe"),
    Verb("approve", "Approve the report that is in review.", "/incident approve coe"),
    Verb("publish", "Publish the approved report.", "/incident publish coe"),
    Verb(
        "sign",
        "Sign the report: every part in which you are named, or the one you say.",
        "/incident sign as commander slo",
        ("sign-off", "signoff"),
    ),
    Verb(
        "archive",
        "Archive the channel, once everything in it is read back; with `report`, the published report.",
        "/incident archive",
    ),
    Verb("list", "List the open incidents; with `all` the ended ones too.", "/incident list all", ("ls", "incidents")),
    Verb(
        "search",
        "Find incidents by the words in their titles, timelines, answers and action items.",
        '/incident search replica "connection pool"',
        ("find", "grep"),
    ),
    Verb(
        "metrics",
        "Count incidents, with median and p90 of each clock: of a period, of a service, or of both.",
        "/incident metrics 30d",
        ("stats", "statistics"),
    ),
    Verb(
        "remind",
        "Turn this incident's reminders on or off, or pause them; alone, it says what is outstanding.",
        "/incident remind pause 1h",
        ("reminders", "reminder"),
    ),
    Verb("help", "Show this.", "/incident help", ("?",)),
)

BY_WORD: Final = {word: verb for verb in VERBS for word in (verb.name, *verb.aliases)}
"""Each verb by its name and its aliases."""


_TOPICS: Final[Mapping[str, tuple[str, ...]]] = {
    "While it goes on": (
        "declare",
        "event",
        "mark",
        "update",
        "assign",
        "severity",
        "status",
        "remind",
        "undo",
        "move",
        "catchup",
    ),
    "When it is over": ("mitigate", "resolve", "reopen", "close", "archive", "cancel", "merge"),
    "To look at, alone": ("timeline", "milestones", "report", "missing", "actions", "brief", "help"),
    "Across incidents": ("list", "search", "metrics"),
}


def by_topic() -> Mapping[str, list[Verb]]:
    """Every verb once, as somebody looks for it; those that stand in no topic are about the report."""
    named = {topic: [BY_WORD[name] for name in names] for topic, names in _TOPICS.items()}
    placed = [verb for verbs in named.values() for verb in verbs]
    return {**named, "For the report": [verb for verb in VERBS if verb not in placed]}


def example(verb: str) -> str:
    return BY_WORD[verb].example
