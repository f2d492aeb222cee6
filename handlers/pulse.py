"""For rehearsals only, on a loopback address: whether the program is quiet, and when it wants to wake up next."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from handlers.attendance import Attendance
from handlers.delivery import Courier
from handlers.desk import Desk


@asynccontextmanager
async def pulse(desk: Desk, courier: Courier, attendance: Attendance, address: str) -> AsyncIterator[None]:
    """Serve `GET /` at `host:port`: it answers once nothing is due now, with the next wake-up in epoch seconds."""

    async def quiet(request: web.Request) -> web.Response:
        while not await _is_quiet(desk, courier, attendance):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(desk.stirred(), 0.02)
        upcoming = await desk.store.next_due()
        return web.json_response({"quiet": True, "next": upcoming.timestamp() if upcoming else None})

    host, _, port = address.rpartition(":")
    app = web.Application()
    app.router.add_get("/", quiet)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, int(port)).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def _is_quiet(desk: Desk, courier: Courier, attendance: Attendance) -> bool:
    now = desk.clock.now()
    if desk.busy or not courier.idle or attendance.overdue(now) or not await desk.store.idle(now):
        return False
    return not desk.busy and courier.idle
