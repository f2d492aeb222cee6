"""Reports of an incident as it stands: gathered, built, rendered; and the draft posted on request."""

from __future__ import annotations

from typing import Any

from bot.commands import Request, SignOff
from bot.decide import life
from bot.decision import Decision, Refused, say
from bot.family import Family, Signer
from bot.incident import Incident
from bot.phrases.vocabulary import ROLES
from bot.phrases.vocabulary import key as word_key
from bot.report import Report, ReportContext, build_report
from bot.wire import mentions
from handlers.act import Message, act, carry_out, settle
from handlers.desk import Desk
from templates.blocks.report import report_summary


def people_in(incident: Incident) -> set[str]:
    """Every id that a report may name: people, user groups and channels."""
    reasons = (step.reason for steps in (incident.turns, incident.grades) for step in steps)
    found = {incident.declared_by, *(who for text in (incident.title, *reasons) for who in mentions(text))}
    for entry in incident.entries.values():
        found |= {entry.author, entry.source.by, *mentions(entry.text)}
    for marks in incident.marks.values():
        found |= {mark.by for mark in marks}
    found |= {h.user for h in incident.holdings if h.user} | {h.source.by for h in incident.holdings}
    found |= {m.source.by for m in incident.moments} | {t.source.by for t in incident.turns}
    found |= {g.source.by for g in incident.grades}
    found |= {fact.source.by for fact in incident.signed.values()}
    found |= {step.source.by for steps in incident.steps.values() for step in steps}
    found |= {version.source.by for versions in incident.versions.values() for version in versions}
    for item in incident.actions.values():
        found |= {item.source.by, item.owner or "", *mentions(item.text)}
    for values in (*incident.fields.values(), *incident.superseded.values()):
        for said in values:
            texts = said.value if isinstance(said.value, tuple) else (str(said.value),)
            found |= {said.source.by, *texts, *(who for text in texts for who in mentions(text))}
    return found


def require_family(desk: Desk, key: str) -> Family:
    """The family of this name.

    Raises:
        Refused: there is none.
    """
    family = desk.families.get(key)
    if family is None:
        there_are = ", ".join(desk.families)
        raise Refused(f"There is no report family {key[:60]}; there are: {there_are}.", "/incident postmortem slo")
    return family


def signing(desk: Desk, words: str) -> tuple[str | None, str]:
    """The family and the part that somebody wants to sign, as typed."""
    part, _, last = words.rpartition(" ")
    return (last, part) if last in desk.families else (None, words)


async def sign_off(desk: Desk, incident: int, key: str | None, request: Request, part: str = "") -> Message | None:
    """Sign as the person named in the report of this severity: in one part of it, or in all.

    Raises:
        Refused: there is no such family, or no such part.
    """
    state = await desk.store.incident(incident)
    family = require_family(desk, key or state.family)
    report = await report_of(desk, state, family.key)
    asked = {signer.key for signer in report.signers}
    signers = tuple(signer for signer in family.signers if signer.key in asked)
    chosen = tuple(signer for signer in signers if not part or _is_called(signer, part))
    if part and not chosen:
        labels = ", ".join(signer.label for signer in signers) or "nobody who signs it"
        sentence = f"Nobody signs the {family.key} report as {part[:60]}; there are: {labels}."
        raise Refused(sentence, f"/incident sign {family.key}")
    return await act(desk, incident, SignOff(family.key, chosen), request)


def _is_called(signer: Signer, part: str) -> bool:
    """By its label, by the field or the role that names the person, or by another word for that role."""
    said = word_key(part)
    return said in (word_key(signer.label), word_key(signer.key)) or str(ROLES.get(said)) == signer.key


async def report_of(desk: Desk, incident: Incident, key: str | None = None) -> Report:
    """The report as it stands now, with everybody's name looked up first."""
    family = require_family(desk, key or incident.family)
    await desk.directory.meet(people_in(incident), desk.clock.now())
    return build_report(incident, family, context(desk))


def context(desk: Desk) -> ReportContext:
    names = desk.directory.names
    return ReportContext(names=names, channels=names, team_url=desk.me.team_url, policy=desk.policy)


async def post_draft(desk: Desk, incident: int, key: str | None, request: Request) -> Message | None:
    """Put the draft into the channel; nothing about the incident changes."""
    async with desk.store.visit(incident) as visit:
        family = require_family(desk, key or visit.incident.family)
        facts, draft = life.draft(visit.incident, family.key, request)
        unchanged = "" if facts else ", as it was, for nothing has changed since"
        told = f"Version {draft.version} is on its way into the incident's channel{unchanged}."
        decision = Decision(facts, (draft,), reply=say(told))
        await carry_out(desk, visit, decision, request)
        return await settle(desk, visit, decision, request)


async def draft_summary(desk: Desk, incident: int, family: str, *, posted: bool = False) -> dict[str, Any]:
    """The Block Kit summary that goes into the channel; one posted before says so where more is known by now."""
    state = await desk.store.incident(incident)
    outdated = posted and family in state.outdated
    return report_summary(await report_of(desk, state, family), state, desk.look, outdated=outdated)
