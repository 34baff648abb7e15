"""The course's tools: build, run, check and render the lessons."""

import os

# Nobody watches the kernels that are started here: aekit's progress bars stay away.
os.environ["AEKIT_PROGRESS"] = "off"
