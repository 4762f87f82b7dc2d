"""Call a function in threads and get its results in order."""

import collections
import concurrent.futures
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Decoding releases Python's lock, so threads use every core; the second half waits for slow disks.
DEFAULT_THREADS = min(16, 2 * (os.cpu_count() or 1))


def ordered_map(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    threads: int = DEFAULT_THREADS,
    ahead: int | None = None,
) -> Iterator[Result]:
    """Yields `function(item)` for every item, in order; threads compute results in advance.

    function: takes one item; what it raises is raised here.
    items: may be endless.
    threads: number of calls that run at once.
    ahead: most results that are being computed or wait to be used; default: two for each thread.
    """
    items = iter(items)
    waiting: collections.deque[concurrent.futures.Future[Result]] = collections.deque()
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
