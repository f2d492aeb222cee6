"""Text objects, and the pieces rich text is made of (SLACK.md 5.1, 5.2)."""

from tests.slackd.limits.shapes import LINK, NOTHING, Check, choice, flag, items, number, record, string, typed, whole

ID = string(255, pattern=r"[A-Z0-9]+")
PIECES_MOST = 1000  # Slack names no number here; the 13,200 characters of a message bite long before


def plain(most: int) -> Check:
    return typed({"plain_text": record({"text": string(most)}, {"emoji": flag})})


def words(most: int) -> Check:
    """plain_text or mrkdwn; each has one switch of its own."""
    return typed(
        {
            "plain_text": record({"text": string(most)}, {"emoji": flag}),
            "mrkdwn": record({"text": string(most)}, {"verbatim": flag}),
        }
    )


STYLE = record(
    NOTHING,
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), flag),
)
STYLED = {"style": STYLE}
TEXT_PIECE = record({"text": string(40_000)}, STYLED)
LINK_PIECE = record({"url": LINK}, {"text": string(40_000), "unsafe": flag, **STYLED})

PIECES = typed(
    {
        "text": TEXT_PIECE,
        "link": LINK_PIECE,
        "user": record({"user_id": ID}, STYLED),
        "usergroup": record({"usergroup_id": ID}, STYLED),
        "channel": record({"channel_id": ID}, STYLED),
        "team": record({"team_id": ID}, STYLED),
        "emoji": record({"name": string(255)}, {"unicode": string(255), "skin_tone": whole(1, 6), **STYLED}),
        "broadcast": record({"range": choice("here", "channel", "everyone")}, STYLED),
        "color": record({"value": string(16)}, STYLED),
        "date": record(
            {"timestamp": whole(0, 10**10), "format": string(255)},
            {"url": LINK, "fallback": string(3000), **STYLED},
        ),
    }
)
SECTION = record({"elements": items(PIECES, PIECES_MOST, least=0)})
BORDER = whole(0, 1)

RICH_TEXT_ELEMENTS = items(
    typed(
        {
            "rich_text_section": SECTION,
            "rich_text_list": record(
                {
                    "style": choice("bullet", "ordered"),
                    "elements": items(typed({"rich_text_section": SECTION}), PIECES_MOST),
                },
                {"indent": whole(0, 8), "offset": whole(0, 10_000), "border": BORDER},
            ),
            "rich_text_preformatted": record(
                {"elements": items(typed({"text": TEXT_PIECE, "link": LINK_PIECE}), PIECES_MOST, least=0)},
                {"border": BORDER, "language": string(64)},
            ),
            "rich_text_quote": record({"elements": items(PIECES, PIECES_MOST, least=0)}, {"border": BORDER}),
        }
    ),
    PIECES_MOST,
)
RICH_TEXT = record({"elements": RICH_TEXT_ELEMENTS}, {"block_id": string(255)})
CELL = typed(
    {
        "raw_text": record({"text": string(10_000)}),
        "raw_number": record({"value": number}, {"text": string(10_000)}),
        "rich_text": RICH_TEXT,
    }
)
HEADER_CELL = typed(
    {
        "raw_text": record({"text": string(10_000)}),
        "raw_number": record({"value": number}, {"text": string(10_000)}),
    }
)
