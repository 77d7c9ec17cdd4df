"""Accounts: what the web side is given of them, and the viewer's own."""

from dataclasses import dataclass

from jobyard.domain.errors import FieldError, Invalid, NotFound
from jobyard.domain.names import clean_name, name_problem
from jobyard.domain.user import User, Viewer
from jobyard.ports import AccountUnit
from jobyard.services.account_rules import AccountRules
from jobyard.services.background import Background
from jobyard.services.leaving import Leaving
from jobyard.services.password_gate import PasswordGate
from jobyard.services.passwords import Passwords
from jobyard.services.sessions import UserSessions
from jobyard.services.sign_in import SignIn
from jobyard.services.sign_up import SignUp
from jobyard.services.verification import Verification


@dataclass(frozen=True, slots=True)
class Accounts:
    """The use cases of accounts, by subject."""

    unit: AccountUnit
    rules: AccountRules
    gate: PasswordGate
    entrance: SignIn
    admission: SignUp
    sessions: UserSessions
    passwords: Passwords
    verification: Verification
    leaving: Leaving
    background: Background

    async def me(self, viewer: Viewer) -> User:
        """The viewer's account."""
        async with self.unit() as work:
            user = await work.users.get(viewer.id)
        if user is None:
            raise NotFound("This account is gone.")
        return user

    async def rename(self, viewer: Viewer, name: str) -> User:
        """Change the viewer's name. Raises Invalid."""
        problem = name_problem(name)
        if problem:
            raise Invalid([FieldError("/name", problem)])
        async with self.unit() as work:
            user = await work.users.rename(viewer, clean_name(name))
            await work.commit()
        if user is None:
            raise NotFound("This account is gone.")
        return user
