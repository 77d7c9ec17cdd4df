from pathlib import Path

import pytest

from jobyard.postgres.embedded import EmbeddedPostgres
from jobyard.up.data_folder import DataFolder
from jobyard.up.errors import UpError
from jobyard.up.parts import make_parts, postgres_part
from jobyard.up.plan import make_plan
from jobyard.up.terminal import Terminal


@pytest.mark.parametrize("value", ["abc", "-1", "2.5", "3601"])
def test_a_wrong_grace_time_is_told_before_anything_starts(tmp_path: Path, value: str) -> None:
    name = "JOBYARD_SHUTDOWN_GRACE_SECONDS"
    given = {"JOBYARD_DATA_DIR": str(tmp_path), "JOBYARD_DATABASE_URL": "postgresql://127.0.0.1:1/x", name: value}
    with pytest.raises(UpError, match=f"{name} must be a whole number from 0 to 3600, not '{value}'"):
        make_parts(make_plan(given, dev=False), DataFolder(tmp_path), Terminal())


def test_a_database_that_was_deleted_is_not_made_anew_behind_ones_back(tmp_path: Path) -> None:
    part = postgres_part(EmbeddedPostgres(tmp_path / "postgres"))
    assert part.before is not None
    with pytest.raises(UpError, match=rf"{tmp_path}/postgres/cluster is gone"):
        part.before()
    assert not (tmp_path / "postgres").exists()
