"""Golden files: what a report looks like is kept, and what it became is left beside it when it differs."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent / "goldens"


def same_as(name: str, actual: str, folder: Path = HERE) -> None:
    """Fails when the text is not the golden file's, and leaves it as `actual-<name>` to look at or to keep."""
    expected = folder / name
    left = folder / f"actual-{name}"
    if expected.is_file() and expected.read_text(encoding="utf-8") == actual:
        left.unlink(missing_ok=True)
        return
    left.write_text(actual, encoding="utf-8")
    raise AssertionError(f"{name} is not what it was: compare {left.name} beside it")
