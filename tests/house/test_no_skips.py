"""--no-skips: what is missing on a machine cannot pass for tested."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT

SKIPS = {
    "mark": "import pytest\n@pytest.mark.skip(reason='no database')\ndef test_it() -> None: ...\n",
    "call": "import pytest\ndef test_it() -> None:\n    pytest.skip('no database')\n",
    "file": "import pytest\npytest.importorskip('no_such_package')\n",
    "fixture": "import pytest\n@pytest.fixture\ndef db():\n    pytest.skip('x')\ndef test_it(db): ...\n",
    "xfail": "import pytest\n@pytest.mark.xfail\ndef test_it() -> None:\n    raise AssertionError\n",
}


def outcomes(folder: Path, *options: str) -> dict[str, int]:
    """How many tests and files of the folder ended how, with the suite's own plugin loaded."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:warnings",  # the count in the last line is of outcomes alone
        "-c",
        "/dev/null",
    ]
    run = [*command, f"--rootdir={folder}", *options, str(folder)]
    last = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False).stdout.splitlines()[-1]
    return {word.rstrip("s"): int(count) for count, word in re.findall(r"(\d+) ([a-z]+)", last) if word != "in"}


def test_a_skip_in_any_form_fails_the_run(tmp_path: Path) -> None:
    for way, text in SKIPS.items():
        (tmp_path / f"test_{way}.py").write_text(text)
    assert outcomes(tmp_path) == {"skipped": 4, "xfailed": 1}
    assert outcomes(tmp_path, "--no-skips", "--continue-on-collection-errors") == {"failed": 2, "error": 3}
