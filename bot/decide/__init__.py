"""Rules: what an incident makes of a command. Pure; the same incident, command and request give the same decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot import commands as c
from bot.decide import capture, declare, edits, following, knowledge, life, listening, merging, state
from bot.decide._secrets import told, without_secrets
from bot.decision import Decision
from bot.incident import Incident
from bot.policy import Policy

_RULES: Mapping[type, Callable[[Incident, Any, c.Request, Policy], Decision]] = {
    c.Declare: declare.declare,
    c.AttachChannel: declare.attach_channel,
    c.NoteReach: listening.note_reach,
    c.NoteReading: listening.note_reading,
    c.Anchor: declare.anchor,
    c.Describe: declare.describe,
    c.AddEvents: capture.add_events,
    c.React: capture.react,
    c.Unreact: capture.unreact,
    c.Capture: capture.capture,
    c.NoteEdit: edits.note_edit,
    c.NoteDeletion: edits.note_deletion,
    c.Amend: capture.amend,
    c.Withdraw: capture.withdraw,
    c.Reinstate: capture.reinstate,
    c.Undo: capture.undo,
    c.PostUpdate: capture.post_update,
    c.MarkMilestones: state.mark_milestones,
    c.ChangeStatus: state.change_status,
    c.Reopen: state.reopen,
    c.Cancel: state.cancel,
    c.ChangeSeverity: state.change_severity,
    c.Assign: state.assign,
    c.SetFields: knowledge.set_fields,
    c.AddAction: knowledge.add_action,
    c.ChangeAction: knowledge.change_action,
    c.Snooze: following.snooze,
    c.Settle: following.settle,
    c.Remind: following.remind,
    c.AdvanceReport: life.advance,
    c.RenewReport: life.renew,
    c.SendVersion: life.send,
    c.SignOff: life.sign_off,
}


def decide(incident: Incident, command: c.Command, request: c.Request, policy: Policy) -> Decision:
    """Answer one command.

    Raises:
        Refused: the command makes no sense here; the sentence is for the asker.
    """
    masked, found = without_secrets(command, policy)
    return told(_RULES[type(command)](incident, masked, request, policy), found)


__all__ = ["decide", "merging"]
