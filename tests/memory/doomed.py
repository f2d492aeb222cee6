"""A process that kills itself in the middle of its work: `python -m tests.memory.doomed <url> <where>`."""

from __future__ import annotations

import asyncio
import os
import sys

from storage import Store
from tests.memory.said import MINUTE, NOW, call, captured


async def work(url: str, where: str) -> None:
    def reached(place: str) -> None:
        if place == where:
            os._exit(9)

    async with Store.open(url, me="doomed") as store:
        await store.keep("event:doomed", "event", {}, NOW)
        reached("kept")
        async with store.visit(1) as visit:
            await visit.record([captured(1)], NOW)
            reached("recorded")
            await visit.put([call("log")], NOW)
            await visit.answer("event:doomed", {"text": "done"})
            await visit.finish("event:doomed", NOW)
            await visit._connection.run(visit._settle)
            reached("settled")
        reached("committed")
        await store.lease_calls(NOW, 9, MINUTE)
        reached("leased")


asyncio.run(work(sys.argv[1], sys.argv[2]))
