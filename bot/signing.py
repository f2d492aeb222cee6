"""Who signs a report, and whether that person has: a signature counts while the one who gave it is the one named."""

from __future__ import annotations

from bot.facts import SignedOff
from bot.family import Signer
from bot.incident import Incident


def named(incident: Incident, signer: Signer) -> str | None:
    """Who holds the role, or whom the field names: a Slack user id, or a name as typed; None: nobody yet."""
    if signer.role is not None:
        return incident.holder(signer.role)
    said = incident.value(signer.person)
    return str(said.value) if said else None


def signature(incident: Incident, family: str, signer: Signer) -> SignedOff | None:
    """The signature that counts; None while the one named has not signed."""
    found = incident.signed.get((family, signer.key))
    return found if found and found.source.by == named(incident, signer) else None
