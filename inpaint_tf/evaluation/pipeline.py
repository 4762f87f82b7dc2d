"""Completing and scoring many pictures while the network never waits for a disk.

Three things go on at once: threads read pictures ahead, the network completes batches of equal
size, and threads score and write what it has completed. A method that is no network completes its
pictures on those threads too.
"""

import os
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from tqdm import tqdm

from inpaint_tf.data import picture_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores import picture_scores

HELD_BATCHES = 4
"""Pictures kept in memory at each stage, in batches: so many sizes may mix and still fill one."""


def complete_and_score(
    method,
    pairs,
    results,
    *,
    size=None,
    batch_size=8,
    invert_masks=False,
    judges=picture_scores.NO_JUDGES,
):
    """Complete and score every pair that `results` does not hold yet.

    method: see `methods`. pairs: `pairing.Pair`s. results: a `results.Results`.
    size, invert_masks: see `Pair.read`. judges: see `scoring.Judges`. A picture that cannot be read
    or completed becomes a failure in `results` and the others go on; a full disk stops with
    OSError.
    """
    waiting = [pair for pair in pairs if not results.is_done(pair.name)]
    # A network may round differently in other batches: those of a test that was interrupted are
    # made up again from all pictures, so that its results are those of one go, to the byte.
    wanted = pairs if method.batched and waiting else waiting
    threads = min(8, os.cpu_count() or 1)
    depth = HELD_BATCHES * batch_size
    pool = ThreadPoolExecutor(threads)
    try:
        with tqdm(
            total=len(pairs),
            initial=len(pairs) - len(waiting),
            unit="image",
            desc=method.name,
            dynamic_ncols=True,
        ) as progress:
            recorder = _Recorder(pool, results, judges, progress, depth)
            loaded = _read_ahead(
                pool, lambda pair: pair.read(size, invert_masks), wanted, depth, recorder.fail
            )
            if method.batched:
                for batch in _batches_of_equal_size(loaded, batch_size, depth):
                    if not all(results.is_done(pair.name) for pair, _, _ in batch):
                        _complete_batch(method, batch, recorder)
            else:
                for pair, image, mask in loaded:
                    recorder.submit(pair, image, mask, lambda *one: _complete_one(method, *one))
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


def _complete_batch(method, batch, recorder):
    pairs, images, masks = zip(*batch, strict=True)
    try:
        completed, raw = method.complete(pairs, images, masks)
    except UserError as error:  # too large for the memory, and so are the others of this size
        for pair in pairs:
            recorder.fail(pair, error)
        return
    for pair, image, mask, *outputs in zip(pairs, images, masks, completed, raw, strict=True):
        recorder.submit(pair, image, mask, lambda *_, outputs=outputs: outputs)


def _complete_one(method, pair, image, mask):
    completed, raw = method.complete([pair], [image], [mask])
    return completed[0], raw[0]


class _Recorder:
    """Scores and writes in the pool; adds rows to the results from the caller's thread alone."""

    def __init__(self, pool, results, judges, progress, depth):
        self._pool, self._results, self._progress = pool, results, progress
        self._judges = judges
        self._depth = depth
        self._pending = deque()
        self._last_time = time.perf_counter()

    def submit(self, pair, truth, mask, complete):
        """Have `complete(pair, truth, mask)`, which gives (completed, raw), scored and written."""
        if not self._results.is_done(pair.name):
            work = self._pool.submit(self._score_and_write, pair, truth, mask, complete)
            self._pending.append((pair, work))
        self.drain(self._depth)

    def fail(self, pair, error):
        reason = " ".join(str(error).split()).removeprefix(f"{pair.image}: ")
        self._results.add_failure(str(pair.image), reason)
        self._progress.update()

    def drain(self, keep):
        """Add the rows that are ready, and wait for others until at most `keep` are pending."""
        while self._pending and (len(self._pending) > keep or self._pending[0][1].done()):
            pair, work = self._pending.popleft()
            try:
                row = work.result()
            except UserError as error:
                self.fail(pair, error)
                continue
            now = time.perf_counter()
            row["seconds"], self._last_time = now - self._last_time, now
            self._results.add(row)
            self._progress.update()

    def _score_and_write(self, pair, truth, mask, complete):
        completed, raw = complete(pair, truth, mask)
        path = self._results.folder / pair.name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture_files.write_png(path, completed)
        return {
            "image": pair.name,
            "height": truth.shape[0],
            "width": truth.shape[1],
            "hole_share": float(mask.mean()),
            **picture_scores.score_completion(truth, completed, raw, mask, self._judges),
        }
