"""Train at full size what the lessons show, and store the weights: `data/weights/*.npz`."""

from course.authoring.build import executed
from course.running import report


def store(names):
    """Run the lessons' sources in profile full, which trains all anew; 0 if all ran, else 1.

    The network whose training has ended is stored, whether or not its lesson then fails.
    """
    status = 0
    for name in names:
        print(f"training what lesson {name} shows", flush=True)
        _, failure = executed(name, {"profile": "full"}, AEKIT_STORE_WEIGHTS="1")
        if failure:
            report.failure(name, failure)
            status = 1
    return status
