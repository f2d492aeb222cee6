"""The workspace in a browser: the same world and the same persons as in the tests, to look at and to click."""

from tests.slackd.page.routes import mount

__all__ = ["mount"]
