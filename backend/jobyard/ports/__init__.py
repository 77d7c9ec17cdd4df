"""Every Protocol that the core needs from outside. `postgres/` implements them; `wiring.py` puts them together."""

from jobyard.ports.accounts import (
    AccessTokenIssuer,
    Account,
    AccountUnit,
    AccountWork,
    NewSession,
    NewUser,
    PasswordHasher,
    RefreshTokens,
    Session,
    SessionDirectory,
    Sessions,
    Throttles,
    Users,
)
from jobyard.ports.audit import AuditLog, AuditPage, AuditTrail
from jobyard.ports.jobs import JobCounts, JobFilter, JobPage, JobStore, Submitted
from jobyard.ports.nudges import NudgeListener, Nudges, OutcomeLog
from jobyard.ports.work import Beat, Claimable, Completed, Failed, JobNote, Retention, Snoozed, Upkeep, WorkQueue

__all__ = [
    "AccessTokenIssuer",
    "Account",
    "AccountUnit",
    "AccountWork",
    "AuditLog",
    "AuditPage",
    "AuditTrail",
    "Beat",
    "Claimable",
    "Completed",
    "Failed",
    "JobCounts",
    "JobFilter",
    "JobNote",
    "JobPage",
    "JobStore",
    "NewSession",
    "NewUser",
    "NudgeListener",
    "Nudges",
    "OutcomeLog",
    "PasswordHasher",
    "RefreshTokens",
    "Retention",
    "Session",
    "SessionDirectory",
    "Sessions",
    "Snoozed",
    "Submitted",
    "Throttles",
    "Upkeep",
    "Users",
    "WorkQueue",
]
