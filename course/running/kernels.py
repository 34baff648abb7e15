"""Execute one lesson in a kernel of its own, by papermill."""

import ast
import contextlib
import os
import re
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import papermill
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets import Instance

START_TIMEOUT_S = 300  # a machine may be busy
CELL_TIMEOUT_S = 3600
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=CRITICAL"]
LAST_LINES = 12
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
PROBE = Path(__file__).with_name("probe.py").read_text(encoding="utf-8")  # runs in the kernel


class Stopped(Exception):
    """The run was interrupted: what this lesson has done does not count."""


@dataclass
class Watch:
    """One lesson's run as it is seen from outside: where it is, and how to end it."""

    name: str
    cells: int  # code cells
    environment: dict
    cwd: str
    cell: int = 0
    source: str = ""
    started: float = None
    process: object = None
    stopped: bool = False
    report: dict = field(default_factory=dict)

    def seconds(self):
        """Since the lesson was started."""
        return 0.0 if self.started is None else time.monotonic() - self.started

    def begin_cell(self, cell, cell_index):
        if cell.cell_type == "code" and cell.source.strip():
            self.cell, self.source = self.cell + 1, cell.source

    def stop(self):
        """Kill the kernel and whatever it has started; it is the leader of its process group."""
        self.stopped = True
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class LessonClient(PapermillNotebookClient):
    """papermill's client, which lets a `Watch` see the kernel and asks the kernel at the end."""

    watch = Instance(Watch)

    def papermill_execute_cells(self):
        self.watch.process = self.km.provisioner.process
        if self.watch.stopped:
            self.watch.stop()
        super().papermill_execute_cells()
        request = self.kc.execute(PROBE, silent=True, user_expressions={"report": "report()"})
        reply = self.wait_for_reply(request)["content"]
        answer = reply.get("user_expressions", {}).get("report", {})
        if answer.get("status") == "ok":
            self.watch.report = ast.literal_eval(answer["data"]["text/plain"])


class LessonEngine(NBClientEngine):
    """papermill's engine with a kernel of the lesson's own environment and folder.

    papermill's own `cwd` changes the folder of the whole process, which runs several lessons.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, watch=None, **ignored):
        client = LessonClient(
            nb_man,
            watch=watch,
            kernel_name=kernel_name,
            timeout=CELL_TIMEOUT_S,
            startup_timeout=START_TIMEOUT_S,
            extra_arguments=list(KERNEL_ARGUMENTS),
            on_cell_start=watch.begin_cell,
        )
        client.execute(env=watch.environment, cwd=watch.cwd)


papermill_engines.register("lesson", LessonEngine)


def execute(source, half, parameters, watch):
    """Run the notebook `source` into the file `half`; returns what failed, or None.

    Raises:
        Stopped: `watch.stop()` was called meanwhile.
    """
    failure = None
    watch.started = time.monotonic()
    try:
        papermill.execute_notebook(
            source,
            half,
            parameters=parameters,
            engine_name="lesson",
            progress_bar=False,
            watch=watch,
        )
    except PapermillExecutionError as error:
        failure = failure_of(watch, error.ename, error.evalue, error.traceback)
    except DeadKernelError:
        failure = failure_of(watch, "KernelDied", f"The kernel {_cause_of_death(watch)}.")
    except Exception as error:  # a full disk, a kernel that does not start: the others go on
        failure = failure_of(watch, type(error).__name__, str(error))
    if watch.stopped:
        raise Stopped(watch.name)
    return failure


def failure_of(watch, error, message, traceback=()):
    """What failed and where, as data."""
    lines = COLOURS.sub("", "\n".join(traceback)).splitlines()
    return {
        "cell": watch.cell,
        "error": error,
        "message": message,
        "source": watch.source,
        "last_lines": lines[-LAST_LINES:],
    }


def _cause_of_death(watch):
    """How the kernel's process ended, in words."""
    status = watch.process.poll() if watch.process else None
    if status == -signal.SIGKILL:
        return "was killed (SIGKILL), as the system does when memory runs out"
    if status is not None and status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended by itself, with exit status {status}"
