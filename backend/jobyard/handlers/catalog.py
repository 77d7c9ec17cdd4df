"""The kinds that ship, in one registry. A new kind is one file here, and one line below."""

from collections.abc import Iterable, Mapping

from jobyard.domain.limits import Limits
from jobyard.handlers import demo, http_request
from jobyard.handlers.addresses import AddressPolicy, IpNetwork
from jobyard.handlers.outbound import Outbound
from jobyard.handlers.registry import Audience, Registry


def build_registry(
    *,
    demo_kinds: bool = False,
    outbound_allow: Iterable[IpNetwork] = (),
    audiences: Mapping[str, Audience] | None = None,
    limits: Limits | None = None,
) -> Registry:
    """Everything that this server can run.

    `outbound_allow`: networks that jobs may reach though they are not public. `audiences`: who may submit a kind, where
    that is not the kind's own default; ValueError for a kind that is not there. `limits` cut defaults that are over
    them. One registry serves one event loop.
    """
    registry = Registry()
    http_request.register(registry, Outbound(AddressPolicy(outbound_allow)))
    demo.register(registry, on=demo_kinds)
    return registry.within(limits or Limits()).with_audiences(audiences or {})
