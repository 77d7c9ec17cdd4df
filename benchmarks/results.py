"""What the rounds brought."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from benchmarks.figures import Spread, spread


class KeptError(Exception):
    """A file of figures is not one that an earlier run wrote."""


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

    def keep(self, earlier: "Results", measured: Collection[str]) -> list[str]:
        """Take an earlier run's figures of what was not measured now. Returns which measures these are."""
        kept = {key: values for key, values in earlier.rounds.items() if key[0] not in measured}
        self.rounds.update(kept)
        self.errors += [error for error in earlier.errors if error.split(" of ")[0] not in measured]
        return list(dict.fromkeys(measure for measure, _ in kept))

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

    @classmethod
    def read(cls, file: Path) -> Self:
        """What `as_json` wrote. Raises KeptError."""
        results = cls()
        try:
            kept = json.loads(file.read_bytes())
            for key, rounds in kept["rounds"].items():
                measure, _, system = key.partition("/")
                results.rounds[measure, system] = [
                    {name: float(value) for name, value in one.items()} for one in rounds
                ]
            results.errors += map(str, kept["errors"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise KeptError(f"{file} does not hold the figures of a run: {error!r}") from error
        return results
