"""docs/operations.md lists every check of `jobyard doctor`, in its order."""

from jobyard.doctor import disk, front_door, secret
from jobyard.doctor.examination import CHECKS
from tests.docs.pages import page, rows


def test_every_check_is_listed_and_nothing_else_is() -> None:
    text = page("docs/operations.md").partition("<!-- checks: begin -->")[2].partition("<!-- checks: end -->")[0]
    listed = [row[0].strip("`") for row in rows(text)]
    assert listed == ["settings", secret.NAME, front_door.NAME, disk.NAME, *CHECKS]
