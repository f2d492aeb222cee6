"""Who is who: names and time zones, asked of Slack once and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from storage import Person, Store


def person_of(user: Mapping[str, Any], team_id: str, now: datetime) -> Person:
    """Read Slack's user object."""
    profile = user.get("profile") or {}
    real = user.get("real_name") or profile.get("real_name") or user.get("name") or user["id"]
    return Person(
        id=user["id"],
        name=profile.get("display_name") or real,
        real_name=real,
        tz=user.get("tz") or "UTC",
        deleted=bool(user.get("deleted")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger")) or user.get("team_id", team_id) != team_id,
        bot=bool(user.get("is_bot")),
        fetched_at=now,
    )


class Directory:
    """People by id. What is in memory answers at once; the rest comes from the store, then from Slack."""

    def __init__(self, store: Store, slack: AsyncWebClient, team_id: str) -> None:
        self._store = store
        self._slack = slack
        self._team_id = team_id
        self._known: dict[str, Person] = {}

    @property
    def names(self) -> Mapping[str, str]:
        """Names of everybody met so far in this process."""
        return {key: person.name for key, person in self._known.items()}

    async def person(self, user: str, now: datetime) -> Person:
        """One person, with the zone their typed times are read in.

        Raises:
            SlackApiError: Slack knows no such user, or cannot say now.
        """
        known = self._known.get(user) or await self._store.person(user)
        if known is None:
            answer = await self._slack.users_info(user=user)
            known = person_of(answer["user"], self._team_id, now)
            await self._store.meet(known)
        self._known[user] = known
        return known

    async def note(self, user: Mapping[str, Any], now: datetime) -> None:
        """Slack says that somebody changed."""
        person = person_of(user, self._team_id, now)
        self._known[person.id] = person
        await self._store.meet(person)

    async def meet(self, ids: Iterable[str], now: datetime) -> None:
        """Learn the names of these ids where that is possible; who cannot be looked up keeps the id."""
        await self.recall(ids := list(ids))
        for user in dict.fromkeys(i for i in ids if i[:1] in ("U", "W")):
            if user not in self._known:
                await self._ask(user, now)

    async def recall(self, ids: Iterable[str]) -> None:
        """As `meet`, without asking Slack: what another replica or an earlier run has learned."""
        wanted = [i for i in dict.fromkeys(ids) if i not in self._known and i[:1] in ("U", "W")]
        if wanted:
            self._known.update(await self._store.people(wanted))

    async def _ask(self, user: str, now: datetime) -> None:
        try:
            await self.person(user, now)
        except SlackApiError as error:
            if error.response.get("error") not in ("user_not_found", "user_not_visible"):
                raise
