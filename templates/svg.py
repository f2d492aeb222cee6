"""The timeline picture as SVG: by itself, or within a page."""

from __future__ import annotations

from markupsafe import Markup

from bot.report import Report
from templates import picture, shapes, shelf


def svg(report: Report, width: float = picture.WIDTH, *, titled: bool = True) -> str:
    """An SVG document; `titled`: it says itself which incident it shows."""
    canvas = shapes.canvas(picture.draw(report, width), titled=titled)
    return shelf.markup().get_template("_media/timeline.svg.j2").render(canvas=canvas, colours=shapes.COLOURS)


def figure(report: Report, width: float) -> Markup:
    """The picture in a page that has its own title."""
    return Markup('<figure class="picture">\n{}</figure>').format(Markup(svg(report, width, titled=False)))  # noqa: S704
