"""What a person can do on the page; each act is a method of `Person`, the same one the stories use."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tests.slackd import forms, shapes
from tests.slackd.desk import Answer
from tests.slackd.limits import check_canvas_markdown, check_channel_name, check_reaction_name, check_topic
from tests.slackd.limits.refusal import Refusal
from tests.slackd.page import state
from tests.slackd.people import Person
from tests.slackd.records import JSON, Channel, Ephemeral, File, Message, SlackError, View

if TYPE_CHECKING:
    from tests.slackd.page.routes import Page

Act = Callable[["Page", Person, JSON], Awaitable[JSON | None]]
ACTS: dict[str, Act] = {}


def act(handler: Act) -> Act:
    ACTS[handler.__name__.rstrip("_")] = handler
    return handler


def _channel(page: Page, who: Person, args: JSON) -> Channel:
    return state.seen_channel(page.world, who.id, str(args["channel"]))


def _message(page: Page, who: Person, args: JSON) -> Message:
    channel = _channel(page, who, args)
    return page.world.message(channel.id, str(args["ts"]))


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise SlackError(refusal.code, response_metadata={"messages": [refusal.detail]})


def _obeyed(answer: Answer, what: str = "") -> None:
    """Slack tells the typist when the app failed them."""
    if answer.error:
        raise SlackError(f'{what or "that"} failed with the error "{answer.error}"')


# ---- messages


@act
async def say(page: Page, who: Person, args: JSON) -> None:
    channel = _channel(page, who, args)
    thread = page.world.message(channel.id, args["thread_ts"]) if args.get("thread_ts") else None
    files = [(str(f["name"]), base64.b64decode(f["content"])) for f in args.get("files", [])]
    broadcast = bool(args.get("broadcast")) and thread is not None
    await who.says(channel, str(args["text"]), thread=thread, broadcast=broadcast, files=files)


@act
async def command(page: Page, who: Person, args: JSON) -> None:
    line = str(args["text"])
    if args.get("thread_ts"):
        raise SlackError("Slash commands do not work in threads. Mention the app instead.")
    answer = await who.types(line, _channel(page, who, args))
    _obeyed(answer, line.split()[0])


@act
async def edit(page: Page, who: Person, args: JSON) -> None:
    await who.edits(_message(page, who, args), str(args["text"]))


@act
async def delete(page: Page, who: Person, args: JSON) -> None:
    await who.deletes(_message(page, who, args))


@act
async def react(page: Page, who: Person, args: JSON) -> None:
    """Add the emoji, or take it back where it stands already."""
    message, name = _message(page, who, args), str(args["name"])
    _refuse(check_reaction_name(name))
    if who.id in message.reactions.get(name, []):
        await who.unreacts(message, name)
    else:
        await who.reacts(message, name)


@act
async def pin(page: Page, who: Person, args: JSON) -> None:
    await who.pins(_message(page, who, args))


@act
async def unpin(page: Page, who: Person, args: JSON) -> None:
    await who.unpins(_message(page, who, args))


@act
async def dismiss(page: Page, who: Person, args: JSON) -> None:
    whisper = state.whisper_to(_channel(page, who, args), who.id, str(args["ts"]))
    page.glance.dismissed.add((whisper.channel, whisper.ts))


# ---- channels


@act
async def create_channel(page: Page, who: Person, args: JSON) -> JSON:
    _refuse(check_channel_name(args["name"]))
    channel = await who.creates_channel(args["name"], private=bool(args.get("private")))
    return {"channel": channel.id}


@act
async def dm(page: Page, who: Person, args: JSON) -> JSON:
    return {"channel": page.world.direct_message(who.id, page.world.user(str(args["user"])).id).id}


@act
async def join(page: Page, who: Person, args: JSON) -> None:
    await who.joins(_channel(page, who, args))


@act
async def leave(page: Page, who: Person, args: JSON) -> None:
    await who.leaves(_channel(page, who, args))


@act
async def invite(page: Page, who: Person, args: JSON) -> None:
    await who.invites(_channel(page, who, args), page.person(str(args["user"])))


@act
async def topic(page: Page, who: Person, args: JSON) -> None:
    _refuse(check_topic(args["topic"]))
    await who.sets_topic(_channel(page, who, args), args["topic"])


@act
async def archive(page: Page, who: Person, args: JSON) -> None:
    await who.archives(_channel(page, who, args))


@act
async def unarchive(page: Page, who: Person, args: JSON) -> None:
    await who.unarchives(_channel(page, who, args))


@act
async def write_canvas(page: Page, who: Person, args: JSON) -> None:
    canvas = page.world.canvases.get(str(args["canvas"]))
    if canvas is None:
        raise SlackError("canvas_not_found")
    _refuse(check_canvas_markdown(args["markdown"], "canvas_editing_failed"))
    await who.writes_in(canvas, str(args["markdown"]))


# ---- the app


@act
async def shortcut(page: Page, who: Person, args: JSON) -> None:
    if "ts" in args:
        answer = await who.uses_shortcut(str(args["callback_id"]), _message(page, who, args))
    else:
        answer = await who.uses_global_shortcut(str(args["callback_id"]))
    _obeyed(answer)


@act
async def home(page: Page, who: Person, args: JSON) -> None:
    await who.opens_home(str(args.get("tab", "home")))


@act
async def press(page: Page, who: Person, args: JSON) -> None:
    """Use an element outside the inputs, or one inside them that dispatches."""
    place = _place(page, who, args["place"])
    if isinstance(place, View):
        place.state = args["values"]
    name = f"{args['block_id']}/{args['action_id']}"
    # an external select is asked for its options once more, and those it finds by what a person reads
    is_external = forms.find(place, name).kind.endswith("external_select")
    _obeyed(await who.presses(place, name, _chosen(args["leaf"], by_text=is_external)))


def _place(page: Page, who: Person, where: JSON) -> Message | Ephemeral | View:
    if "view" in where:
        return _own_view(page, who, where)
    if where["ephemeral"]:
        return state.whisper_to(_channel(page, who, where), who.id, where["ts"])
    return _message(page, who, where)


def _own_view(page: Page, who: Person, args: JSON) -> View:
    view = page.world.views.get(str(args["view"]))
    if view is None or view.user != who.id:
        raise SlackError("view_not_found")
    return view


def _chosen(leaf: JSON, *, by_text: bool) -> object:
    """A leaf of state.values as the plain value a person chose."""
    for name, chosen in leaf.items():
        if name == "selected_option" and chosen:
            return _named(chosen, by_text)
        if name == "selected_options":
            return [_named(option, by_text) for option in chosen]
        if name.startswith("selected_") or name in ("value", "rich_text_value", "files"):
            return chosen
    return None


def _named(option: JSON, by_text: bool) -> object:
    return option["text"]["text"] if by_text else option["value"]


@act
async def suggest(page: Page, who: Person, args: JSON) -> JSON:
    """The options of an external select for what was typed so far."""
    place = _place(page, who, args["place"])
    if isinstance(place, Ephemeral):
        raise SlackError("an external select cannot ask from an ephemeral message")
    payload = page.slackd.interactions.suggestion(
        who.id, place, str(args["block_id"]), str(args["action_id"]), str(args["typed"])
    )
    ack = await page.slackd.courier.request("interactive", payload)
    body = ack.body if isinstance(ack.body, dict) else {}
    grouped = [option for group in body.get("option_groups") or [] for option in group["options"]]
    return {"options": [*(body.get("options") or []), *grouped]}


@act
async def submit(page: Page, who: Person, args: JSON) -> JSON:
    view = _own_view(page, who, args)
    view.state = args["values"]
    result = await who.submits(view)
    _obeyed(result, "Submitting")
    return {"errors": result.errors or None}


@act
async def close(page: Page, who: Person, args: JSON) -> None:
    await who.closes(_own_view(page, who, args))


@act
async def file(page: Page, who: Person, args: JSON) -> JSON:
    """Take a file for a form's file input."""
    world, name, content = page.world, str(args["name"]), base64.b64decode(args["content"])
    kept = File(world.ident("F", f"{name} {len(content)}"), name, name, who.id, int(world.now()), len(content), content)
    kept.done = True
    world.files[kept.id] = kept
    return {"file": shapes.file(world, kept)}


# ---- the clock


@act
async def clock(page: Page, who: Person, args: JSON) -> None:
    """Let `seconds` pass, or set the clock `running` or not."""
    if "running" in args:
        await (page.slackd.clock.run() if args["running"] else page.slackd.clock.freeze())
    else:
        await page.slackd.run_for(float(args["seconds"]))
