"""`jobyard doctor` behind a real PgBouncer: it sees whether the settings name its mode."""

from jobyard.doctor.examination import examine
from jobyard.doctor.findings import Finding, Verdict
from jobyard.postgres.pooler import Pooler
from tests.conftest import database
from tests.doctor.conftest import settings
from tests.pooler.pgbouncer import PgBouncer


async def look(url: str, declared: str, direct: str = "") -> Finding:
    """What the check says; every other one must have been possible."""
    found = await examine(settings(url, database_pooler=declared, database_direct_url=direct))
    assert [finding for finding in found if "could not be looked at" in finding.message] == []
    return next(finding for finding in found if finding.check == "pooler")


async def test_the_mode_that_it_has(pgbouncer: PgBouncer, mode: Pooler, database_url: str) -> None:
    finding = await look(pgbouncer.url, mode.value, database_url)
    assert (finding.verdict, finding.message) == (Verdict.OK, f"in {mode} mode, as the settings say")


async def test_a_pooler_that_the_settings_do_not_name(pgbouncer: PgBouncer, mode: Pooler) -> None:
    finding = await look(pgbouncer.url, "none")
    assert finding.verdict is Verdict.FAIL
    assert "JOBYARD_DATABASE_POOLER" in finding.message + finding.remedy


async def test_transaction_mode_that_the_settings_call_a_session(pgbouncer: PgBouncer, mode: Pooler) -> None:
    finding = await look(pgbouncer.url, "session")
    assert finding.verdict is (Verdict.OK if mode is Pooler.SESSION else Verdict.FAIL)


async def test_the_direct_address_leads_to_a_pooler(pgbouncer: PgBouncer, mode: Pooler) -> None:
    finding = await look(pgbouncer.url, "transaction", pgbouncer.url)
    assert finding.verdict is (Verdict.OK if mode is Pooler.SESSION else Verdict.FAIL)
    assert mode is Pooler.SESSION or "JOBYARD_DATABASE_DIRECT_URL" in finding.message


async def test_the_direct_address_leads_elsewhere(pgbouncer: PgBouncer, mode: Pooler, postgres_server: object) -> None:
    async with database(postgres_server) as another:  # pyright: ignore[reportArgumentType]
        finding = await look(pgbouncer.url, mode.value, another)
    assert (finding.verdict, "another database" in finding.message) == (Verdict.FAIL, True)


async def test_no_direct_address(pgbouncer: PgBouncer, mode: Pooler) -> None:
    if mode is Pooler.TRANSACTION:
        finding = await look(pgbouncer.url, "transaction")
        assert (finding.verdict, "past the pooler" in finding.message) == (Verdict.WARN, True)


async def test_no_pooler(database_url: str) -> None:
    assert (await look(database_url, "none")).message == "none is noticed"
