"""Configuration: the example is the documentation, mistakes come all at once, and no sentence repeats a secret."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from bot.policy import FollowUps, Objective, Policy, Reminders
from bot.words import Deed, Milestone, Severity
from handlers import scribe_toml
from handlers.mistakes import Misconfigured
from handlers.settings import VARIABLES, load

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "scribe.example.toml").read_text(encoding="utf-8")
UNCOMMENTED = re.sub(r"^#(?=\S)", "", EXAMPLE, flags=re.MULTILINE)
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_APP_TOKEN": "xapp-1-secret"}
PRETEND = {**TOKENS, "SLACK_API_URL": "http://127.0.0.1:8300/api/"}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(environ: dict[str, str], *, connecting: bool = True) -> dict[str, str]:
    with pytest.raises(Misconfigured) as caught:
        load(environ, connecting=connecting)
    return {mistake.key: mistake.sentence for mistake in caught.value.mistakes}


def refused_file(text: str) -> dict[str, str]:
    with pytest.raises(Misconfigured) as caught:
        scribe_toml.parse(text)
    return {mistake.key: mistake.sentence for mistake in caught.value.mistakes}


def keys_of(table: object, prefix: str = "") -> set[str]:
    if isinstance(table, list):
        return {prefix}.union(*(keys_of(item, prefix) for item in table))
    if not isinstance(table, dict):
        return {prefix}
    return {prefix}.union(*(keys_of(value, f"{prefix}.{key}".lstrip(".")) for key, value in table.items()))


def test_the_example_as_it_stands_is_the_default() -> None:
    assert scribe_toml.parse(EXAMPLE) == scribe_toml.parse("") == Policy()


def test_the_example_with_its_samples_uncommented_is_valid_and_sets_every_key() -> None:
    policy = scribe_toml.parse(UNCOMMENTED)
    assert policy.objectives == (
        Objective("Checkout availability", 0.999, timedelta(days=30), "checkout"),
        Objective("Latency p99", 300, timedelta(days=30), unit="ms"),
    )
    assert policy.targets["ttd"] == {Severity.CRITICAL: timedelta(minutes=5), Severity.HIGH: timedelta(minutes=15)}
    assert policy.vocabulary["triage"] is Milestone.TRIAGED
    documented = keys_of(tomllib.loads(UNCOMMENTED))
    assert documented >= set(scribe_toml.ScribeToml.model_fields)
    assert documented >= {f"roles_needed.{deed}" for deed in Deed}
    assert documented >= {f"objectives.{key}" for key in scribe_toml.ObjectiveTable.model_fields}
    assert documented >= {f"follow_ups.{key}" for key in scribe_toml.FollowUpsTable.model_fields}
    assert documented >= {f"reminders.{key}" for key in {*scribe_toml.RemindersTable.model_fields} - {"terms"}}
    assert policy.reminders.terms == {"gdpr": timedelta(hours=48)}


def test_the_files_keys_are_the_fields_of_the_policy() -> None:
    assert set(scribe_toml.ScribeToml.model_fields) == {field.name for field in fields(Policy)}
    assert set(scribe_toml.ObjectiveTable.model_fields) == {field.name for field in fields(Objective)}
    assert set(scribe_toml.FollowUpsTable.model_fields) == {field.name for field in fields(FollowUps)}
    assert set(scribe_toml.RemindersTable.model_fields) == {field.name for field in fields(Reminders)}


def test_the_example_names_every_word_a_reaction_can_mean() -> None:
    sentence = refused_file('[vocabulary]\nfire = "hot"')["vocabulary.fire"]
    for word in sentence.split("one of: ")[1].split(", "):
        assert re.search(rf"\b{word}\b", EXAMPLE), f"{word} is not documented"


def test_the_vocabulary_is_extended_and_an_empty_word_takes_one_out() -> None:
    policy = scribe_toml.parse('[vocabulary]\nfire = "impact"\npushpin = ""\n[aliases]\nflame = "fire"\ntools = ""')
    assert policy.meaning("flame::skin-tone-2") == "impact"
    assert policy.meaning("pushpin") is None
    assert policy.meaning("boom") is Milestone.STARTED
    assert policy.meaning("tools") is None


def test_every_mistake_of_the_file_is_told_at_once_with_its_key() -> None:
    told = refused_file(
        """
        famly = "slo"
        severity = "sev1"
        services = "checkout"
        responders = ["maria"]
        broadcast_channel = "#incidents"
        channel_prefix = "Incident "
        customers = [""]
        guests_may_command = "yes"
        late_after = 10
        [vocabulary]
        ":fire:" = "impact"
        boom = "started_at"
        [[objectives]]
        name = "Availability"
        target = 99.9
        windw = "30d"
        [targets.ttd]
        sev1 = "5m"
        critical = "soon"
        [targets.mttr]
        high = "1h"
        """
    )
    assert told.keys() == {
        "famly", "severity", "services", "responders[0]", "broadcast_channel", "channel_prefix", "customers[0]",
        "guests_may_command", "late_after", "vocabulary.:fire:", "vocabulary.boom", "objectives[0].target",
        "objectives[0].window", "objectives[0].windw", "targets.ttd.sev1", "targets.ttd.critical", "targets.mttr",
    }  # fmt: skip
    assert told["famly"] == "is not a setting of Scribe; did you mean family?"
    assert told["objectives[0].windw"] == "is not a setting of Scribe; did you mean window?"
    assert told["objectives[0].window"] == "is missing"
    assert (
        told["objectives[0].target"] == "must be a fraction between 0 and 1, such as 0.999 for 99.9 %, or have a unit"
    )
    assert told["severity"] == 'must be "critical", "high", "medium" or "low"'
    assert told["services"] == 'must be a list, such as ["one", "two"]'
    assert told["guests_may_command"] == "must be true or false"
    assert told["targets.mttr"].startswith("must be one of: ttd, tta, ttm, ttr")
    assert told["late_after"].startswith('must be a length of time such as "90s"')


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('confirmation = "boom"', "confirmation"),
        ('confirmation = "collision"', "confirmation"),
        ('[aliases]\nflame = "fire"', "aliases.flame"),
        ('[aliases]\npushpin = "boom"', "aliases.pushpin"),
        ('late_after = "0s"', "late_after"),
        ('[[objectives]]\nname = "Latency"\nunit = "ms"\ntarget = 0\nwindow = "30d"', "objectives[0].target"),
        ("services = [", "scribe.toml"),
        ('family = "novel"', "family"),
        ("objectives = 1", "objectives"),
        ("targets = 1", "targets"),
        ("family = 1", "family"),
    ],
)
def test_a_contradiction_in_the_file_is_refused(text: str, key: str) -> None:
    assert refused_file(text).keys() == {key}


def test_an_environment_with_tokens_alone_is_enough() -> None:
    settings = load(TOKENS, connecting=True)
    assert settings.bot_token.get_secret_value() == "xoxb-1-secret"
    assert (settings.api_url, settings.transport, settings.port) == ("https://slack.com/api/", "socket", None)
    assert settings.database_url.get_secret_value() == "sqlite:///scribe.db"
    assert settings.policy == Policy()


def test_the_database_commands_need_no_token() -> None:
    assert load({}, connecting=False).policy == Policy()


def test_a_transport_says_which_secret_it_lacks() -> None:
    assert refused({}).keys() == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}
    assert refused({"SCRIBE_TRANSPORT": "http"}).keys() == {"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"}


def test_the_mistakes_of_the_environment_and_of_the_file_come_together(tmp_path: Path) -> None:
    (tmp_path / "scribe.toml").write_text('famly = "slo"')
    told = refused(
        {
            "SLACK_BOT_TOKEN": "xoxp-a-persons-secret",
            "SLACK_API_URL": "http://slack.example/api",
            "SCRIBE_DATABASE_URL": "mysql://scribe:hidden@db/scribe",
            "SCRIBE_TRANSPORT": "carrier pigeon",
            "SCRIBE_PORT": "http",
            "SCRIBE_CONFG": "scribe.toml",
            "SCRIBE_PULSE": "0.0.0.0:1",
        }
    )
    assert told.keys() == {
        "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "SCRIBE_DATABASE_URL", "SCRIBE_TRANSPORT",
        "SCRIBE_PORT", "SCRIBE_CONFG", "SCRIBE_PULSE", "famly",
    }  # fmt: skip
    assert told["SCRIBE_CONFG"].endswith("did you mean SCRIBE_CONFIG?")
    assert told["SLACK_BOT_TOKEN"].startswith("must begin with xoxb-")
    assert not re.search("a-persons-secret|hidden|carrier", " ".join(told.values()))


@pytest.mark.parametrize("name", ["SCRIBE_CLOCK_URL", "SCRIBE_PULSE"])
@pytest.mark.parametrize("api", [None, "https://slack.com/api/", "https://127.0.0.1.example.com/api/"])
def test_another_clock_and_the_pulse_are_refused_unless_slack_is_pretended_here(name: str, api: str | None) -> None:
    value = {"SCRIBE_CLOCK_URL": "ws://127.0.0.1:8300/clock", "SCRIBE_PULSE": "127.0.0.1:8301"}[name]
    environ = {**TOKENS, name: value} | ({"SLACK_API_URL": api} if api else {})
    assert "loopback" in refused(environ)[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCRIBE_CLOCK_URL", "ws://10.0.0.1:8300/clock"),
        ("SCRIBE_CLOCK_URL", "http://127.0.0.1:8300/clock"),
        ("SCRIBE_PULSE", "0.0.0.0:8301"),
        ("SCRIBE_PULSE", "127.0.0.1"),
        ("SCRIBE_PULSE", "127.0.0.1:99999"),
    ],
)
def test_the_clock_and_the_pulse_themselves_stay_on_this_machine(name: str, value: str) -> None:
    assert refused({**PRETEND, name: value}).keys() == {name}


def test_a_pretended_slack_may_bring_its_clock() -> None:
    settings = load(
        {**PRETEND, "SCRIBE_CLOCK_URL": "ws://[::1]:8300/clock", "SCRIBE_PULSE": "[::1]:8301"}, connecting=True
    )
    assert (settings.clock_url, settings.pulse) == ("ws://[::1]:8300/clock", "[::1]:8301")


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    assert "No such file" in refused({**TOKENS, "SCRIBE_CONFIG": str(tmp_path / "absent.toml")})["SCRIBE_CONFIG"]
    (tmp_path / "latin.toml").write_bytes(b'family = "\xe9"')
    assert "UTF-8" in refused({**TOKENS, "SCRIBE_CONFIG": "latin.toml"})["SCRIBE_CONFIG"]


def test_the_settings_never_show_a_secret() -> None:
    settings = load({**TOKENS, "SCRIBE_DATABASE_URL": "postgresql://scribe:hidden@db/scribe"}, connecting=True)
    assert not re.search("1-secret|hidden", repr(settings) + str(settings))


def test_bolts_own_switch_to_another_kind_of_installation_is_refused() -> None:
    assert refused({**TOKENS, "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hidden"}).keys() == {"SLACK_CLIENT_ID"}


def test_each_variable_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [name for name in VARIABLES if f"`{name}`" not in page] == []
    assert set(re.findall(r"`(S(?:CRIBE|LACK)_[A-Z_]+)`", page)) == set(VARIABLES)


def test_follow_ups_have_their_own_table_with_sentences_for_what_is_wrong() -> None:
    read = scribe_toml.parse(
        '[follow_ups]\nhour = "08:30"\nholidays = ["2026-12-25"]\noverdue_on = []\nbefore = [7, 2]'
    )
    assert (f"{read.follow_ups.hour:%H:%M}", read.follow_ups.before) == ("08:30", (7, 2))
    assert read.follow_ups.overdue_on == frozenset()
    assert [day.isoformat() for day in read.follow_ups.holidays] == ["2026-12-25"]
    told = refused_file(
        """
        [follow_ups]
        hour = "9"
        workdays = []
        holidays = ["Christmas"]
        zone = "Zurich"
        before = [0]
        steps_within = -1
        channel = "#ops"
        weekly_on = "mon"
        """
    )
    assert {key.split(".")[1] for key in told} == {
        "hour", "workdays", "holidays[0]", "zone", "before[0]", "steps_within", "channel", "weekly_on",
    }  # fmt: skip
    assert refused_file('[follow_ups]\nhour = "10:00"\nuntil = "09:00"') == {
        "follow_ups.until": "must be later than the hour"
    }
