"""The life of a report: draft, in review, approved, published, archived; each step with who took it and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot import commands as c
from bot import facts as f
from bot.decide._common import log, require_role, source
from bot.decision import Decision, Freeze, Name, Notice, PostDraft, Refused, Span, Text, Upload, say
from bot.facts import AnyFact
from bot.incident import Incident
from bot.policy import Policy
from bot.signing import named, signature
from bot.versions import FROZEN, changed_since, newest, next_number, require_version
from bot.words import Deed, DocumentStatus

_FROM: Final[Mapping[DocumentStatus, frozenset[DocumentStatus]]] = {
    DocumentStatus.IN_REVIEW: frozenset(DocumentStatus) - {DocumentStatus.IN_REVIEW},
    DocumentStatus.APPROVED: frozenset({DocumentStatus.IN_REVIEW}),
    DocumentStatus.PUBLISHED: frozenset({DocumentStatus.APPROVED}),
    DocumentStatus.ARCHIVED: frozenset({DocumentStatus.PUBLISHED}),
}
"""From where each status is reached: anything can be reviewed again, all else goes one step at a time."""

_DEEDS: Final[Mapping[DocumentStatus, Deed]] = {
    DocumentStatus.APPROVED: Deed.APPROVE,
    DocumentStatus.PUBLISHED: Deed.PUBLISH,
}

_NEXT: Final[Mapping[DocumentStatus, str]] = {
    DocumentStatus.DRAFT: "/incident review",
    DocumentStatus.IN_REVIEW: "/incident approve",
    DocumentStatus.APPROVED: "/incident publish",
    DocumentStatus.PUBLISHED: "/incident archive report",
    DocumentStatus.ARCHIVED: "/incident review",
}

_POSTED: Final = frozenset({DocumentStatus.IN_REVIEW, DocumentStatus.PUBLISHED})
"""Who is to read it now gets the text as it is now."""


def advance(incident: Incident, command: c.AdvanceReport, request: c.Request, policy: Policy) -> Decision:
    """Take the report of a family one step on.

    Raises:
        Refused: from where the report is, there is no such step.
    """
    family = command.family or incident.family
    now = incident.document_status(family)
    if now not in _FROM[command.status]:
        ask = f"{_NEXT[now]} {family}"
        raise Refused(f"The {family} report is {_word(now)}; it cannot be {_word(command.status)} from there.", ask)
    if deed := _DEEDS.get(command.status):
        require_role(incident, policy, deed, request)
    own = _check_author(incident, command.status, request, policy)
    facts: tuple[AnyFact, ...] = (_step(family, command.status, request),)
    told: Text = (f"The {family} report is now {_word(command.status)}.",)
    if command.status is DocumentStatus.ARCHIVED:  # what was published goes to the archive as it is
        return Decision(facts, (log(request, Name(request.by), ": ", *told),), say(*told))
    number = next_number(incident, family, command.status)
    told = (f"The {family} report is now {_word(command.status)}, as version {number}.", *_news(incident, family))
    notices: list[Notice] = [log(request, Name(request.by), ": ", *told)]
    if command.status in FROZEN:
        notices.append(Freeze(f"freeze:{request.key}", family, number))
    if command.status in _POSTED:
        notices.append(PostDraft(f"draft:{request.key}", family, number))
    return Decision((*facts, _version(family, number, request)), tuple(notices), say(*told, *own))


def _check_author(incident: Incident, status: DocumentStatus, request: c.Request, policy: Policy) -> Text:
    """Who approves their own report is told what the field thinks of it, or may not where the team says so."""
    author = incident.value("author")
    if status is not DocumentStatus.APPROVED or author is None or author.value != request.by:
        return ()
    if not policy.author_may_approve:
        raise Refused("You are its author: somebody else approves it here.", "/incident set technical_reviewer @maria")
    return (" You are its author; somebody else sees what an author does not.",)


def _news(incident: Incident, family: str) -> Text:
    """Who approves or publishes is told what the version before it did not say."""
    last = newest(incident, family)
    changes = ", ".join(changed_since(incident, family, last)) if last else ""
    return (f" Changed since version {last.number}: {changes}.",) if last and changes else ()


def draft(incident: Incident, family: str, request: c.Request) -> tuple[tuple[AnyFact, ...], PostDraft]:
    """What posting a draft means: a new version, and after a published one the next report.

    Where nothing has changed since the last version, that one is posted again.
    """
    last = newest(incident, family)
    if last and not changed_since(incident, family, last):
        return (), PostDraft(f"draft:{request.key}", family, last.number)
    done = incident.document_status(family) in (DocumentStatus.PUBLISHED, DocumentStatus.ARCHIVED)
    begun: tuple[AnyFact, ...] = (_step(family, DocumentStatus.DRAFT, request),) if done else ()
    number = next_number(incident, family, DocumentStatus.DRAFT)
    return (*begun, _version(family, number, request)), PostDraft(f"draft:{request.key}", family, number)


def renew(incident: Incident, command: c.RenewReport, request: c.Request, policy: Policy) -> Decision:
    """The report after the one published; whoever comes second is told that it is begun."""
    last = newest(incident, command.family)
    if last is None or last.number != command.after:
        begun = f"Version {last.number} was begun meanwhile" if last else f"No version {command.after} is published"
        raise Refused(f"{begun}; this posts it as it stands.", f"/incident postmortem {command.family}")
    facts, posted = draft(incident, command.family, request)
    return Decision(facts, (posted,), say(f"Version {posted.version} is on its way into the incident's channel."))


def send(incident: Incident, command: c.SendVersion, request: c.Request, policy: Policy) -> Decision:
    """A version as a file, into the thread under the card: whoever is in the channel may read it there."""
    family = command.family or incident.family
    for number in (command.number, command.against):
        if number is not None:
            require_version(incident, family, number)
    card = incident.anchors.get("card")
    if card is None:
        raise Refused("The incident's channel is not there yet; try again in a moment.", f"/incident versions {family}")
    what = f"version {command.number}" + (f" beside version {command.against}" if command.against else "")
    upload = Upload(f"version:{request.key}", family, command.number, command.form, card.place, command.against)
    return Decision((), (upload,), say(f"The file with {what} is on its way into the thread under the incident card."))


def sign_off(incident: Incident, command: c.SignOff, request: c.Request, policy: Policy) -> Decision:
    """Sign in each part in which the asker is named; everybody else is told who may."""
    require_role(incident, policy, Deed.SIGN_OFF, request)
    mine = [s for s in command.signers if named(incident, s) == request.by]
    if not mine:
        return Decision(reply=say("You are not named to sign this report. ", *_who_signs(incident, command)))
    due = [s for s in mine if signature(incident, command.family, s) is None]
    if not due:
        return Decision(reply=say("You have signed this report already."))
    facts = tuple(
        f.SignedOff(
            key=f"{request.key}:sign:{signer.key}",
            at=request.now,
            source=source(request),
            family=command.family,
            signer=signer.key,
        )
        for signer in due
    )
    told = f"signed the {command.family} report: {', '.join(signer.label for signer in due)}"
    return Decision(facts, (log(request, Name(request.by), f" {told}"),), say(f"You {told}."))


def _who_signs(incident: Incident, command: c.SignOff) -> Text:
    parts: list[Span] = []
    for signer in command.signers:
        who = named(incident, signer)
        parts += ["; " if parts else "Those who sign: ", f"{signer.label}: ", Name(who) if who else "nobody yet"]
    return (*parts, ".")


def _step(family: str, status: DocumentStatus, request: c.Request) -> f.ReportAdvanced:
    return f.ReportAdvanced(
        key=f"{request.key}:report:{family}", at=request.now, source=source(request), family=family, status=status
    )


def _version(family: str, number: str, request: c.Request) -> f.VersionMade:
    return f.VersionMade(
        key=f"{request.key}:version:{family}", at=request.now, source=source(request), family=family, number=number
    )


def _word(status: DocumentStatus) -> str:
    return status.value.replace("_", " ")
