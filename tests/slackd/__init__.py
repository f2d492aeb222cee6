"""A pretend Slack on the real wire: Web API, Socket Mode, signed requests, people, faults and a clock of its own."""

from tests.slackd.people import AlertBot, Answer, Person, Submission
from tests.slackd.records import Channel, Ephemeral, Message, View
from tests.slackd.server import Slackd

__all__ = ["AlertBot", "Answer", "Channel", "Ephemeral", "Message", "Person", "Slackd", "Submission", "View"]
