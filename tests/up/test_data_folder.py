import os
import stat
from pathlib import Path

import pytest

from jobyard.up.data_folder import DataFolder
from jobyard.up.errors import UpError


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    return folder


def test_a_second_one_is_told_who_has_it(folder: DataFolder) -> None:
    folder.lock()
    with pytest.raises(UpError, match=rf"already running on {folder.path} \(pid {os.getpid()}\)"):
        DataFolder(folder.path).lock()
    folder.unlock()
    again = DataFolder(folder.path)
    assert again.lock() is False
    again.unlock()


def test_a_lock_that_was_left_by_a_kill_is_noticed(folder: DataFolder) -> None:
    (folder.path / "up.lock").write_text("12345", encoding="ascii")
    assert folder.lock() is True
    folder.unlock()


def test_the_lock_is_private_also_where_an_earlier_release_made_it(folder: DataFolder) -> None:
    folder.lock()
    path = folder.path / "up.lock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    folder.unlock()
    path.chmod(0o644)
    folder.lock()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    folder.unlock()


def test_the_secret_is_made_once_and_is_private(folder: DataFolder) -> None:
    secret = folder.secret()
    assert len(secret.encode()) >= 32
    assert DataFolder(folder.path).secret() == secret
    assert stat.S_IMODE((folder.path / "secret").stat().st_mode) == 0o600


def test_the_environment_can_be_read_only_while_it_runs(folder: DataFolder) -> None:
    beside = DataFolder(folder.path)
    assert beside.read_environment() is None
    folder.lock()
    folder.write_environment({"JOBYARD_DATABASE_URL": "postgresql://here"})
    assert beside.read_environment() == {"JOBYARD_DATABASE_URL": "postgresql://here"}
    assert stat.S_IMODE((folder.path / "environment.json").stat().st_mode) == 0o600
    folder.unlock()
    assert beside.read_environment() is None


def test_what_a_killed_run_left_is_not_taken_for_a_running_one(folder: DataFolder) -> None:
    folder.write_environment({"JOBYARD_DATABASE_URL": "postgresql://gone"})
    (folder.path / "up.lock").write_text("12345", encoding="ascii")
    assert folder.read_environment() is None


def test_a_folder_that_is_not_ours_to_write_to_is_named_with_the_way_out(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = folder.path / "up.lock"
    refused.write_text("", encoding="ascii")

    # Root may write everywhere: so the answer of the machine is told here.
    def access(path: Path, _: int) -> bool:
        return path != refused

    monkeypatch.setattr(os, "access", access)
    with pytest.raises(UpError, match=rf"{refused} belongs to another user or is read-only: .*JOBYARD_DATA_DIR"):
        folder.lock()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(UpError, match=r"JOBYARD_DATA_DIR .*/file/data cannot be made: Not a directory"):
        DataFolder(tmp_path / "file" / "data").make()
