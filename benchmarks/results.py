"""What the rounds brought."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.figures import Spread, spread


@dataclass(slots=True)
class Results:
    """Figures of each measure and system, a mapping a round; and what went wrong."""

    rounds: dict[tuple[str, str], list[Mapping[str, float]]] = field(
        default_factory=lambda: defaultdict[tuple[str, str], list[Mapping[str, float]]](list)
    )
    errors: list[str] = field(default_factory=list[str])

    def add(self, measure: str, system: str, values: Mapping[str, float]) -> None:
        """Keep a round's figures."""
        self.rounds[measure, system].append(values)

    def fail(self, measure: str, system: str, why: str) -> None:
        """A round has no figure."""
        self.errors.append(f"{measure} of {system}: {why}")

    def spread(self, measure: str, system: str, figure: str) -> Spread | None:
        """Median and range of a figure, or None where no round has it."""
        return spread([values[figure] for values in self.rounds.get((measure, system), []) if figure in values])

    def median(self, measure: str, system: str, figure: str) -> float | None:
        """The median of a figure, or None."""
        found = self.spread(measure, system, figure)
        return None if found is None else found.median

    def as_json(self) -> dict[str, object]:
        """Everything, for a file."""
        rounds = {f"{measure}/{system}": values for (measure, system), values in self.rounds.items()}
        return {"rounds": rounds, "errors": self.errors}
