"""Who is who: names and time zones of people, names of groups and channels, asked of Slack once and remembered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_errors import code_of
from storage import Person, Store

_ID: Final = re.compile(r"[UW][A-Z0-9]+|[SCG](?=[A-Z]*[0-9])[A-Z0-9]+")
"""A person, a user group or a channel; a bot that calls itself CI is none of them."""
_NAMELESS: Final = frozenset(
    {"user_not_found", "user_not_visible", "channel_not_found", "missing_scope", "permission_denied"}
)
"""Slack's words for: whoever asks will not be told."""
_NOBODY: Final = frozenset({"user_not_found", "user_not_visible"})


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


def thing_of(id: str, name: str, now: datetime) -> Person:
    """A user group or a channel, which has only a name; it is remembered beside the people."""
    return Person(id, name, name, "UTC", deleted=False, guest=False, stranger=False, bot=True, fetched_at=now)


def is_id(text: str) -> bool:
    """Can Slack know anybody or anything by this? Names as typed and other words are no ids."""
    return _ID.fullmatch(text) is not None


class Directory:
    """People, user groups and channels by id: from memory, else from the store, else from Slack."""

    def __init__(self, store: Store, slack: AsyncWebClient, team_id: str) -> None:
        self._store = store
        self._slack = slack
        self._team_id = team_id
        self._known: dict[str, Person] = {}
        self._nameless: set[str] = set()

    @property
    def names(self) -> Mapping[str, str]:
        """Names of everybody met so far in this process."""
        return {key: person.name for key, person in self._known.items()}

    def known(self, id: str) -> Person | None:
        """What is known already in this process."""
        return self._known.get(id)

    async def person(self, user: str, now: datetime) -> Person:
        """One person, with the zone their typed times are read in. Whom Slack does not know or show is a stranger.

        Raises:
            SlackApiError: Slack cannot say now.
        """
        known = self._known.get(user) or await self._store.person(user)
        if known is None:
            known = await self._asked(user, now)
            if known is None:
                return replace(thing_of(user, user, now), stranger=True, bot=False)
            await self._store.meet(known)
        self._known[user] = known
        return known

    async def _asked(self, user: str, now: datetime) -> Person | None:
        try:
            answer = await self._slack.users_info(user=user)
        except SlackApiError as error:
            if code_of(error) in _NOBODY:
                return None
            raise
        return person_of(answer["user"], self._team_id, now)

    async def note(self, user: Mapping[str, Any], now: datetime) -> None:
        """Slack says that somebody changed; what they are reminded of goes by where they are, and whether."""
        person = person_of(user, self._team_id, now)
        before = self._known.get(person.id) or await self._store.person(person.id)
        await self._learn(person)
        if before is None or (before.tz, before.deleted) != (person.tz, person.deleted):
            await self._store.look_again(person.id, now)

    async def depart(self, user: str, now: datetime) -> None:
        """Slack refuses to reach somebody: their account was deactivated, and nobody had told us."""
        person = self._known.get(user) or await self._store.person(user) or thing_of(user, user, now)
        await self._learn(replace(person, deleted=True, fetched_at=now))

    async def meet(self, ids: Iterable[str], now: datetime) -> None:
        """Learn the names of these ids where that is possible; what cannot be looked up keeps its id."""
        wanted = [i for i in dict.fromkeys(ids) if is_id(i) and i not in self._nameless]
        await self.recall(wanted)
        for id in wanted:
            if id not in self._known:
                await self._ask(id, now)

    async def recall(self, ids: Iterable[str]) -> None:
        """As `meet`, without asking Slack: what another replica or an earlier run has learned."""
        wanted = [i for i in dict.fromkeys(ids) if i not in self._known and is_id(i)]
        if wanted:
            self._known.update(await self._store.people(wanted))

    async def _ask(self, id: str, now: datetime) -> None:
        try:
            if id[0] in "UW":
                await self.person(id, now)
            else:
                await (self._group if id[0] == "S" else self._channel)(id, now)
        except SlackApiError as error:
            if code_of(error) not in _NAMELESS:
                raise
        if id not in self._known:
            self._nameless.add(id)

    async def _group(self, id: str, now: datetime) -> None:
        """Slack has no call for one group; one answer names them all."""
        for group in (await self._slack.usergroups_list(include_disabled=True))["usergroups"]:
            await self._learn(thing_of(group["id"], group["handle"], now))

    async def _channel(self, id: str, now: datetime) -> None:
        """A private channel's name is for its members only, and a report may be read by others."""
        channel = (await self._slack.conversations_info(channel=id))["channel"]
        if channel.get("name") and not channel.get("is_private"):
            await self._learn(thing_of(id, channel["name"], now))

    async def _learn(self, thing: Person) -> None:
        self._known[thing.id] = thing
        await self._store.meet(thing)
