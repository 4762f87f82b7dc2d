"""Calling a function in threads, with results in order."""

import collections
import concurrent.futures
import itertools
import os

# Decoding releases Python's lock, so threads pay on every core; more of them wait for slow disks.
DEFAULT_THREADS = min(16, 2 * (os.cpu_count() or 1))


def ordered_map(function, items, threads=DEFAULT_THREADS, ahead=None):
    """Yields `function(item)` for every item, in order, computed in threads before it is asked for.

    Args:
      function: of one item; what it raises is raised here.
      items: an iterable, which may be endless.
      threads: how many calls run at once.
      ahead: how many results are under way or waiting, at most; default: two for each thread.
    """
    items, waiting = iter(items), collections.deque()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        try:
            for item in itertools.islice(items, ahead or 2 * threads):
                waiting.append(pool.submit(function, item))
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(function, item) for item in itertools.islice(items, 1))
                yield result
        finally:
            for future in waiting:
                future.cancel()
