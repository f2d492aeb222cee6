"""Two versions of a report beside each other: every difference is told, once, under its heading."""

from __future__ import annotations

from templates.comparing import Change, Section, as_text, compared

BEFORE = """# Report

**Status**: DRAFT

## Timeline

| Time | Event |
| --- | --- |
| [14:02](https://x.example/a) | db failover |
| 14:05 | rolled back |

## Notes

- one
- two
"""


def changes(after: str) -> dict[str, tuple[Change, ...]]:
    return {section.title: section.changes for section in compared(BEFORE, after)}


def test_a_report_compared_with_itself_differs_in_nothing() -> None:
    assert compared(BEFORE, BEFORE) == ()
    assert as_text((), "1.0 → 1.0") == "1.0 → 1.0\n\nNothing differs.\n"


def test_an_address_alone_is_no_difference_a_word_is() -> None:
    assert changes(BEFORE.replace("example/a", "example/b")) == {}
    assert changes(BEFORE.replace("db failover", "db \\*failover\\* &amp; more")) == {
        "Timeline": (Change("14:02 · db failover", "14:02 · db *failover* & more"),)
    }


def test_what_is_added_removed_and_changed_stands_under_its_heading() -> None:
    after = BEFORE.replace("DRAFT", "PUBLISHED").replace("- two\n", "- two\n- three\n")
    after = after.replace("| 14:05 | rolled back |\n", "")
    assert changes(after) == {
        "Report": (Change("Status: DRAFT", "Status: PUBLISHED"),),
        "Timeline": (Change("14:05 · rolled back", None),),
        "Notes": (Change(None, "three"),),
    }


def test_lines_with_nothing_in_common_are_one_gone_and_one_new() -> None:
    assert changes(BEFORE.replace("- two", "- zebra stripes"))["Notes"] == (
        Change("two", None),
        Change(None, "zebra stripes"),
    )


def test_a_section_of_one_version_alone_is_told_whole() -> None:
    found = compared(BEFORE, BEFORE[: BEFORE.index("## Notes")] + "## Costs\n\nNone.\n")
    assert found == (
        Section("Costs", (Change(None, "None."),)),
        Section("Notes", (Change("one", None), Change("two", None))),
    )
    assert as_text(found, "a → b").splitlines()[2:] == ["Costs", "  + None.", "", "Notes", "  - one", "  - two"]


def test_headings_that_stand_twice_are_kept_apart() -> None:
    twice = "# R\n\n## A\n\n### Why\n\nx\n\n## B\n\n### Why\n\ny\n"
    assert [section.title for section in compared(twice, twice.replace("\ny\n", "\nz\n"))] == ["B › Why"]
