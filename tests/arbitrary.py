"""Any incident: facts of every kind in any order, with texts that attack every syntax, for tests of what always holds.

Texts hold no digits outside markup and addresses, and numbers are large and odd: so a number that a report invents
does not pass for one that somebody said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from bot import facts as f
from bot.field import Field
from bot.fields import FIELDS
from bot.incident import Incident
from bot.policy import Objective, Policy
from bot.report import ReportContext
from bot.wire import escape
from bot.words import (
    ActionStatus,
    ActionType,
    DocumentStatus,
    IncidentType,
    Kind,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
    Wire,
)
from templates.families import available
from tests.builders import CHANNEL, Story

Draw = Callable[[st.SearchStrategy[Any]], Any]

ATTACKS: Final = (
    "|", "||", "\\|", "`", "``", "```", "````", "~~~", "\n", "\n\n", "\r\n", "\t", "    ", "\\", "*", "**", "_",
    "__", "~~", "# ", "## ", "- ", "+ ", "> ", "1. ", "---", "===", "[ ] ", "$x$", "{{ m.title }}", "{% if x %}",
    "{#", "\x00", "<!channel>", "<!here>", "<!everyone|x>", "<@U0BOB>", "<@U0NOBODY>", "<#C0OTHER|general>",
    "<!subteam^S0TEAM|@team>", "@channel", "@here", "<!date^1775000000^{date}|day>", "<https://e.org/a|label>",
    "<https://e.org/b|](x)>", "https://e.org/c_(d)?q=|x&y=`z`", "http://e.org/#<b>", "www.e.org", "a@b.org",
    "<mailto:a@b.org|a@b.org>", "[a](javascript:alert(document))", "![i](https://e.org/i.png)", "](", ")](",
    "[x]: https://e.org/d", "[^x]", "<script>alert(document)</script>", "<img src=x onerror=alert(document)>",
    "</td></tr></table>", "<b>", "</", "<br>", "<!--", "-->", "]]>", "<a href='javascript:x'>", "&lt;i&gt;",
    "&amp;", "&copy;", "&#x6a;", "&", "<", ">", '"', "'", "javascript:alert(document)", "data:text/html,x",
    "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u2028", "\x85", "\x02b0\x03", "\x04note\x10x\x05", "\x06",
    "\x07", "李小龍", "日本語", "שלום", "مرحبا", "é", "e\u0301", "ß", "🔥", "👩‍👩‍👧", "🇨🇴", ":fire:", "word",
    "words of somebody", "None", "o'neil", "…", "a" * 90, " | ", " | part | part | part",
)  # fmt: skip
LONG: Final = (
    "word " * 8_000,
    "x" * 40_000,
    "|" * 4_000,
    "`" * 4_000,
    "line\n" * 8_000,
    "字" * 40_000,
    "https://e.org/" + "y" * 39_000,
)

BEGIN: Final = datetime(2026, 3, 8, 1, 30, tzinfo=UTC)
"""Early enough to be the day before in Bogota."""

PEOPLE: Final = ("U0ALICE", "U0BOB", "U0CAROL", "U0NOBODY")
MEANINGS: Final = (*Kind, *Milestone)


def texts(*, long: bool = True) -> st.SearchStrategy[str]:
    """What somebody typed or Slack sent: tokens as they are, the rest escaped or not."""
    letters = st.characters(exclude_categories=("Cs", "Nd", "Nl", "No"), exclude_characters="…")
    parts = st.one_of(st.sampled_from(ATTACKS), st.text(letters, max_size=8))
    short = st.lists(parts, min_size=1, max_size=5).map("".join)
    return st.one_of(short, short.map(escape), st.sampled_from(LONG)) if long else st.one_of(short, short.map(escape))


@dataclass(frozen=True, repr=False)
class Happening:
    """An incident, and what a report of it needs beside."""

    story: Story
    view: ReportContext

    def __repr__(self) -> str:
        facts = (f"{recorded.fact!r}" for recorded in self.story.facts)
        told = "\n".join(fact if len(fact) < 1_000 else f"{fact[:1_000]}…" for fact in facts)
        return f"{told}\n{self.view!r}"[:20_000]

    @property
    def incident(self) -> Incident:
        return self.story.incident()


class _Teller:
    """Draws one fact after another; each is heard a little later than the last."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.now = BEGIN
        self.story = Story(day="2026-03-08")
        self.entries: list[str] = []
        self.placed: list[str] = []  # those of them that are messages, which alone can be made action items
        self.actions: list[str] = []
        self.long = True

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def maybe(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self.draw(st.one_of(st.none(), strategy))

    def text(self) -> Wire:
        """At most one of the longest in an incident; a report of many takes its time and shows no more."""
        given = self.draw(texts(long=self.long))
        self.long = self.long and len(given) < 4_000
        return Wire(given)

    def moment(self) -> datetime:
        """Around now, mostly before, and seldom in order; sometimes with seconds, sometimes days off."""
        seconds = self.draw(st.integers(-40 * 60, 5 * 60))
        days = self.draw(st.sampled_from((0, 0, 0, 0, -3)))
        whole = self.draw(st.booleans())
        at = self.now + timedelta(days=days, seconds=seconds)
        return at.replace(second=0) if whole else at

    def step(self) -> datetime:
        self.now += timedelta(seconds=self.draw(st.integers(1, 4_321)))
        return self.now

    def base(self, word: str, at: datetime | None = None) -> dict[str, Any]:
        via = self.draw(st.sampled_from(("command", "reaction", "form", "button", "shortcut", "message")))
        shown = self.draw(st.sampled_from((True, True, True, False)))
        place = self.story.place(self.now, self.draw(st.sampled_from((None, None, "1772.0001")))) if shown else None
        return {
            "key": self.story.key(word),
            "at": at or self.now,
            "source": f.Source(via, self.pick(PEOPLE), place),
        }

    def tell(self, fact: f.AnyFact) -> None:
        self.story.tell(fact, self.now)

    # each of these tells one thing

    def captures(self) -> None:
        self.step()
        place = self.story.place(self.now)
        entry = f"m:{place.channel}:{place.ts}"
        self.entries.append(entry)
        shown = place if self.draw(st.booleans()) else None
        if shown:
            self.placed.append(entry)
        author = self.draw(st.one_of(st.sampled_from(PEOPLE), texts(long=False)))
        files = self.draw(
            st.sampled_from(((), (), ("https://files.slack.com/x|y)(z.png",), ("javascript:alert(x)", "F1")))
        )
        self.tell(
            f.Captured(
                **self.base("entry", self.moment()),
                entry=entry,
                text=self.text(),
                author=author or "U0BOB",
                approximate=self.draw(st.booleans()),
                files=files,
                evidence=shown,
                origin=self.pick((None, None, "INC-2025-8642")),
            )
        )
        self.mark(entry)

    def mark(self, entry: str) -> None:
        stamp = f"{int(self.now.timestamp())}.{next(self.story.numbers):06d}"
        meaning = self.pick(MEANINGS)
        self.tell(f.Marked(**self.base("mark"), entry=entry, name=str(meaning), meaning=meaning, stamp=stamp))

    def marks(self) -> None:
        if self.entries:
            self.step()
            self.mark(self.pick(self.entries))

    def unmarks(self) -> None:
        if self.entries:
            self.step()
            entry = self.pick(self.entries)
            for mark in self.story.incident().marks.get(entry, ())[:1]:
                base = {**self.base("unmark"), "source": mark.source}
                stamp = f"{int(self.now.timestamp())}.999999"
                self.tell(f.Unmarked(**base, entry=entry, name=mark.name, stamp=stamp, meaning=mark.meaning))

    def edits(self) -> None:
        if self.entries:
            self.step()
            self.tell(f.Reworded(**self.base("edit"), entry=self.pick(self.entries), text=self.text()))

    def amends(self) -> None:
        if self.entries:
            self.step()
            self.tell(
                f.Amended(
                    **self.base("amend"),
                    entry=self.pick(self.entries),
                    text=self.maybe(texts(long=False)),
                    moment=self.moment() if self.draw(st.booleans()) else None,
                    kind=self.pick((None, *Kind)),
                    author=self.maybe(st.sampled_from(PEOPLE)),
                )
            )

    def erases(self) -> None:
        if self.entries:
            self.step()
            self.tell(f.Erased(**self.base("gone"), entry=self.pick(self.entries)))

    def removes(self) -> None:
        """Somebody is taken out of the database."""
        self.step()
        self.tell(f.Removed(**self.base("removed"), since=self.draw(st.integers(1, len(self.story.facts)))))

    def withdraws(self) -> None:
        if self.entries:
            self.step()
            entry = self.pick(self.entries)
            self.tell(f.Withdrawn(**self.base("off"), entry=entry, moved_to=self.pick((None, "INC-2025-8643"))))
            if self.draw(st.booleans()):
                self.tell(f.Reinstated(**self.base("on"), entry=entry))

    def sets_milestone(self) -> None:
        self.step()
        moment = self.moment() if self.draw(st.sampled_from((True, True, True, False))) else None
        self.tell(
            f.MilestoneSet(
                **self.base("set"),
                milestone=self.pick(Milestone),
                moment=moment,
                approximate=self.draw(st.booleans()),
            )
        )

    def changes_status(self) -> None:
        self.step()
        status = self.pick((Status.IDENTIFIED, Status.MONITORING, Status.MITIGATED, Status.RESOLVED, Status.CLOSED))
        asserts = {
            Status.IDENTIFIED: Milestone.ROOT_CAUSE,
            Status.MITIGATED: Milestone.MITIGATED,
            Status.RESOLVED: Milestone.RESOLVED,
            Status.CLOSED: Milestone.CLOSED,
        }.get(status)
        self.tell(f.StatusChanged(**self.base("status"), status=status, reason=self.text(), asserts=asserts))

    def reopens(self) -> None:
        self.step()
        resolved = self.moment() if self.draw(st.booleans()) else None
        self.tell(f.Reopened(**self.base("again"), resolved_at=resolved, reason=self.text()))

    def grades(self) -> None:
        self.step()
        self.tell(f.SeverityChanged(**self.base("grade"), severity=self.pick(Severity), reason=self.text()))

    def assigns(self) -> None:
        self.step()
        user = self.draw(st.one_of(st.none(), st.sampled_from(PEOPLE), texts(long=False)))
        self.tell(f.RoleAssigned(**self.base("role"), role=self.pick(Role), user=user))

    def describes(self) -> None:
        self.step()
        self.tell(
            f.Described(
                **self.base("described"),
                title=self.maybe(texts(long=False)),
                type=self.pick((None, *IncidentType)),
                services=self.maybe(st.tuples(texts(long=False))),
                regions=None,
            )
        )

    def knows(self) -> None:
        self.step()
        field = self.pick(FIELDS.values())
        self.tell(
            f.FieldSet(
                **self.base("field"),
                field=field.key,
                value=None if self.draw(st.sampled_from((True, *[False] * 9))) else self.value(field),
                approximate=self.draw(st.booleans()),
                appended=field.type == "list" and self.draw(st.booleans()),
            )
        )

    def value(self, field: Field) -> f.Value:
        """As `bot.values` leaves it."""
        odd = self.draw(st.integers(10_007, 999_999_937))
        of_type: Mapping[str, Callable[[], f.Value]] = {
            "integer": lambda: odd,
            "number": lambda: odd + self.pick((0, 0.25)),
            "percentage": lambda: odd / 10**9,
            "money": lambda: f"{odd}.{self.pick(('00', '37'))} {self.pick(('USD', 'EUR', ''))}".strip(),
            "duration": lambda: odd % 400_000,
            "choice": lambda: self.pick(field.choices),
            "person": lambda: self.draw(st.one_of(st.sampled_from(PEOPLE), texts(long=False))),
            "text": lambda: self.slo() if field.key == "slo" else self.text(),
            "list": lambda: tuple(self.draw(st.lists(texts(long=False), min_size=1, max_size=3))),
            "moment": lambda: self.pick(("2027-04-05", self.moment().isoformat())),
            "yesno": lambda: self.draw(st.booleans()),
        }
        return of_type[field.type]()

    def slo(self) -> str:
        return str(
            self.pick(("availability 99.93% over 28 days, errors below 0.37%, p95 < 345 ms", "p99 below 678 ms", "|"))
        )

    def adds_action(self) -> None:
        self.step()
        self.actions.append(f"A{len(self.actions) + 1}")
        self.tell(
            f.ActionAdded(
                **self.base("action"),
                action=self.actions[-1],
                text=self.text(),
                owner=self.draw(st.one_of(st.none(), st.sampled_from(PEOPLE), texts(long=False))),
                due=self.maybe(st.dates(date(2026, 1, 5), date(2027, 11, 27))),
                priority=self.maybe(st.sampled_from(Priority)),
                type=self.maybe(st.sampled_from(ActionType)),
                ticket=self.maybe(texts(long=False)),
                verification=self.text(),
                entry=self.maybe(st.sampled_from(self.placed)) if self.placed else None,
            )
        )

    def changes_action(self) -> None:
        if self.actions:
            self.step()
            self.tell(
                f.ActionChanged(
                    **self.base("action"),
                    action=self.pick(self.actions),
                    owner=self.maybe(st.sampled_from(PEOPLE)),
                    due=self.maybe(st.dates(date(2026, 1, 5), date(2027, 11, 27))),
                    status=self.pick((None, *ActionStatus)),
                    reason=self.text(),
                )
            )

    def cancels(self) -> None:
        self.step()
        self.tell(f.Cancelled(**self.base("cancel"), reason=self.text()))

    def merges(self) -> None:
        self.step()
        if self.draw(st.booleans()):
            self.tell(f.Merged(**self.base("merge"), into="INC-2025-8644"))
        else:
            self.tell(f.Absorbed(**self.base("absorb"), other="INC-2025-8645"))

    def anchors(self) -> None:
        """A message or a file of ours is there; it says nothing of the incident."""
        self.step()
        what = self.pick(("card", "log:x", "draft:slo:1:x", "file:slo:0.1:md::x"))
        file = "F0FILE" if what.startswith("file:") else None
        self.tell(f.Anchored(**self.base("anchor"), what=what, place=self.story.place(self.now), file=file))

    def questions(self) -> None:
        self.step()
        about = (self.pick(Milestone),)
        self.tell(f.Questioned(**self.base("asked"), occasion=Milestone.RESOLVED, about=about, whom=self.pick(PEOPLE)))

    def makes_version(self) -> None:
        self.step()
        family = self.pick(available())
        made = len(self.story.incident().versions.get(family, ()))
        self.tell(f.VersionMade(**self.base("version"), family=family, number=f"0.{made + 1}"))

    def follows_up(self) -> None:
        self.step()
        if self.draw(st.booleans()):
            self.tell(f.Snoozed(**self.base("snooze"), followup="draft:slo", until=date(2027, 1, 23)))
        else:
            self.tell(f.Settled(**self.base("settled"), followup="draft:slo"))
            self.tell(f.RemindersTurned(**self.base("reminders"), on=self.draw(st.booleans())))

    def is_away(self) -> None:
        """Scribe did not listen for a while, or may not read the channel any more."""
        since = self.now
        self.step()
        why = self.pick(("", "channel_not_found"))
        if self.draw(st.booleans()):
            self.tell(f.ReachChanged(**self.base("reach"), why=why))
        else:
            self.tell(f.Away(**self.base("away"), since=since, until=self.now, unread=why))

    def advances(self) -> None:
        self.step()
        self.tell(
            f.ReportAdvanced(**self.base("life"), family=self.pick(available()), status=self.pick(DocumentStatus))
        )

    def signs(self) -> None:
        self.step()
        signer = self.pick((*Role, *(key for key, field in FIELDS.items() if field.type == "person")))
        self.tell(f.SignedOff(**self.base("sign"), family=self.pick(available()), signer=str(signer)))


_DEEDS: Final = (
    *[_Teller.captures] * 4, *[_Teller.knows] * 6, *[_Teller.sets_milestone] * 2, *[_Teller.adds_action] * 2,
    _Teller.marks, _Teller.unmarks, _Teller.edits, _Teller.amends, _Teller.erases, _Teller.removes, _Teller.withdraws,
    _Teller.changes_status, _Teller.changes_status, _Teller.reopens, _Teller.grades, _Teller.assigns, _Teller.describes,
    _Teller.changes_action, _Teller.cancels, _Teller.merges, _Teller.advances, _Teller.signs,
    _Teller.anchors, _Teller.questions, _Teller.makes_version, _Teller.makes_version, _Teller.follows_up,
    _Teller.is_away,
)  # fmt: skip

_OBJECTIVES: Final = (
    (),
    (
        Objective("availability", 0.9993, timedelta(days=28)),
        Objective("p95 latency", 456, timedelta(days=28), unit="ms"),
    ),
)


@st.composite
def happenings(draw: Draw, *, most: int = 16) -> Happening:
    """An incident of up to so many deeds, among people and in channels whose names attack too."""
    teller = _Teller(draw)
    title = draw(texts(long=False)) or "x"
    teller.story.declared(
        teller.now.strftime("%Y-%m-%d %H:%M"),
        title,
        severity=teller.pick(Severity),
        type=teller.pick(IncidentType),
        services=tuple(draw(st.lists(texts(long=False), max_size=2))),
        regions=tuple(draw(st.lists(texts(long=False), max_size=2))),
        drill=draw(st.booleans()),
    )
    for _ in range(draw(st.integers(0, most))):
        teller.pick(_DEEDS)(teller)
    names = {who: draw(texts(long=False)) for who in PEOPLE[:-1]}
    targets = draw(st.sampled_from(({}, {"ttd": {Severity.HIGH: timedelta(seconds=1234)}})))
    policy = Policy(targets=targets, objectives=teller.pick(_OBJECTIVES))
    channels = {CHANNEL: draw(st.sampled_from(("incident-checkout", "incident|x", "](y)")))}
    return Happening(teller.story, ReportContext(names, channels, "https://acme.slack.com/", policy))
