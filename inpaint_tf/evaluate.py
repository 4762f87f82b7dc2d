"""Completing and scoring many pictures while the network never waits for a disk.

Three things go on at once: threads read pictures ahead, the network completes batches of equal
size, and threads score and write what it has completed.
"""

import os
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from tqdm import tqdm

from inpaint_tf import files, metrics
from inpaint_tf.errors import UserError

HELD_BATCHES = 4
"""Pictures kept in memory at each stage, in batches: so many sizes may mix and still fill one."""


def evaluate(inpainter, pairs, results, *, size=None, batch_size=8, invert_masks=False):
    """Complete and score every pair that `results` does not hold yet.

    inpainter: an `Inpainter`. pairs: `pairing.Pair`s. results: a `results.Results`.
    size, invert_masks: see `Pair.read`. A picture that cannot be read or completed becomes a
    failure in `results` and the others go on; a full disk stops with OSError.
    """
    waiting = [pair for pair in pairs if not results.is_done(pair.name)]
    threads = min(8, os.cpu_count() or 1)
    depth = HELD_BATCHES * batch_size
    pool = ThreadPoolExecutor(threads)
    try:
        with tqdm(total=len(pairs), initial=len(pairs) - len(waiting), unit="image") as progress:
            recorder = _Recorder(pool, results, progress, depth)
            loaded = _read_ahead(
                pool, lambda pair: pair.read(size, invert_masks), waiting, depth, recorder.fail
            )
            for batch in _batches_of_equal_size(loaded, batch_size, depth):
                _complete_batch(inpainter, batch, batch_size, recorder)
            recorder.drain(0)
    finally:
        pool.shutdown(cancel_futures=True)


def _read_ahead(pool, read, pairs, depth, fail):
    """Yield (pair, image, mask) in order, at most `depth` reads ahead."""
    reads, remaining = deque(), iter(pairs)
    while True:
        for pair in islice(remaining, depth - len(reads)):
            reads.append((pair, pool.submit(read, pair)))
        if not reads:
            return
        pair, future = reads.popleft()
        try:
            yield pair, *future.result()
        except UserError as error:
            fail(pair, error)


def _batches_of_equal_size(loaded, batch_size, held):
    """Group (pair, image, mask) by picture size, holding back at most `held` of them."""
    groups = {}
    for entry in loaded:
        shape = entry[1].shape
        groups.setdefault(shape, []).append(entry)
        if len(groups[shape]) == batch_size:
            yield groups.pop(shape)
        elif sum(map(len, groups.values())) >= held:
            yield groups.pop(max(groups, key=lambda shape: len(groups[shape])))
    yield from groups.values()


def _complete_batch(inpainter, batch, batch_size, recorder):
    pairs, images, masks = zip(*batch, strict=True)
    try:
        completed, raw = inpainter.complete_with_raw(
            list(images), list(masks), batch_size=batch_size
        )
    except UserError as error:  # too large for the memory, and so are the others of this size
        for pair in pairs:
            recorder.fail(pair, error)
        return
    for result in zip(pairs, images, masks, completed, raw, strict=True):
        recorder.submit(*result)


class _Recorder:
    """Scores and writes in the pool; adds rows to the results from the caller's thread alone."""

    def __init__(self, pool, results, progress, depth):
        self._pool, self._results, self._progress = pool, results, progress
        self._depth = depth
        self._pending = deque()
        self._last_time = time.perf_counter()

    def submit(self, pair, truth, mask, completed, raw):
        folder = self._results.folder
        work = self._pool.submit(_score_and_write, folder, pair.name, truth, mask, completed, raw)
        self._pending.append(work)
        self.drain(self._depth)

    def fail(self, pair, error):
        reason = " ".join(str(error).split()).removeprefix(f"{pair.image}: ")
        self._results.add_failure(str(pair.image), reason)
        self._progress.update()

    def drain(self, keep):
        """Add the rows that are ready, and wait for others until at most `keep` are pending."""
        while self._pending and (len(self._pending) > keep or self._pending[0].done()):
            row = self._pending.popleft().result()
            now = time.perf_counter()
            row["seconds"], self._last_time = now - self._last_time, now
            self._results.add(row)
            self._progress.update()


def _score_and_write(folder, name, truth, mask, completed, raw):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_png(path, completed)
    return {
        "image": name,
        "height": truth.shape[0],
        "width": truth.shape[1],
        "hole_share": float(mask.mean()),
        **metrics.score_completion(truth, completed, raw, mask),
    }
