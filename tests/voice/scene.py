"""A small incident to show, and one in which everything is hostile or huge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot import facts as f
from bot.evolve import fold
from bot.facts import AnyFact, Evidence, Recorded, Source
from bot.incident import Incident
from bot.words import IncidentType, Kind, Meaning, Milestone, Role, Severity, Status, Wire
from templates.blocks import Look
from templates.families import available, load_family

T0 = datetime(2026, 3, 8, 13, 50, tzinfo=UTC)
CHANNEL = "C0INCIDENT"
FAMILIES = {key: load_family(key) for key in available()}
LOOK = Look({"U1": "Maria", "U2": "Anne-Marie O'Neil", "U3": "李小龍"}, "https://acme.slack.com/", FAMILIES)
TITLE = Wire("Checkout is failing")
SAID = Source("reaction", "U1")

HOSTILE = Wire(
    "<!channel> <!here> <@U1> <@U9|bob> <!subteam^S1|@oncall> <#C1|general> "
    "<https://evil.example/?a=1&amp;b=2|click | me>"
    " @channel @everyone &lt;script&gt; *b* _i_ `c` ``` open fence | pipe\n# h\n> quote\n"
    "\u202egnp.exe \u2066 😀👩‍👩‍👧‍👦🇨🇭 שלום"
)
HUGE = Wire((HOSTILE + "Ω≈ç√ e\u0301 ") * 200)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def declared(title: Wire = TITLE, **more: object) -> f.Declared:
    given: dict[str, object] = {
        "key": "declared",
        "at": at(10),
        "source": Source("command", "U1", None, "K0"),
        "number": "INCIDENT-20260308-1400",
        "title": title,
        "severity": Severity.HIGH,
        "type": IncidentType.OUTAGE,
        "services": ("api", "db"),
        "family": "slo",
        "channel_name": "incident-20260308-1400-checkout-is-failing",
    }
    return f.Declared(**{**given, **more})  # type: ignore[arg-type]


def attached() -> f.ChannelAttached:
    return f.ChannelAttached(key="channel", at=at(10), source=SAID, channel=CHANNEL, name="incident-x")


def carded() -> f.Anchored:
    return f.Anchored(
        key="anchor:card", at=at(10), source=SAID, what="card", place=Evidence(CHANNEL, "1772978000.000100")
    )


def line(number: int, meaning: Meaning, text: str | Wire, minutes: float = 12, author: str = "U2") -> list[AnyFact]:
    """A message of the channel that somebody marked."""
    ts = f"{int(at(minutes).timestamp())}.{number:06d}"
    place, entry = Evidence(CHANNEL, ts, "1772978000.000100"), f"m:{CHANNEL}:{ts}"
    source = Source("reaction", "U1", place)
    return [
        f.Captured(
            key=entry, at=at(minutes), source=source, entry=entry, text=Wire(text), author=author, evidence=place
        ),
        f.Marked(
            key=f"k{entry}", at=at(minutes), source=source, entry=entry, name="typed", meaning=meaning, stamp="1.0"
        ),
    ]


def milestone(which: Milestone, minutes: float) -> f.MilestoneSet:
    return f.MilestoneSet(
        key=f"set:{which}:{minutes}", at=at(minutes), source=SAID, milestone=which, moment=at(minutes)
    )


def status(which: Status) -> f.StatusChanged:
    return f.StatusChanged(key=f"status:{which}", at=at(60), source=SAID, status=which)


def commander(user: str = "U2") -> f.RoleAssigned:
    return f.RoleAssigned(key=f"role:{user}", at=at(11), source=SAID, role=Role.COMMANDER, user=user)


def incident(*facts: AnyFact | Sequence[AnyFact], declare: f.Declared | None = None) -> Incident:
    """Declared, with its channel, then these facts."""
    flat: list[AnyFact] = [declare or declared(), attached()]
    for fact in facts:
        flat += list(fact) if isinstance(fact, Sequence) else [fact]
    return fold(17, [Recorded(seq, at(seq), fact) for seq, fact in enumerate(flat, start=1)])


def monstrous() -> Incident:
    """Everything at once and as long as it gets: hostile words, all roles and milestones, many lines and items."""
    facts: list[AnyFact] = [carded()]
    facts += [f.RoleAssigned(key=f"r:{role}", at=at(1), source=SAID, role=role, user="U" + "X" * 200) for role in Role]
    facts += [milestone(which, minutes) for minutes, which in enumerate(Milestone)]
    for number in range(70):
        kind = list(Kind)[number % len(Kind)]
        facts += line(number, kind, HUGE, number, author="U2" if number % 2 else "x" * 500)
    facts += [
        f.ActionAdded(key=f"a{n}", at=at(n), source=SAID, action=f"A{n}", text=HUGE, owner="U" + "X" * 90)
        for n in range(60)
    ]
    names = tuple(f"<!channel> service {n} " * 5 for n in range(50))
    return incident(facts, declare=declared(HUGE, services=names, regions=names, drill=True, private=True))
