"""A submitted form becomes the command it means, or a sentence under each block that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import commands as c
from bot.decision import Refused
from bot.facts import Evidence, Value
from bot.fields import FIELDS
from bot.policy import Policy
from bot.values import parse_value
from bot.words import (
    UNSAID,
    ActionStatus,
    ActionType,
    IncidentType,
    Meaning,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
    meaning,
)
from handlers.submission import Submission, ids_of, too_old
from templates.blocks import actions as a

ERROR_MOST = 500  # readable under one input


@dataclass(frozen=True, slots=True)
class FieldErrors:
    """What is wrong, by block: for `response_action: errors`."""

    errors: Mapping[str, str]


def read(view: Mapping[str, Any], request: c.Request, policy: Policy) -> c.Understood | FieldErrors | None:
    """What a submitted form asks for; None: nothing was changed, so the form may close.

    `view` is Slack's `payload["view"]`; a message's `state` with a callback id of ours will do as well. A `Capture`
    holds of its message only place and author, and says `UNSAID` for a wording that was left alone.

    Raises:
        Refused: another version of Scribe made the form.
    """
    reader = _READERS.get(view["callback_id"])
    if reader is None:
        raise too_old()
    submission = Submission(view, request)
    command = reader(submission, policy)
    return FieldErrors(submission.errors) if submission.errors else command


def incident_of(view: Mapping[str, Any]) -> int | None:
    """The id of the incident that a form is about; None for one that declares."""
    return ids_of(view).get("incident")


def refusal(view: Mapping[str, Any], refused: Refused) -> FieldErrors:
    """A refusal that only the rules could make, said under the form's first input so that nothing typed is lost."""
    first = next(block["block_id"] for block in view["blocks"] if block["type"] == "input")
    example = f" For example: {refused.example}" if refused.example else ""
    return FieldErrors({first: f"{refused.sentence}{example}"[:ERROR_MOST]})


def _declare(s: Submission, policy: Policy) -> c.Declare:
    kinds = s.chosen("options")
    started = s.moment("started")
    return c.Declare(
        title=s.text("title", "An incident needs a title, such as: Checkout is failing"),
        severity=s.choice("severity", Severity),
        type=s.choice("type", IncidentType),
        services=s.chosen("services"),
        regions=s.chosen("regions"),
        family=s.choice("family", str),
        commander=s.raw("commander"),
        private="private" in kinds,
        drill="drill" in kinds,
        here=s.ids.get("here"),
        message=_message(s.ids["message"]) if s.ids.get("message") else None,
        moments=((Milestone.STARTED, started),) if started else (),
    )


def _message(place: str) -> c.SeenMessage:
    channel, _, ts = place.partition(" ")
    return c.SeenMessage(Evidence(channel, ts), "", UNSAID)


def _event(s: Submission, policy: Policy) -> c.AddEvents:
    text = s.text("text", "An event needs words, such as: Failover started")
    return c.AddEvents((c.Line(text, s.moment("when"), _meaning(s)),))


def _meaning(s: Submission) -> Meaning:
    return s.must("kind", meaning)


def _edit(s: Submission, policy: Policy) -> c.Amend | None:
    if not any(s.changed(block) for block in ("text", "when", "kind")):
        return None
    if s.changed("when") and s.raw("when") is None:
        s.wrong("when", "A line needs its time; withdraw the line instead if it is wrong altogether.")
    return c.Amend(
        entry=s.id("entry", str),
        text=s.text("text", "A line needs words; withdraw it instead.") if s.changed("text") else None,
        moment=s.moment("when") if s.changed("when") else None,
        meaning=_meaning(s) if s.changed("kind") else None,
    )


def _capture(s: Submission, policy: Policy) -> c.Capture:
    place = Evidence(s.id("channel", str), s.id("ts", str), s.ids.get("thread"))
    return c.Capture(
        message=c.SeenMessage(place, s.id("author", str), UNSAID),
        text=s.text("text") if s.changed("text") else UNSAID,
        moment=s.moment("when") if s.changed("when") else None,
        meaning=_meaning(s),
    )


def _milestones(s: Submission, policy: Policy) -> c.MarkMilestones | None:
    changed = [milestone for milestone in Milestone if milestone in s and s.changed(milestone)]
    moments = tuple((milestone, s.moment(milestone)) for milestone in changed)
    return c.MarkMilestones(moments) if moments else None


def _update(s: Submission, policy: Policy) -> c.PostUpdate:
    return c.PostUpdate(s.text("text", "An update needs words, such as: Rolled back, error rate is falling"))


def _status(s: Submission, policy: Policy) -> c.ChangeStatus:
    return c.ChangeStatus(s.must("status", Status), s.text("reason"), s.moment("when"))


def _reopen(s: Submission, policy: Policy) -> c.Reopen:
    return c.Reopen(s.text("reason"), s.moment("when"))


def _severity(s: Submission, policy: Policy) -> c.ChangeSeverity:
    return c.ChangeSeverity(s.must("severity", Severity), s.text("reason"))


def _role(s: Submission, policy: Policy) -> c.Assign:
    return c.Assign(s.must("role", Role), s.raw("user"))


def _cancel(s: Submission, policy: Policy) -> c.Cancel:
    return c.Cancel(s.text("reason"))


def _merge(s: Submission, policy: Policy) -> c.MergeInto:
    return c.MergeInto(_other(s))


def _move(s: Submission, policy: Policy) -> c.MoveLine:
    return c.MoveLine(s.id("entry", str), _other(s))


def _other(s: Submission) -> str:
    """A number as typed, or a channel's id out of its link; whoever looks it up says when there is none."""
    words = s.plain("other").removeprefix("#")
    if not words:
        s.wrong("other", "Which incident? Its number, or the link to its channel.")
    in_link = words.split("/archives/", 1)
    return in_link[-1].split("/", 1)[0].split("?", 1)[0]


def _sections(s: Submission, policy: Policy) -> c.OpenForm:
    return c.OpenForm("fields", {"section": s.raw("section")})


def _fields(s: Submission, policy: Policy) -> c.SetFields | None:
    """Only what was changed is set; an emptied one is unknown again. `kept` names what was changed in the form before
    this one, which others had overtaken.
    """
    values = tuple((key, *_value(s, key)) for key in _changed(s))
    return c.SetFields(values, seen=s.ids.get("seen")) if values else None


def _changed(s: Submission) -> list[str]:
    kept = s.ids.get("kept", "").split()
    return [key for key in FIELDS if key in s and (key in kept or s.changed(key))]


def entered(view: Mapping[str, Any], request: c.Request) -> dict[str, str]:
    """What the person had put into the fields of a section, as it stands in the form."""
    submission = Submission(view, request)
    return {key: str(submission.raw(key) or "") for key in _changed(submission)}


def _value(s: Submission, key: str) -> tuple[Value | None, bool]:
    """The value as `bot.fields` keeps it, and whether it is approximate; an emptied field has None."""
    if not s.raw(key):
        return None, False
    return s.parsed(key, lambda text: parse_value(FIELDS[key], text, s.request)) or (None, False)


def _action(s: Submission, policy: Policy) -> c.AddAction:
    return c.AddAction(
        text=s.text("text", "An action item needs words, such as: Add an alert on replica lag"),
        owner=s.raw("owner"),
        due=s.day("due"),
        priority=s.choice("priority", Priority),
        type=s.choice("type", ActionType),
        ticket=s.plain("ticket") or None,
        verification=s.text("verification"),
    )


def _item(s: Submission, policy: Policy) -> c.ChangeAction | None:
    """Only what was changed; an owner or a due date can be replaced and not taken away."""
    blocks = ("text", "owner", "due", "priority", "type", "ticket", "verification", "reason")
    touched = {block for block in blocks if s.changed(block)}
    was = s.id("was", ActionStatus)
    proposed = s.id("to", ActionStatus) if "to" in s.ids else was
    status = s.choice("status", ActionStatus) or proposed
    if status != was:  # a button may have proposed another one than it has
        touched.add("status")
    if status is ActionStatus.DECLINED and not s.plain("reason"):
        s.wrong("reason", "Declining needs a reason, such as: superseded by the new cluster")
    command = c.ChangeAction(
        action=s.id("item", str),
        text=s.text("text", "An action item needs words.") if "text" in touched else None,
        owner=s.raw("owner") if "owner" in touched else None,
        due=s.day("due") if "due" in touched else None,
        priority=s.choice("priority", Priority) if "priority" in touched else None,
        type=s.choice("type", ActionType) if "type" in touched else None,
        ticket=s.plain("ticket") if "ticket" in touched else None,
        verification=s.text("verification") if "verification" in touched else None,
        status=status if "status" in touched else None,
        reason=s.text("reason"),
    )
    return command if touched else None


_READERS: Mapping[str, Callable[[Submission, Policy], c.Understood | None]] = {
    a.DECLARE: _declare,
    a.EVENT: _event,
    a.EDIT: _edit,
    a.CAPTURE: _capture,
    a.MILESTONE_TIMES: _milestones,
    a.UPDATE: _update,
    a.STATUS: _status,
    a.REOPEN: _reopen,
    a.SEVERITY: _severity,
    a.ROLES: _role,
    a.CANCEL: _cancel,
    a.MERGE: _merge,
    a.MOVE: _move,
    a.SECTIONS: _sections,
    a.FIELDS: _fields,
    a.ACTION: _action,
    a.ITEM: _item,
}
