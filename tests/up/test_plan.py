import socket
from pathlib import Path

import pytest

from jobyard.up.errors import UpError
from jobyard.up.plan import REPOSITORY, check_port, data_dir, make_plan


def test_a_port_in_use_is_named_with_the_variable_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        plan = make_plan({"JOBYARD_HTTP_PORT": str(port)}, dev=False)
        with pytest.raises(
            UpError, match=rf"port {port} is in use by another program.*JOBYARD_HTTP_PORT=\d+ ./just up"
        ):
            check_port(plan, patient=False)
    check_port(plan, patient=False)


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UpError, match=f"JOBYARD_HTTP_PORT must be a port from 1 to 65535, not '{text}'"):
        make_plan({"JOBYARD_HTTP_PORT": text}, dev=False)


def test_defaults() -> None:
    plan = make_plan({}, dev=False)
    assert plan.page == "http://localhost:8080/app"
    assert plan.data_dir == REPOSITORY / ".jobyard"
    assert plan.addresses[0] == "127.0.0.1"
    assert (REPOSITORY / "Caddyfile").exists()


def test_the_data_folder_is_the_callers_to_choose(tmp_path: Path) -> None:
    assert data_dir({"JOBYARD_DATA_DIR": str(tmp_path)}) == tmp_path


def test_the_page_has_one_name_unless_the_caller_gives_the_public_address() -> None:
    def hosts(**given: str) -> str:
        return make_plan(given, dev=False).caddy_environment(Path("/x"))["JOBYARD_HOSTS"]

    assert hosts() == "one"
    assert hosts(JOBYARD_PUBLIC_URL="https://jobs.example.org") == "any"


def test_what_the_caller_sets_reaches_the_parts_and_addresses_stay_ours() -> None:
    caller = {"JOBYARD_SIGNUP": "domain:example.org", "JOBYARD_API_HOST": "192.0.2.1", "JOBYARD_SECRET": ""}
    environment = make_plan(caller, dev=False).environment(database_url="postgresql://x", secret="s" * 64)
    assert environment["JOBYARD_SIGNUP"] == "domain:example.org"
    assert environment["JOBYARD_API_HOST"] == "127.0.0.1"
    assert environment["JOBYARD_SECRET"] == "s" * 64
    assert environment["JOBYARD_DATABASE_URL"] == "postgresql://x"
