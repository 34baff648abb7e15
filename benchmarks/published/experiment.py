"""What an experiment is: a source, a protocol, budgets, and a measurement that is run once a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# How sure a published figure is, as the tables say it.
MARKS = {
    "primary": "read in the primary source",
    "second-hand": "read in a source that quotes the primary one",
    "memory": "from memory, confirmed by no source at hand",
    "theorem": "follows from a theorem",
}


@dataclass(frozen=True)
class Figure:
    """A published figure, and what ours is to reach, if anything.

    Args:
        value: as published; `None` where the source gives none.
        mark: one of `MARKS`.
        at_most, at_least: the goal for the mean of ours in the full set.
    """

    value: float | None
    mark: str
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True)
class Experiment:
    """One published result.

    Args:
        name: as in `--only`.
        title: a sentence.
        source: paper, and its table or figure.
        protocol: what is done, as in the source.
        differs: what is not as in the source.
        measure: function `(seed, **sizes)` to a dict from a quantity, its unit in its name, to a
            number.
        figures: from a quantity to its published `Figure`; the others are ours only.
        budgets: of the sets "cpu" and "full": the sizes, and the `seeds`.
        reading: what the outcome says where it differs from the paper's, if it was looked into.
        threads: of TensorFlow for one operation; `None`: as it chooses, a thread a core. Operations run
            side by side all the same, so for small steps one is quicker.
    """

    name: str
    title: str
    source: str
    protocol: str
    differs: str
    measure: Callable[..., Mapping[str, float]]
    budgets: Mapping[str, Mapping]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    reading: str = ""
    threads: int | None = None
