"""What `just audit` makes of the answers of advisory services, and of their silence."""

import json
import sys
from typing import Any

import pytest
from deploy.audit import AUDITS, Audit, main, read_pip_audit, read_pnpm_audit

CLEAN: dict[str, Any] = {"dependencies": [{"name": "anyio", "version": "4.9.0", "vulns": []}]}
HOLED: dict[str, Any] = {
    "dependencies": [{"name": "anyio", "version": "1.0.0", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}]
}
SKIPPED: dict[str, Any] = {"dependencies": [{"name": "ours", "skip_reason": "not on PyPI"}]}
ADVISORY = {"module_name": "lodash", "vulnerable_versions": "<4.17.21", "url": "https://github.com/advisories/GHSA-1"}


def answering(text: str, exit_code: int = 0, read: Any = read_pip_audit) -> Audit:
    """A service that says this."""
    return Audit("packages", [sys.executable, "-c", f"import sys; print({text!r}); sys.exit({exit_code})"], read)


def test_no_hole_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    clean = [answering(json.dumps(CLEAN)), answering(json.dumps({"advisories": {}}), read=read_pnpm_audit)]
    assert main(clean) == 0
    assert capsys.readouterr().out.count("no known holes\n") == 2


def test_a_package_that_the_service_does_not_know_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    some = {"dependencies": CLEAN["dependencies"] + SKIPPED["dependencies"]}
    assert main([answering(json.dumps(some))]) == 0
    assert "ours: NOT looked up" in capsys.readouterr().out


def test_a_known_hole_fails_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Both tools exit with 1 then, as they do when nobody answers them: what they say decides."""
    page = answering(json.dumps({"advisories": {"1": ADVISORY}}), 1, read_pnpm_audit)
    assert main([answering(json.dumps(HOLED), 1), page]) == 1
    told = capsys.readouterr().out
    assert "anyio 1.0.0: PYSEC-1" in told
    assert "lodash <4.17.21: https://github.com/advisories/GHSA-1" in told
    assert told.count("1 known hole\n") == 2


@pytest.mark.parametrize(
    "audit",
    [
        answering("", 1),
        answering("[]"),
        answering(json.dumps(SKIPPED)),  # a mirror that has packages and knows no holes
        answering('{"error": {"code": "ERR_PNPM_AUDIT_ENDPOINT_NOT_EXISTS"}}', 1, read_pnpm_audit),
        Audit("packages", ["no-such-program"], read_pip_audit),
    ],
)
def test_who_does_not_answer_is_named_and_fails_nothing(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([audit]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line == "audit: packages: NOT looked up, the advisory service does not answer here"


def test_what_ships_is_looked_up() -> None:
    assert [audit.read for audit in AUDITS] == [read_pip_audit, read_pnpm_audit]
