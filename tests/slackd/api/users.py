"""`auth.test`, `team.info`, `users.*` and `usergroups.*`: who is who."""

from __future__ import annotations

from tests.slackd import shapes
from tests.slackd.api.call import Call, method
from tests.slackd.api.pages import page
from tests.slackd.records import JSON, SlackError, User


@method("auth.test")
def auth_test(call: Call) -> JSON:
    world = call.world
    return {
        "url": world.workspace_url,
        "team": world.team_name,
        "team_id": world.team_id,
        "user": world.users[world.bot_user_id].name,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "app_id": world.app_id,
        "is_enterprise_install": False,
    }


@method("team.info", "team:read", team="text", domain="text")
def team_info(call: Call) -> JSON:
    world = call.world
    team = {"id": world.team_id, "name": world.team_name, "domain": world.team_domain, "email_domain": "", "icon": {}}
    return {"team": team | {"url": world.workspace_url}}


@method("users.info", "users:read", required="user", user="text", include_locale="flag")
def users_info(call: Call) -> JSON:
    person = call.world.user(str(call.args["user"]))
    locale = {"locale": "en-US"} if call.args.get("include_locale") and not person.is_stranger else {}
    return {"user": _shape(call, person) | locale}


@method("users.list", "users:read", limit="number", cursor="text", include_locale="flag", presence="flag")
def users_list(call: Call) -> JSON:
    people = [person for person in call.world.users.values() if person.team_id == call.world.team_id]
    chosen, metadata = page(call.args, people, default=1000, most=1000)
    return {"members": [_shape(call, person) for person in chosen], "cache_ts": int(call.world.now())} | metadata


@method("users.lookupByEmail", "users:read.email", required="email", email="text")
def lookup_by_email(call: Call) -> JSON:
    for person in call.world.users.values():
        if person.email == call.args["email"] and not person.deleted:
            return {"user": _shape(call, person)}
    raise SlackError("users_not_found")


def _shape(call: Call, person: User) -> JSON:
    shape = shapes.user(call.world, person)
    if person.email and "users:read.email" in call.slackd.manifest.scopes:
        shape["profile"]["email"] = person.email
    return shape


@method("usergroups.list", "usergroups:read", include_users="flag", include_count="flag", include_disabled="flag")
def usergroups_list(call: Call) -> JSON:
    groups = [shapes.usergroup(call.world, group) for group in call.world.usergroups.values()]
    if not call.args.get("include_users"):
        groups = [{name: value for name, value in group.items() if name != "users"} for group in groups]
    return {"usergroups": groups}


@method("usergroups.users.list", "usergroups:read", required="usergroup", usergroup="text", include_disabled="flag")
def usergroups_users_list(call: Call) -> JSON:
    group = call.world.usergroups.get(str(call.args["usergroup"]))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}
