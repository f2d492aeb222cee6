"""`make demo`: a pretend Slack with a page in the browser, the real program, and an incident half-way through.

Nothing leaves this machine. The newcomer goes on in the browser as Alice, Bob or Carol.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from storage import migrate
from tests.rehearsal.theatre import Program, process
from tests.slackd.people import Person
from tests.slackd.records import Channel
from tests.slackd.server import Slackd
from tests.stage import MANIFEST

PORT: Final = 8300
WHAT_NOW: Final = """
  You are Alice. In the #incident channel, mark Bob's last message with :adhesive_bandage:, type
  /incident resolve, and read the draft. You own an action item: press "+1 day" at the bottom left up to
  three times, and Scribe reminds you in your direct messages. /incident help shows the rest. Ctrl-C ends.
"""
EARLIER: Final = timedelta(minutes=31)


async def half_way(slack: Slackd, running: Program, begun: datetime) -> None:
    """An incident that has been going on for half an hour: found, told, half mended, not resolved."""
    alice = slack.person("alice", name="Alice Adams", tz="Europe/Zurich")
    bob = slack.person("bob", name="Bob Brown", tz="America/New_York")
    carol = slack.person("carol", name="Carol Chen", tz="Asia/Tokyo")
    general = slack.channel("general", alice, bob, carol)
    await alice.says(general, "Morning all. Release 4.18 goes out at ten.")
    await bob.says(general, "Checkout looks slow to me, is anybody else seeing that?")
    await running.settled()
    line = f"/incident declare Checkout is failing sev2 --started {begun:%H:%M}Z --service checkout,payments"
    await alice.types(line, general)
    await running.settled()
    channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
    for person in (alice, bob, carol):
        if person.id not in channel.members:
            slack.world.join(channel, person.id)
    await _respond(Cast(slack, running, channel, alice, bob, carol), begun)


@dataclass(frozen=True)
class Cast:
    slack: Slackd
    running: Program
    channel: Channel
    alice: Person
    bob: Person
    carol: Person


async def _respond(cast: Cast, begun: datetime) -> None:
    slack, running, channel = cast.slack, cast.running, cast.channel
    alice, bob, carol = cast.alice, cast.bob, cast.carol

    async def at(minute: float) -> None:
        await slack.run_until(begun + timedelta(minutes=minute))
        await running.settled()

    await at(3)
    alert = await slack.alert_bot("Grafana").alerts(channel, "High error rate on checkout", "5xx at 31 % for 5 minutes")
    await alice.reacts(alert, "rotating_light")
    await at(5)
    mine = await bob.says(channel, "I have it. Looking at the payment logs.")
    await bob.reacts(mine, "pager")
    await alice.types("/incident assign commander @alice", channel)
    await at(9)
    guess = await carol.says(channel, "Could be the connection pool, it is at its limit since the release")
    await carol.reacts(guess, "mag")
    await at(14)
    await bob.types("/incident event --at -3m Payment pods restarted, no change", channel)
    await at(18)
    decided = await alice.says(channel, "We roll 4.18 back. Bob drives.")
    await alice.reacts(decided, "scales")
    rolling = await bob.says(channel, "Rolling back now")
    await bob.reacts(rolling, "hammer_and_wrench")
    await at(22)
    update = "Checkout fails for about a third of customers. We are rolling back the last release."
    await alice.types(f"/incident update {update}", channel)
    await alice.types("/incident set users_affected ~5000", channel)
    await alice.types("/incident action add Alert on the pool before it is full @alice due in 3 days", channel)
    await at(27)
    await carol.says(channel, "Error rate is falling: 31 % → 12 %")
    await at(29)
    await bob.says(channel, "Down to 2 %. Looks like the rollback did it.")
    await running.settled()


async def demo(port: int) -> None:
    """Play the half hour, then let time run and wait for Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    begun = datetime.fromtimestamp(int(time.time()), UTC) - EARLIER
    with tempfile.TemporaryDirectory(prefix="scribe-demo-") as folder:
        database = f"sqlite:///{folder}/scribe.db"
        print("Preparing a pretend Slack, Scribe and an incident …", flush=True)
        migrate(database)
        async with Slackd(MANIFEST, now=begun, port=port) as slack, process(slack, database) as running:
            await half_way(slack, running, begun)
            await slack.run_until(begun + EARLIER)
            await slack.clock.run()
            print(f"\n  Open {slack.address} in a browser.", flush=True)
            print(WHAT_NOW, flush=True)
            await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(demo(parser.parse_args().port))


if __name__ == "__main__":
    main()
