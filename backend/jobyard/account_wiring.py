"""Builds what accounts need from the settings. `wiring.py` puts it together with the rest."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import uuid_utils
from sqlalchemy.ext.asyncio import AsyncEngine

from jobyard.domain.errors import Unavailable
from jobyard.domain.limits import Limits
from jobyard.domain.user import User, fold_email
from jobyard.ports import AccountUnit, AuditTrail
from jobyard.postgres.account_engine import create_engine
from jobyard.postgres.api_key_repository import PostgresKeyDirectory
from jobyard.postgres.audit_repository import PostgresAuditLog
from jobyard.postgres.connections import AWAY
from jobyard.postgres.migrations import check_database, check_migrations, upgrade, wait_for_database
from jobyard.postgres.pooler import Pooler
from jobyard.postgres.unit_of_work import PostgresAccountUnit
from jobyard.postgres.session_repository import PostgresSessionDirectory
from jobyard.security import BCRYPT_COST, AccessTokens, BcryptHasher, HmacRefreshTokens, common_passwords
from jobyard.services.accounts import AccountRules, Accounts, Throttle
from jobyard.services.api_keys import ApiKeyControl
from jobyard.settings import Settings
from jobyard.web.app_ports import Check
from jobyard.web.authentication import Authenticator

SIGNUPS_PER_HOUR = 300
SIGNUPS_PER_HOUR_IN_PRODUCTION = 10
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
    settings: Settings, *, rules: AccountRules | None = None, bcrypt_cost: int = BCRYPT_COST
) -> AccountParts:
    """Everything for accounts. Connects to nothing yet."""
    engine = create_engine(settings.database_url, pooler=Pooler(settings.database_pooler))
    unit = PostgresAccountUnit(engine)
    access_tokens = AccessTokens([settings.secret], settings.public_url)
    authenticator = Authenticator(access_tokens, PostgresSessionDirectory(unit), PostgresKeyDirectory(unit))
    accounts = Accounts(
        unit=unit,
        rules=rules or account_rules(settings),
        hasher=BcryptHasher(bcrypt_cost),
        access_tokens=access_tokens,
        refresh_tokens=HmacRefreshTokens(settings.secret),
        common_passwords=common_passwords(),
        new_id=new_id,
        forget_session=authenticator.forget,
    )
    readiness = {"database": partial(check_database, engine), "migrations": partial(check_migrations, engine)}
    return AccountParts(
        engine=engine,
        unit=unit,
        accounts=accounts,
        authenticator=authenticator,
        audit=PostgresAuditLog(unit),
        api_keys=ApiKeyControl(unit, new_id, secrets.token_bytes, authenticator.forget_key, Limits().api_keys),
        readiness=readiness,
    )


def account_rules(settings: Settings) -> AccountRules:
    """What the settings decide for accounts."""
    signups = SIGNUPS_PER_HOUR_IN_PRODUCTION if settings.production else SIGNUPS_PER_HOUR
    return AccountRules(signup=settings.signup, signup_per_address=Throttle(signups, 3600))


def migrate(settings: Settings) -> str | None:
    """Bring the database to this release. What went wrong, as a sentence, or None."""
    if not settings.session_url:
        return (
            "migrations need a session of their own, which a pooler in transaction mode has not: "
            "set JOBYARD_DATABASE_DIRECT_URL to the address of PostgreSQL itself"
        )
    try:
        upgrade(settings.session_url)
    except AWAY as error:
        return _away(settings, error)
    return None


def _away(settings: Settings, error: BaseException) -> str:
    return f"the database cannot be reached at {settings.database_place}: {str(error) or type(error).__name__}"


def make_admin(settings: Settings, email: str) -> str | None:
    """Give an existing user the role `admin`. What went wrong, as a sentence, or None."""

    async def make() -> User | None:
        await wait_for_database(settings.database_url, ADMIN_WAIT_SECONDS)
        engine = create_engine(settings.database_url, size=1, pooler=Pooler(settings.database_pooler))
        try:
            async with PostgresAccountUnit(engine)() as work:
                user = await work.users.make_admin(fold_email(email))
                await work.commit()
            return user
        finally:
            await engine.dispose()

    try:
        user = asyncio.run(make())
    except (*AWAY, Unavailable) as error:
        return _away(settings, error)
    return None if user else f"there is no user with the email {email}: sign up first"
