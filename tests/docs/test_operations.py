"""docs/operations.md lists what there is: every setting with its default, limits, metrics, and nothing else."""

import ast
import dataclasses
import re
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from jobyard import observability
from jobyard.domain.limits import BOUNDS, Limits
from jobyard.ports import Retention
from jobyard.settings import LIMIT_PREFIX
from tests.docs.pages import ROOT, page, rows, section

OPERATIONS = page("docs/operations.md")
NAME = re.compile(r"\bJOBYARD_[A-Z_]+\b")
SETTINGS = "backend/jobyard/settings.py"


def table(name: str) -> dict[str, list[str]]:
    """The rows between two marks, by what stands first."""
    _, _, rest = OPERATIONS.partition(f"<!-- {name}: begin -->")
    text, end, _ = rest.partition(f"<!-- {name}: end -->")
    assert end, name
    found = rows(text)
    assert len({row[0] for row in found}) == len(found), f"{name}: a row stands there twice"
    return {row[0].strip("`"): row[1:] for row in found}


def test_every_setting_is_listed_and_nothing_else_is() -> None:
    assert set(table("settings")) == set(NAME.findall(page(SETTINGS))) - {LIMIT_PREFIX}


def test_numbers_have_their_default_and_their_bounds() -> None:
    listed = table("settings")
    calls = [call for call in reads("_number") if len(call) == 4]  # where the default is no literal, 3
    assert len(calls) > 3
    for name, default, least, most in calls:
        assert listed[name][0] == f"`{default}`", name
        assert f"{least} to {most}" in listed[name][1], name


def test_flags_and_texts_have_their_default() -> None:
    listed = table("settings")
    told = [*reads("_text"), *reads("_flag")]
    assert len(told) > 5
    for name, *default in told:
        if default and isinstance(default[0], str | bool) and default[0] != "":
            word = str(default[0]).lower() if isinstance(default[0], bool) else default[0]
            assert listed[name][0].startswith(f"`{word}`"), name
    # What depends on JOBYARD_ENV.
    assert listed["JOBYARD_SIGNUP"][0] == "`closed`, in development `open`"
    assert listed["JOBYARD_DEMO_KINDS"][0] == "`false`, in development `true`"
    assert listed["JOBYARD_LOG_JSON"][0] == "`true`, in development `false`"


def reads(method: str) -> list[list[Any]]:
    """The literal arguments of every call of this method of the reader, defaults that are no literals left out."""
    found: list[list[Any]] = []
    for node in ast.walk(ast.parse(page(SETTINGS))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            constants = [value.value for value in values if isinstance(value, ast.Constant)]
            if constants and str(constants[0]).startswith("JOBYARD_"):
                found.append(constants)
    return found


def test_other_variables_are_read_by_something() -> None:
    """Those of `up`, of compose and of the tests' recipes."""
    limits = {LIMIT_PREFIX, *(LIMIT_PREFIX + name.upper() for name in BOUNDS)}
    others = set(NAME.findall(OPERATIONS)) - set(table("settings")) - limits
    sources = [*(ROOT / "backend/jobyard/up").glob("*.py"), ROOT / "docker-compose.yml", ROOT / "deploy/setup.sh"]
    known = {name for source in sources for name in NAME.findall(source.read_text(encoding="utf-8"))}
    assert others
    assert others <= known


def test_what_compose_asks_for_is_listed() -> None:
    asked = set(re.findall(r"\$\{(JOBYARD_[A-Z_]+)", page("docker-compose.yml")))
    assert len(asked) > 2
    assert asked <= set(NAME.findall(section(OPERATIONS, "Of `docker-compose.yml`")))


def test_every_limit_is_listed_with_its_value() -> None:
    listed = {name: float(row[0].replace(",", "")) for name, row in table("limits").items()}
    assert listed == {name: float(value) for name, value in dataclasses.asdict(Limits()).items()}


def test_limits_that_can_be_set_are_listed_with_their_bounds() -> None:
    listed = {name: row[1] for name, row in table("limits").items() if row[1]}
    assert listed == {name: f"{least:,} to {most:,}" for name, (least, most) in BOUNDS.items()}


def test_retention_is_told_as_it_is() -> None:
    text = " ".join(section(OPERATIONS, "Retention").split())
    kept = Retention()
    for part in (
        f"completed jobs after {kept.completed_days} days",
        f"failed and cancelled ones after {kept.failed_days}",
        f"timelines after {kept.event_days}",
        f"notifications after {kept.notification_days}",
        f"statistics after {kept.stats_days}",
    ):
        assert part in text


def test_every_metric_is_listed_with_its_labels() -> None:
    listed = {name: {label.strip() for label in row[0].split(",") if label} for name, row in table("metrics").items()}
    ours = [one for one in vars(observability).values() if isinstance(one, Counter | Gauge | Histogram)]
    assert len(ours) > 10
    made: dict[str, set[str]] = {}
    for metric in ours:
        name = next(iter(metric.describe())).name
        made[f"{name}_total" if isinstance(metric, Counter) else name] = set(metric._labelnames)  # pyright: ignore[reportPrivateUsage, reportUnknownArgumentType, reportUnknownMemberType, reportAttributeAccessIssue]
    assert listed == made
