"""Completing and scoring many pictures while the network never waits for a disk.

Three things go on at once: threads read pictures ahead, the network completes batches of equal
size, and threads score and write what it has completed. A method that is no network completes its
pictures on those threads too.
"""

import contextlib
import errno
import os
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tqdm import tqdm

from inpaint_tf.data import photo_files, picture_files
from inpaint_tf.data.streams.threaded_map import ordered_map
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.pairing import Pair
from inpaint_tf.evaluation.results_folder import Results
from inpaint_tf.evaluation.scores import of_one_picture
from inpaint_tf.evaluation.scores.view import NO_JUDGES, Judges

THREADS = min(8, os.cpu_count() or 1)
"""That read, and as many that score and write."""
HELD_BATCHES = 4
"""Pictures kept in memory at each stage, in batches: so many sizes may mix and still fill one."""


def complete_and_score(
    method: Any,
    pairs: Sequence[Pair],
    results: Results,
    *,
    size: int | None = None,
    batch_size: int = 8,
    judges: Judges = NO_JUDGES,
) -> None:
    """Complete and score every pair that `results` does not hold yet.

    method: see `evaluation.methods`.
    size: see `Pair.read`.
    batch_size: pictures that are completed together, at most.

    A picture that cannot be read or completed becomes a failure in `results`, and the others go on.
    Raises OSError for a full disk.
    """
    waiting = [pair for pair in pairs if not results.is_done(pair.name)]
    # A network may round differently in other batches: those of a test that was interrupted are
    # made up again from all pictures, so that its results are those of one go, to the byte.
    wanted = pairs if method.batched and waiting else waiting
    depth = HELD_BATCHES * batch_size
    pool = ThreadPoolExecutor(THREADS)
    try:
        with tqdm(
            total=len(pairs),
            initial=len(pairs) - len(waiting),
            unit="image",
            desc=method.name,
            dynamic_ncols=True,
        ) as progress:
            recorder = _Recorder(pool, results, judges, progress, depth)
            loaded = _read_ahead(wanted, lambda pair: pair.read(size), depth, recorder.fail)
            with contextlib.closing(loaded):
                _complete(method, loaded, recorder, batch_size, depth)
            recorder.drain(0)
    finally:
        pool.shutdown(cancel_futures=True)


def _complete(method, loaded, recorder, batch_size, depth):
    """Complete all (pair, image, mask) of `loaded`: in batches, or one by one on the threads."""
    if not method.batched:
        for pair, image, mask in loaded:
            recorder.submit(pair, image, mask, lambda *one: _complete_one(method, *one))
        return
    first = True
    for batch in _batches_of_equal_size(loaded, batch_size, depth):
        if all(recorder.is_done(pair) for pair, _, _ in batch):
            continue
        if first:  # it takes many times longer than the others
            recorder.tell("the first batch builds the graph")
        _complete_batch(method, batch, recorder)
        if first:
            recorder.tell("")
        first = False


def _read_ahead(pairs, read, depth, fail):
    """Yield (pair, image, mask) in order; what cannot be read goes to `fail`.

    read: function of a pair to (image, mask). depth: how many are read ahead, at most.
    """

    def attempt(pair):
        try:
            return pair, read(pair), None
        except UserError as error:
            return pair, None, error

    for pair, loaded, error in ordered_map(attempt, pairs, THREADS, depth):
        if error:
            fail(pair, error)
        else:
            yield pair, *loaded


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

    def is_done(self, pair):
        return self._results.is_done(pair.name)

    def tell(self, text):
        """Show a text behind the progress bar."""
        self._progress.set_postfix_str(text)

    def submit(self, pair, truth, mask, complete):
        """Have `complete(pair, truth, mask)`, which gives (completed, raw), scored and written."""
        if not self.is_done(pair):
            work = self._pool.submit(self._score_and_write, pair, truth, mask, complete)
            self._pending.append((pair, work))
        self.drain(self._depth)

    def fail(self, pair, error):
        if self.is_done(pair):  # it was read again only to make up its batch
            return
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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(pair.image, Path):
                photo_files.write_described_png(path, completed, pair.image)
            else:  # a row of a cache or a record, which tells nothing of its file
                picture_files.write_png(path, completed)
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            raise UserError(f"its result's name, {path.name}, is too long for this disk") from None
        return {
            "image": pair.name,
            "height": truth.shape[0],
            "width": truth.shape[1],
            "hole_share": float(mask.mean()),
            **of_one_picture.score_completion(truth, completed, raw, mask, self._judges),
        }
