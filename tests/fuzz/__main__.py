"""Damages files of every kind and gives them to the program: `python -m fuzz`, from tests/.

    cd tests && python -m fuzz --count=1000 --seed=1            # all kinds
    cd tests && python -m fuzz pictures weights --count=100

Fails on a traceback, a crash, 20 s of computing over one file, over 3 GB of memory for one, and a
lost or wrong result. A failure is made again by --seed, --first=NUMBER and --count=1.
"""

import argparse
import sys

from fuzz.run import fuzz
from fuzz.targets import TARGETS


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", choices=[*TARGETS, []], help="default: all")
    parser.add_argument("--count", type=int, default=1000, help="files of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    args = parser.parse_args()
    failed = 0
    for kind in args.kinds or TARGETS:
        failures, megabytes = fuzz(kind, args.seed, args.first, args.count)
        print(f"{kind}: {args.count} files, {len(failures)} failures, {megabytes} MB at most")
        for failure in failures:
            print(f"  {failure}")
        failed += len(failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
