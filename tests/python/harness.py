"""What the scripts here share.

Every check prints one line of JSON: {"check": name} or {"check": name, "error": why}.
"""

import json
import traceback


def check(run):
    """Runs a check named by its function, underscores read as spaces."""
    line = {"check": run.__name__.replace("_", " ")}
    try:
        run()
    except BaseException:
        line["error"] = traceback.format_exc()
    print(json.dumps(line), flush=True)


def raises(kind, run):
    """What was raised, which has to be of a kind."""
    try:
        run()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")
