"""Retry, cancel and discard of many: at once where they are few, else as an operation that outlives the call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

from jobyard.domain.audit import AuditAction, AuditEntry, Target
from jobyard.domain.errors import Conflict, NotFound
from jobyard.domain.operation import BulkVerb, Operation
from jobyard.domain.user import Viewer
from jobyard.ports import AuditTrail, JobFilter, JobStore, Operations

MOST_AT_ONCE = 1_000
PAGES_AT_ONCE = 10
"""Of 2,000 rows each: a filter that few jobs meet among more is an operation too."""

ACTIONS = {
    BulkVerb.RETRY: AuditAction.JOBS_RETRIED,
    BulkVerb.CANCEL: AuditAction.JOBS_CANCELLED,
    BulkVerb.DISCARD: AuditAction.JOBS_DISCARDED,
}


@dataclass(frozen=True, slots=True)
class Bulk:
    """How many jobs a call for many changed, and how many it left alone: not there, or in a state that forbids it."""

    changed: int
    skipped: int


@dataclass(frozen=True, slots=True)
class BulkOperations:
    """The decisions, with what they need from outside."""

    store: JobStore
    operations: Operations
    audit: AuditTrail

    async def change_ids(self, viewer: Viewer, verb: BulkVerb, job_ids: Sequence[UUID]) -> Bulk:
        """Do it to those of these that can be."""
        return await self._change(viewer, verb, list(dict.fromkeys(job_ids)), {})

    async def change_matching(self, viewer: Viewer, verb: BulkVerb, job_filter: JobFilter) -> Bulk | Operation:
        """Do it to all of the viewer's jobs that a filter names and whose state allows it."""
        states = verb.states & set(job_filter.states or verb.states)
        if not states:
            return Bulk(0, 0)
        narrowed = replace(job_filter, states=tuple(sorted(states)))
        told = {"filter": msgspec.to_builtins(narrowed)}
        ids = await self._few(viewer, narrowed)
        if ids is not None:
            return await self._change(viewer, verb, ids, told)
        operation = await self.operations.start(viewer, verb, narrowed)
        await self.audit.record(AuditEntry.by(viewer, ACTIONS[verb], Target("operation", operation.id), told))
        return operation

    async def operation(self, viewer: Viewer, operation_id: UUID) -> Operation:
        """How far it is. Raises NotFound."""
        operation = await self.operations.get(viewer, operation_id)
        if operation is None:
            raise NotFound(f"You have no operation {operation_id}.")
        return operation

    async def cancel(self, viewer: Viewer, operation_id: UUID) -> Operation:
        """Stop it: what it has done stays done. Raises NotFound, or Conflict for one that has ended."""
        before = await self.operation(viewer, operation_id)
        if not await self.operations.cancel(viewer, operation_id):
            raise Conflict(f"A {before.state} operation cannot be cancelled.")
        return await self.operation(viewer, operation_id)

    async def _few(self, viewer: Viewer, job_filter: JobFilter) -> list[UUID] | None:
        """The jobs that a filter names, or None where they are many, or many would have to be looked through."""
        found: list[UUID] = []
        before: UUID | None = None
        for _ in range(PAGES_AT_ONCE):
            page = await self.store.matching(viewer, job_filter, before, MOST_AT_ONCE + 1 - len(found))
            found += page.ids
            before = page.next_before
            if len(found) > MOST_AT_ONCE:
                return None
            if before is None:
                return found
        return None

    async def _change(self, viewer: Viewer, verb: BulkVerb, job_ids: list[UUID], told: dict[str, object]) -> Bulk:
        changed = len(await self.store.change(viewer, verb, job_ids)) if job_ids else 0
        bulk = Bulk(changed, len(job_ids) - changed)
        if changed:
            detail = told | {"changed": bulk.changed, "skipped": bulk.skipped}
            await self.audit.record(AuditEntry.by(viewer, ACTIONS[verb], Target("jobs"), detail))
        return bulk
