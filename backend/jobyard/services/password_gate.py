"""Whether somebody knows a password: counted in the database before it is checked, hashed away from the event loop."""

from dataclasses import dataclass

from jobyard.domain.errors import FieldError, Invalid, NotFound
from jobyard.domain.user import Caller, Viewer, fold_email
from jobyard.ports import Account, AccountUnit, AccountWork, PasswordHasher
from jobyard.services.account_rules import AccountRules
from jobyard.services.throttling import count_key, network, refuse_if


@dataclass(frozen=True, slots=True)
class PasswordGate:
    """Where passwords are tried: at sign-in, and by a signed-in user who does what cannot be undone."""

    unit: AccountUnit
    rules: AccountRules
    hasher: PasswordHasher

    async def knows(self, folded: str, password: str, caller: Caller) -> tuple[Account | None, bool]:
        """The account with this address, if any, and whether this is its password. Raises TooMany, Unavailable.

        A failure is counted before the password is checked, and taken back after (`take_back`): so that many guesses at
        once do not all pass while none has been found wrong.
        """
        pair, address = self._keys(folded, caller)
        per_account, per_address = self.rules.failures_per_account, self.rules.failures_per_address
        async with self.unit() as work:
            pair_wait = await work.throttles.hit(pair, per_account.limit, per_account.window_seconds)
            address_wait = None
            if pair_wait is None:  # else one who mistypes on and on would lock out all behind the same address
                address_wait = await work.throttles.hit(address, per_address.limit, per_address.window_seconds)
            account = await work.users.by_email(folded)
            await work.commit()
        refuse_if("failed sign-ins to this account", per_account, pair_wait)
        refuse_if("failed sign-ins from your address", per_address, address_wait)
        return account, await self.hasher.verify(password, account.password_hash if account else None)

    async def take_back(self, work: AccountWork, folded: str, caller: Caller) -> None:
        """It was the right password: nothing is held against the caller."""
        pair, address = self._keys(folded, caller)
        await work.throttles.forget(pair)
        await work.throttles.forgive(address)

    async def confirm(self, viewer: Viewer, password: str, pointer: str) -> Account:
        """The viewer's account, where this is its password. Raises Invalid, TooMany, NotFound.

        It counts as a sign-in: whoever stole an access token guesses no more often than anybody else.
        """
        async with self.unit() as work:
            user = await work.users.get(viewer.id)
        if user is None:
            raise NotFound("This account is gone.")
        folded = fold_email(user.email)
        account, is_right = await self.knows(folded, password, viewer.caller)
        if account is None or account.user.id != viewer.id or not is_right:
            raise Invalid([FieldError(pointer, "is not your password")])
        async with self.unit() as work:
            await self.take_back(work, folded, viewer.caller)
            await work.commit()
        return account

    def _keys(self, folded: str, caller: Caller) -> tuple[bytes, bytes]:
        place = network(caller.address)
        return count_key("login", place, folded), count_key("login", place)
