"""An incident is numbered once, in every family, and can be found by each of its numbers."""

from __future__ import annotations

import asyncio

from tests.stage import Stage

FIRST = {
    "coe": "COE-2026-001",
    "coe.rca": "RCA-2026-001",
    "pir": "INC-2026-0001",
    "security": "INC-OUT-20260310-1350",
    "slo": "INCIDENT-20260310-1350",
    "trading": "INC-20260310-001",
}
SECOND = {
    "coe": "COE-2026-002",
    "coe.rca": "RCA-2026-002",
    "pir": "INC-2026-0002",
    "security": "INC-OUT-20260310-1350-2",
    "slo": "INCIDENT-20260310-1350-2",
    "trading": "INC-20260310-002",
}


async def test_two_incidents_of_one_minute_are_numbered_apart_in_every_family(stage: Stage) -> None:
    first = await stage.incident(await stage.declared("Checkout is failing sev2 --type outage"))
    second = await stage.incident(await stage.declared("Search is down sev1 --type outage"))
    assert dict(first.numbers) == FIRST
    assert dict(second.numbers) == SECOND
    assert (first.number, second.number) == (FIRST["slo"], SECOND["slo"])


async def test_the_chosen_family_gives_the_incident_its_own_number_and_every_number_finds_it(stage: Stage) -> None:
    incident = await stage.incident(await stage.declared("Checkout is failing sev2 --type outage --family coe"))
    assert incident.number == "COE-2026-001"
    found = {await stage.desk.store.incident_numbered(number) for number in FIRST.values()}
    assert found == {incident.id}


async def test_a_new_year_counts_from_one_and_a_type_that_nobody_stated_is_another(stage: Stage) -> None:
    await stage.declared()
    await stage.misses(days=300)
    incident = await stage.incident(await stage.declared("Search is down"))
    assert incident.numbers["coe"] == "COE-2027-001"
    assert incident.numbers["security"] == "INC-OTH-20270104-1350"


async def test_two_people_declaring_at_once_leave_no_gap_and_share_no_number(stage: Stage) -> None:
    lines = [(stage.alice, "Checkout is failing"), (stage.bob, "Search is down"), (stage.carol, "Login is slow")]
    await asyncio.gather(*(person.types(f"/incident declare {line}", stage.general) for person, line in lines))
    await stage.settle()
    rows = await stage.desk.store.incidents(limit=9)
    numbers = [(await stage.desk.store.incident(row.id)).numbers for row in rows]
    assert sorted(given["coe"] for given in numbers) == ["COE-2026-001", "COE-2026-002", "COE-2026-003"]
    assert len({given["slo"] for given in numbers}) == 3


async def test_a_family_nobody_wrote_is_refused_and_costs_no_number(stage: Stage) -> None:
    answer = await stage.alice.types("/incident declare Checkout is failing --family nope", stage.general)
    assert any("There is no report family nope; there are: coe, pir" in whisper.text for whisper in answer.whispers)
    incident = await stage.incident(await stage.declared())
    assert incident.numbers["coe"] == "COE-2026-001"
