"""What is wrong with the settings beside one another, and with the disks."""

from pathlib import Path
from typing import Any

import pytest

from jobyard.doctor.disk import GIB, check_disks, judge
from jobyard.doctor.findings import Verdict, duration
from jobyard.doctor.front_door import check_front_door
from jobyard.doctor.secret import check_secret
from tests.doctor.conftest import SECRET, only, settings


def test_a_good_secret() -> None:
    assert only(check_secret(settings())).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"secret": "abcdefghij" * 3 + "ab"}, "about 106 bits"),
        ({"database_url": f"postgresql://jobyard:{SECRET}@db/jobyard"}, "also in JOBYARD_DATABASE_URL"),
    ],
)
def test_a_secret_that_is_taken_and_not_good(changes: dict[str, Any], told: str) -> None:
    finding = only(check_secret(settings(**changes)))
    assert finding.verdict is Verdict.WARN
    assert told in finding.message
    assert settings(**changes).secret not in finding.message + finding.remedy


def test_a_good_front_door() -> None:
    finding = only(check_front_door(settings(allowed_origins=("https://pages.example.org",))))
    assert finding.verdict is Verdict.OK
    assert "__Host-jobyard, Secure" in finding.message
    developing = settings(production=False, public_url="http://localhost:8080", signup="open", demo_kinds=True)
    assert only(check_front_door(developing)).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("changes", "verdict", "told"),
    [
        ({"public_url": "http://localhost:8080"}, Verdict.WARN, "no Secure cookie"),
        ({"production": False}, Verdict.WARN, "the defaults of development"),
        ({"allowed_origins": ("https://a.example/",)}, Verdict.WARN, "which no browser sends"),
        ({"allowed_origins": ("a.example",)}, Verdict.WARN, "which no browser sends"),
        ({"allowed_origins": ("http://a.example",)}, Verdict.WARN, "anybody on the way can change"),
        ({"trusted_proxies": ("127.0.0.1", "0.0.0.0/0")}, Verdict.FAIL, "has 0.0.0.0/0"),
        ({"trusted_proxies": ("::/0",)}, Verdict.FAIL, "has ::/0"),
        ({"trusted_proxies": ("*",)}, Verdict.FAIL, "has *"),
        ({"signup": "domain:example.org"}, Verdict.WARN, "without a mail server"),
    ],
)
def test_a_front_door_that_lets_too_many_in(changes: dict[str, Any], verdict: Verdict, told: str) -> None:
    finding = only(check_front_door(settings(**changes)))
    assert finding.verdict is verdict
    assert told in finding.message


@pytest.mark.parametrize(
    ("total", "free", "verdict"),
    [
        (100 * GIB, 50 * GIB, Verdict.OK),
        (8_000 * GIB, 60 * GIB, Verdict.OK),  # less than a hundredth, and plenty
        (20 * GIB, 4 * GIB, Verdict.WARN),
        (200 * GIB, 15 * GIB, Verdict.WARN),
        (20 * GIB, GIB // 2, Verdict.FAIL),
        (1_000 * GIB, 5 * GIB, Verdict.FAIL),
        (0, 0, Verdict.FAIL),
    ],
)
def test_room_on_a_disk(total: int, free: int, verdict: Verdict) -> None:
    assert judge("/data", total, free).verdict is verdict


def test_disks_that_are_named(tmp_path: Path) -> None:
    there, missing = check_disks([tmp_path, tmp_path / "missing"])
    assert there.message.startswith(f"{tmp_path}: ")
    assert (missing.verdict, "cannot be looked at" in missing.message) == (Verdict.WARN, True)


def test_lengths_of_time() -> None:
    assert [duration(seconds) for seconds in (0.001, 90, 600, 10_000, 300_000)] == [
        "0.001 s", "90 s", "10 min", "2.78 h", "3.47 days",
    ]  # fmt: skip
