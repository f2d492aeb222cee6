"""`apps.connections.open`: the door to Socket Mode."""

from __future__ import annotations

from tests.slackd.api.call import Call, method
from tests.slackd.records import JSON


@method("apps.connections.open", by="app")
def apps_connections_open(call: Call) -> JSON:
    return {"url": call.slackd.socket_url()}
