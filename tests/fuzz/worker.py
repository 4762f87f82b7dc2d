"""Gives damaged files of one kind to the program, one after the other, in a process of its own.

    python -m fuzz.worker KIND SEED FIRST COUNT FOLDER

Prints a line "BEGIN number" before each file, and "FAIL number what" after one that went wrong.
A crash, and 20 s of computing over one file, end the process: the command that started it tells.
"""

import resource
import signal
import sys
import traceback
from pathlib import Path

import numpy as np

HANG_SECONDS = 20
MEMORY = 3 * 2**30
"""Bytes that a file may take beyond what is taken before."""


def main(kind, seed, first, count, folder):
    import logging

    from fuzz.mutations import mutate, with_right_checksums
    from fuzz.targets import TARGETS

    logging.disable(logging.CRITICAL)
    folder = Path(folder)
    (folder / "work").mkdir(parents=True)
    (folder / "file").mkdir()
    target = TARGETS[kind](folder / "work")
    examples = sorted(target.examples().items())
    _limit_memory()
    most = 0
    for number in range(first, first + count):
        print("BEGIN", number, flush=True)
        # The file depends on kind, seed and number alone: any of them can be made again.
        rng = np.random.default_rng([seed, number, list(TARGETS).index(kind)])
        name, data = examples[rng.integers(len(examples))]
        if number % 50:
            data = mutate(data, rng)
            if name.endswith(".png") and rng.random() < 0.5:
                data = with_right_checksums(data)
        path = folder / "file" / name
        path.write_bytes(data)
        signal.setitimer(signal.ITIMER_PROF, HANG_SECONDS)  # nobody handles it: it ends the process
        failure = attempt(target, path)
        signal.setitimer(signal.ITIMER_PROF, 0)
        most = max(most, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        if failure:
            print("FAIL", number, name, failure.replace("\n", " | "), flush=True)
    print("END", most, flush=True)


def attempt(target, path):
    """What went wrong, or None."""
    from inpaint_tf.errors import UserError

    try:
        target.use(path)
    except UserError as error:
        if not str(error).strip():
            return "an empty message"
    except OSError:
        pass
    except BaseException:
        return traceback.format_exc(limit=-4)
    return None


def _limit_memory():
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5])
