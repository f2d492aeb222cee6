"""For all tests: --no-skips fails where one would be skipped; --both and --crossed tell stories in more ways."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
from hypothesis import settings

from tests.databases import drop_lent

_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)


# The same examples each time, so that a change is blamed for what it broke. `--hypothesis-profile=default`: others.
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips", action="store_true", help="fail where something would be skipped or expected to fail"
    )
    parser.addoption("--both", action="store_true", help="tell every story on both databases, also those about words")
    parser.addoption(
        "--crossed", action="store_true", help="tell stories on SQLite over HTTP, on PostgreSQL over sockets"
    )


@pytest.fixture(autouse=True)
def _databases_given_back() -> Iterator[None]:
    """Set up before anything else, so done last: when nobody is at work in them any more."""
    yield
    drop_lent()


def _refused(report: _Report, config: pytest.Config) -> _Report:
    if report.skipped and config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which --no-skips refuses: {report.longrepr}"
        if hasattr(report, "wasxfail"):
            del report.wasxfail
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _refused((yield), item.config)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _refused((yield), collector.config)
