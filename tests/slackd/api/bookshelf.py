"""Every family of API methods; importing this registers them all."""

from tests.slackd.api import canvases, chat, connections, conversations, files, history, marks, users, views

__all__ = ["canvases", "chat", "connections", "conversations", "files", "history", "marks", "users", "views"]
