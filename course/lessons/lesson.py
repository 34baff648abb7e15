"""A stored lesson as the runner sees it: its cells, its parameters, what came of it before."""

import json

from aekit.claims import MIME_TYPE
from course.lessons import provenance
from course.lessons.parameters import defaults_of
from course.paths import read_json


def title_of(notebook):
    """The text of the notebook's first heading."""
    for cell in notebook["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line[2:].strip()
    return "Untitled"


def claims_of(notebook):
    """The claims that the notebook's cells recorded, in order."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return [output["data"][MIME_TYPE] for output in outputs if MIME_TYPE in output.get("data", {})]


class Lesson:
    """A stored lesson, with the parameters that it will run with.

    Args:
        name: such as `01_pca_and_linear_autoencoder`.
        folder: of the stored notebook.
        given: `{name: value}` to be set instead of the lesson's own.
        around: the digest of everything else that it depends on.
    """

    def __init__(self, name, folder, given, around):
        self.name, self.given, self.around = name, given, around
        self.path = folder / f"{name}.ipynb"
        self.notebook = json.loads(self.path.read_text(encoding="utf-8"))
        self.parameters = defaults_of(self.notebook) | given
        self.made_of = provenance.made_of(self.notebook, self.parameters, around)

    @property
    def title(self):
        return title_of(self.notebook)

    @property
    def _origin(self):
        """What the notebook says that it was built of and with."""
        return self.notebook["metadata"].get("course", {})

    @property
    def cells(self):
        """How many cells of code run, with the one that papermill adds."""
        code = [cell for cell in self.notebook["cells"] if cell["cell_type"] == "code"]
        return 1 + sum(bool("".join(cell["source"]).strip()) for cell in code)

    def is_unbuilt(self):
        """Whether the text that it is built from has changed since."""
        now, built_from = provenance.source_digest(self.name), self._origin.get("source")
        return None not in (now, built_from) and now != built_from

    def outcome(self, folder):
        """What came of it in `folder`, as the lesson is now, with any parameters; or None."""
        outcome = read_json(folder / f"{self.name}.json")
        if not outcome or not (folder / f"{self.name}.ipynb").is_file():
            return None
        then = provenance.made_of(self.notebook, outcome.get("parameters"), self.around)
        return outcome if outcome["made_of"] == then else None

    def is_finished(self, folder):
        """Whether it has succeeded in `folder`, as it is now, with the same parameters."""
        outcome = self.outcome(folder)
        return bool(outcome and outcome["made_of"] == self.made_of and not outcome["failure"])

    def seconds_before(self, folder):
        """How long it took when it last ran there, or when it was built; None where unknown."""
        outcome = read_json(folder / f"{self.name}.json") or {}
        built = self._origin.get("seconds")
        as_built = self.parameters == defaults_of(self.notebook)
        return outcome.get("seconds") or (built if as_built else None)
