"""What is installed is pinned by hash, and no lock file names a registry's host (S9)."""

import json
import re

import pytest

from tests.docs.pages import page


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "tools.txt"])
def test_every_python_package_has_one_version_and_hashes(name: str) -> None:
    text = page(name)
    assert "://" not in text
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_pages_packages_have_hashes() -> None:
    text = page("frontend/pnpm-lock.yaml")
    assert "://" not in text
    packages = text.partition("\npackages:\n")[2].partition("\nsnapshots:\n")[0]
    names = re.findall(r"^  \S.*:$", packages, re.MULTILINE)
    assert names
    assert packages.count("integrity: sha512-") == len(names)


def test_pnpm_itself_has_a_hash() -> None:
    packages = json.loads(page("deploy/pnpm/package-lock.json"))["packages"]
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
