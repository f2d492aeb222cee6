"""What goes wrong, chosen by a seed: with the program, its sockets, its database, Slack's answers and deliveries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.slackd.server import Slackd

METHODS: Final = (
    "chat.postMessage",
    "chat.update",
    "reactions.add",
    "reactions.remove",
    "conversations.history",
    "conversations.replies",
    "conversations.setTopic",
    "canvases.edit",
)
KILL_WITHIN: Final = 0.4
"""Real seconds from an act to the death it may meet; acts take about as long."""


@dataclass
class Trouble:
    """At most a few things at a time; `met` counts what was done."""

    random: Random
    restarts_database: bool
    met: Counter[str] = field(default_factory=Counter)

    def next_death(self) -> float | None:
        """Real seconds until one of the processes is killed; None: not during this act."""
        return self.random.uniform(0, KILL_WITHIN) if self.random.random() < 0.35 else None

    def restart(self) -> bool:
        """Is it the database's turn?"""
        return self._counted("database restarts", self.restarts_database and self.random.random() < 0.06)

    def prepare(self, slack: Slackd) -> None:
        """Make trouble for the act to come."""
        method, times = self.random.choice(METHODS), self.random.choice((1, 1, 2))
        ways: dict[str, Callable[[], object]] = {
            "sockets cut": lambda: slack.socket.cut(self.random.choice((1, 2, None))),
            "duplicates": lambda: slack.faults.duplicate_events(self.random.randint(1, 4)),
            "reorderings": lambda: slack.faults.reorder_events(2),
            "429": lambda: slack.faults.rate_limit(method, retry_after=self.random.choice((1, 5, 30)), times=times),
            "5xx": lambda: slack.faults.server_error(method, status=self.random.choice((500, 502, 503)), times=times),
            "lost answers": lambda: slack.faults.answer_lost(method),
        }
        for name in self.random.sample(sorted(ways), self.random.choice((0, 1, 1, 2, 3))):
            ways[name]()
            self.met[name] += 1

    def _counted(self, name: str, happens: bool) -> bool:
        self.met[name] += happens
        return happens
