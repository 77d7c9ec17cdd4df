"""The kinds of this server, by its settings: the same in the API and in each worker."""

from jobyard.handlers.catalog import build_registry
from jobyard.handlers.registry import Audience, Registry
from jobyard.settings import Settings, SettingsError


def build_kinds(settings: Settings) -> Registry:
    """Everything that this server can run. Raises SettingsError where a kind of an audience is not there."""
    registry = build_registry(
        demo_kinds=settings.demo_kinds, outbound_allow=settings.outbound_allow, limits=settings.limits
    )
    for name in settings.kind_audiences:
        if registry.get(name) is None:
            known = ", ".join(kind.name for kind in registry.all())
            raise SettingsError(f"JOBYARD_KIND_AUDIENCES must name kinds of this server ({known}), not {name!r}")
    return registry.with_audiences({name: Audience(word) for name, word in settings.kind_audiences.items()})
