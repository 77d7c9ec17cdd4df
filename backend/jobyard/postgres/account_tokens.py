"""Tokens of links and invitations. The clock is the database's."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Delete, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from jobyard.ports import FoundToken, NewToken, TokenPurpose
from jobyard.postgres.tables import AccountTokenRow, UserRow
from jobyard.postgres.user_repository import user_of

SWEEP = 10
"""Each new one takes up to this many dead ones away, so that they never pile up and no job is needed for it."""


class PostgresAccountTokens:
    """The port `AccountTokens`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, token: NewToken) -> None:
        """Store a new one. Indexes: ix_account_tokens_expires_at, ix_account_tokens_email_folded."""
        dead = select(AccountTokenRow.token_hash).where(AccountTokenRow.expires_at < func.now())
        some = dead.limit(SWEEP).with_for_update(skip_locked=True)
        await self._session.execute(delete(AccountTokenRow).where(AccountTokenRow.token_hash.in_(some)))
        if token.purpose is TokenPurpose.INVITE:
            await self.drop_invitations(token.email_folded)
        await self._session.execute(
            insert(AccountTokenRow).values(
                token_hash=token.token_hash,
                purpose=token.purpose.value,
                user_key=token.user.key if token.user else None,
                email=token.email,
                email_folded=token.email_folded,
                expires_at=func.now() + timedelta(seconds=token.seconds),
            )
        )

    async def find(self, purpose: TokenPurpose, token_hash: bytes) -> FoundToken | None:
        """The token with this hash, where it is good. Index: pk_account_tokens."""
        statement = select(AccountTokenRow.email_folded, AccountTokenRow.user_key).where(
            AccountTokenRow.token_hash == token_hash,
            AccountTokenRow.purpose == purpose.value,
            AccountTokenRow.expires_at > func.now(),
        )
        return await self._found((await self._session.execute(statement)).one_or_none())

    async def use(self, purpose: TokenPurpose, token_hash: bytes) -> FoundToken | None:
        """Take it away. Locks: its row, so that of two at once one gets it."""
        statement = (
            _of(purpose)
            .where(AccountTokenRow.token_hash == token_hash, AccountTokenRow.expires_at > func.now())
            .returning(AccountTokenRow.email_folded, AccountTokenRow.user_key)
        )
        return await self._found((await self._session.execute(statement)).one_or_none())

    async def drop_invitations(self, email_folded: str) -> None:
        """Those of an address. Index: ix_account_tokens_email_folded."""
        await self._session.execute(_of(TokenPurpose.INVITE).where(AccountTokenRow.email_folded == email_folded))

    async def drop(self, purpose: TokenPurpose, user_key: int) -> None:
        """All of a user for a purpose. Index: ix_account_tokens_user_key."""
        await self._session.execute(_of(purpose).where(AccountTokenRow.user_key == user_key))

    async def _found(self, row: Any) -> FoundToken | None:
        if row is None or row.user_key is None:
            return None if row is None else FoundToken(None, row.email_folded)
        here = (UserRow.key == row.user_key) & UserRow.disabled_at.is_(None)
        user = await self._session.scalar(select(UserRow).where(here))
        return FoundToken(user_of(user), row.email_folded) if user else None


def _of(purpose: TokenPurpose) -> Delete:
    return delete(AccountTokenRow).where(AccountTokenRow.purpose == purpose.value)
