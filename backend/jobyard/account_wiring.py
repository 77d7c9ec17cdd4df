"""Builds what accounts need from the settings. `wiring.py` puts it together with the rest."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar
from uuid import UUID

import uuid_utils
from sqlalchemy.ext.asyncio import AsyncEngine

from jobyard.domain.errors import JobyardError, Unavailable
from jobyard.mailer import MailServer, NoMailer, SmtpMailer
from jobyard.ports import AccountUnit, AuditTrail, Departures, Mailer
from jobyard.postgres.account_engine import ACCOUNT_SETTINGS, create_engine
from jobyard.postgres.api_key_repository import PostgresKeyDirectory
from jobyard.postgres.audit_repository import PostgresAuditLog
from jobyard.postgres.migrations import (
    UNREACHABLE,
    WAIT_SECONDS,
    NotMigrated,
    check_database,
    check_migrations,
    upgrade,
    wait_for_database,
)
from jobyard.postgres.pool_use import watch_use
from jobyard.postgres.pooler import Pooler
from jobyard.postgres.session_repository import PostgresSessionDirectory
from jobyard.postgres.unit_of_work import PostgresAccountUnit
from jobyard.security import (
    BCRYPT_COST,
    AccessTokens,
    BcryptHasher,
    HmacRefreshTokens,
    RandomLinkTokens,
    common_passwords,
)
from jobyard.services.account_rules import FIFTEEN_MINUTES, HOUR, AccountRules, Throttle
from jobyard.services.accounts import Accounts
from jobyard.services.api_keys import ApiKeyControl
from jobyard.services.background import Background
from jobyard.services.invitations import Invitations
from jobyard.services.leaving import Leaving
from jobyard.services.mail_room import MailRoom
from jobyard.services.operator import Operator
from jobyard.services.password_gate import PasswordGate
from jobyard.services.passwords import Passwords
from jobyard.services.sessions import UserSessions
from jobyard.services.sign_in import SignIn
from jobyard.services.sign_up import SignUp
from jobyard.services.user_admin import UserControl
from jobyard.services.verification import Verification
from jobyard.settings import Settings
from jobyard.web.app_ports import Check
from jobyard.web.authentication import Authenticator

T = TypeVar("T")

ADMIN_WAIT_SECONDS = 5.0


def new_id() -> UUID:
    """A UUIDv7: ids sort by the time of their making."""
    return UUID(int=uuid_utils.uuid7().int)


@dataclass(frozen=True, slots=True)
class AccountParts:
    """Dispose of `engine` when the process stops."""

    engine: AsyncEngine
    accounts: Accounts
    unit: AccountUnit
    authenticator: Authenticator
    audit: AuditTrail
    api_keys: ApiKeyControl
    readiness: Mapping[str, Check]


def build_accounts(
    settings: Settings,
    departures: Departures,
    *,
    rules: AccountRules | None = None,
    bcrypt_cost: int = BCRYPT_COST,
    mailer: Mailer | None = None,
) -> AccountParts:
    """Everything for accounts. Connects to nothing yet."""
    engine = create_engine(settings.database_url, pooler=Pooler(settings.database_pooler))
    watch_use(engine.pool, ACCOUNT_SETTINGS["application_name"])
    unit = PostgresAccountUnit(engine)
    access_tokens = AccessTokens(settings.all_secrets, settings.public_url)
    authenticator = Authenticator(access_tokens, PostgresSessionDirectory(unit), PostgresKeyDirectory(unit))
    accounts = _accounts(
        settings, unit, authenticator, rules or account_rules(settings), BcryptHasher(bcrypt_cost), access_tokens,
        mailer or build_mailer(settings), departures,
    )  # fmt: skip
    readiness = {"database": partial(check_database, engine), "migrations": partial(check_migrations, engine)}
    return AccountParts(
        engine=engine,
        unit=unit,
        accounts=accounts,
        authenticator=authenticator,
        audit=PostgresAuditLog(unit),
        api_keys=ApiKeyControl(unit, new_id, secrets.token_bytes, authenticator.forget_key, settings.limits.api_keys),
        readiness=readiness,
    )


def _accounts(
    settings: Settings,
    unit: AccountUnit,
    authenticator: Authenticator,
    rules: AccountRules,
    hasher: BcryptHasher,
    access_tokens: AccessTokens,
    mailer: Mailer,
    departures: Departures,
) -> Accounts:
    background, links, common = Background(), RandomLinkTokens(), common_passwords()
    refresh_tokens = HmacRefreshTokens(settings.all_secrets)
    sessions = UserSessions(unit, rules, access_tokens, refresh_tokens, new_id, authenticator.forget)
    gate = PasswordGate(unit, rules, hasher)
    mail_room = MailRoom(unit, rules, links, mailer, background, settings.origin)
    verification = Verification(unit, mail_room, authenticator.forget_user)
    return Accounts(
        unit=unit,
        rules=rules,
        gate=gate,
        entrance=SignIn(unit, gate, sessions, background),
        admission=SignUp(unit, rules, hasher, common, new_id, Invitations(unit, rules, links), sessions, verification),
        sessions=sessions,
        passwords=Passwords(unit, gate, common, mail_room, authenticator.forget_user),
        verification=verification,
        leaving=Leaving(unit, rules, gate, departures, authenticator.forget_user),
        background=background,
    )


def account_rules(settings: Settings) -> AccountRules:
    """What the settings decide for accounts."""
    return AccountRules(
        signup=settings.signup,
        sends_mail=bool(settings.smtp_url),
        signup_per_address=Throttle(settings.signups_per_address, HOUR),
        failures_per_account=Throttle(settings.signin_failures_per_account, FIFTEEN_MINUTES),
        failures_per_address=Throttle(settings.signin_failures_per_address, FIFTEEN_MINUTES),
        mails_per_address=Throttle(settings.mails_per_address, HOUR),
    )


def build_mailer(settings: Settings) -> Mailer:
    """Who hands letters over."""
    if not settings.smtp_url:
        return NoMailer()
    return SmtpMailer(MailServer.of_url(settings.smtp_url), settings.mail_from)


def migrate(settings: Settings, say: Callable[[str], None]) -> str | None:
    """Bring the database to this release. What went wrong, as a sentence, or None. `say` is told of a long wait."""
    if not settings.session_url:
        return (
            "migrations need a session of their own, which a pooler in transaction mode has not: "
            "set JOBYARD_DATABASE_DIRECT_URL to the address of PostgreSQL itself"
        )
    straight = replace(settings, database_url=settings.session_url)

    def waiting(why: str) -> None:
        say(f"waiting for the database at {straight.database_place}, for {WAIT_SECONDS:.0f} s at most: {why}")

    try:
        upgrade(settings.session_url, waiting=waiting)
    except UNREACHABLE as error:
        return _away(straight, error)
    return None


def _away(settings: Settings, error: BaseException) -> str:
    why = str(error) or ("it does not answer" if isinstance(error, TimeoutError) else type(error).__name__)
    return (
        f"the database cannot be reached at {settings.database_place}: {why}. "
        "Start it, or set JOBYARD_DATABASE_URL to where it is"
    )


class CommandFailed(Exception):
    """A command of the operator could not do what was asked. The message is a sentence for the terminal."""


def as_operator(settings: Settings, do: Callable[[Operator], Awaitable[T]]) -> T:
    """Do something with users, in a process that does nothing else. Raises CommandFailed."""

    async def work(unit: AccountUnit) -> T:
        return await do(Operator(unit, UserControl(unit)))

    return _run_alone(settings, work)


def invite(settings: Settings, email: str) -> str:
    """An invitation's link. Raises CommandFailed."""

    async def make(unit: AccountUnit) -> str:
        return await Invitations(unit, account_rules(settings), RandomLinkTokens()).invite(email)

    return f"{settings.origin}/app/signup#invitation={_run_alone(settings, make)}"


def _run_alone(settings: Settings, work: Callable[[AccountUnit], Awaitable[T]]) -> T:
    try:
        return asyncio.run(_alone(settings, work))
    except (*UNREACHABLE, Unavailable) as error:
        raise CommandFailed(_away(settings, error)) from error
    except NotMigrated as error:
        raise CommandFailed(str(error)) from error
    except JobyardError as error:
        raise CommandFailed(error.detail) from error


async def _alone(settings: Settings, work: Callable[[AccountUnit], Awaitable[T]]) -> T:
    await wait_for_database(settings.database_url, ADMIN_WAIT_SECONDS)
    engine = create_engine(settings.database_url, size=1, pooler=Pooler(settings.database_pooler))
    try:
        await check_migrations(engine)
        return await work(PostgresAccountUnit(engine))
    finally:
        await engine.dispose()
