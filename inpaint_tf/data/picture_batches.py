"""Sources -> uint8 batches: an endless shuffled stream to train on, one pass in order otherwise."""

import functools
import itertools

import numpy as np

from inpaint_tf.data.ordered_map import DEFAULT_THREADS, ordered_map
from inpaint_tf.data.picture_files import crop_square, resize
from inpaint_tf.data.skip_unreadable import ReadablePictures
from inpaint_tf.data.sources import PackedSource
from inpaint_tf.data.split import Subset
from inpaint_tf.data.tf_dataset import EndingCalls, counted_dataset
from inpaint_tf.errors import UserError

CROPS = ("center", "random")
BATCHES_AHEAD = 2  # ready or being decoded while the device works on one


def batches(source, size, batch_shape, seed, start=0, crop="center", parallel=None):
    """An endless stream of shuffled pictures in batches.

    Sample k of the stream is picture `permutation(seed, k // n)[k % n]` of the source's n: every
    picture once an epoch, and a pure function of (seed, k). A stream opened at `start` goes on
    exactly there, at once. In the place of an unreadable picture comes the next readable one.

    Args:
      source: a Source.
      size: height and width of the samples, in pixels.
      batch_shape: leading axes of a batch, such as (6, 4): six batches of four.
      seed: at least 0; decides the order and the random crops.
      start: samples already consumed.
      crop: which square of a picture that is not square: "center", or "random" (drawn anew for
        every sample).
      parallel: pictures decoded at once; default: two for each core, at most 16.

    Returns:
      `Batches` of uint8 (*batch_shape, size, size, 3).
    """
    return Batches(source, size, batch_shape, seed, start, crop, parallel or DEFAULT_THREADS)


class Batches:
    """The stream that `batches` describes, in two forms.

    Iterating gives arrays, needs no TensorFlow, and raises `UserError` where too many pictures are
    unreadable. `dataset` is the same stream as a `tf.data.Dataset`; it ends where iterating would
    raise, and `error` then says why.

    Attributes:
      pictures: `ReadablePictures`; `len(pictures.left_out)` counts the unreadable ones met so far.
    """

    def __init__(self, source, size, batch_shape, seed, start, crop, parallel):
        check_crop(crop)
        if seed < 0:
            raise UserError(f"the seed of the data must be at least 0, but is {seed}")
        self.pictures = ReadablePictures(source)
        self._size, self._seed, self._start, self._crop = size, seed, start, crop
        self._shape = (*batch_shape, size, size, 3)
        self._parallel = parallel
        self._packed = _packed_rows(source, size)
        # One call gathers a whole batch from a packed cache, but decodes a single picture.
        samples = int(np.prod(batch_shape))
        self._samples_a_call = samples if self._packed else 1
        self._calls_a_batch = samples // self._samples_a_call

    def __iter__(self):
        starts = itertools.count(self._start, self._samples_a_call)
        loaded = ordered_map(
            *(self._load, starts, self._parallel), ahead=BATCHES_AHEAD * self._calls_a_batch
        )
        while True:
            parts = list(itertools.islice(loaded, self._calls_a_batch))
            yield (parts[0] if len(parts) == 1 else np.concatenate(parts)).reshape(self._shape)

    @property
    def packed_array(self):
        """The packed cache of the right size that all samples are rows of, or None: memory-mapped
        uint8 (pictures, size, size, 3)."""
        return self._packed and self._packed[0]

    def row_numbers(self):
        """Iterate over the rows of `packed_array` that each batch holds: int32 of `batch_shape`."""
        _, rows = self._packed
        for start in itertools.count(self._start, self._samples_a_call):
            indices = [self._index(start + k) for k in range(self._samples_a_call)]
            yield rows[indices].astype(np.int32).reshape(self._shape[:-3])

    @functools.cached_property
    def dataset(self):
        """The stream as a `tf.data.Dataset` of uint8 batches, prefetched."""
        return counted_dataset(
            self._calls,
            *(self._start, self._samples_a_call, self._calls_a_batch, self._shape),
            *(self._parallel, BATCHES_AHEAD),
        )

    def tensors(self):
        """Iterate as the engine under Keras reads fastest, raising what iterating would.

        On TensorFlow these are the tensors of `dataset`, elsewhere the arrays of plain iteration.
        """
        import keras

        if keras.backend.backend() != "tensorflow":
            yield from self
        yield from self.dataset
        raise self.error

    @functools.cached_property
    def _calls(self):
        return EndingCalls(self._load)

    @property
    def error(self):
        """The exception that ended `dataset`, or None."""
        return self._calls.error

    def _load(self, start):
        """Samples from number `start` on: uint8 (samples_a_call, size, size, 3)."""
        if self._packed:
            array, rows = self._packed
            return array[rows[[self._index(start + k) for k in range(self._samples_a_call)]]]
        # The third number keeps crops and permutations apart.
        rng = np.random.default_rng([self._seed, start, 1]) if self._crop == "random" else None
        return square(self.pictures.read_next(self._index(start)), self._size, rng)[None]

    def _index(self, sample):
        """Which picture sample number `sample` of the stream is."""
        epoch, place = divmod(sample, len(self.pictures.source))
        return int(_permutation(self._seed, epoch, len(self.pictures.source))[place])


@functools.lru_cache(maxsize=8)  # a batch may lie across epochs, and threads run ahead
def _permutation(seed, epoch, n):
    return np.random.default_rng([seed, epoch]).permutation(n)


def _packed_rows(source, size):
    """(array, rows) where every picture is a row of a packed array of the right size, else None."""
    rows = np.arange(len(source))
    while isinstance(source, Subset):
        source, rows = source.source, np.asarray(source.indices)[rows]
    if isinstance(source, PackedSource) and source.array.shape[1] == size:
        return source.array, rows
    return None


def in_order(source, size, batch_size, limit=None):
    """The pictures of a source once over, in order, centre crops; unreadable ones are left out.

    Args:
      source: a Source.
      size: height and width of the results, in pixels.
      batch_size: pictures in a batch; the last may hold fewer.
      limit: stop after so many pictures; default: all.

    Yields:
      (names, images): a list of names, uint8 (len(names), size, size, 3).

    Raises:
      UserError: too many pictures are unreadable.
    """
    squares = itertools.islice(readable_squares(ReadablePictures(source), size), limit)
    while part := list(itertools.islice(squares, batch_size)):
        yield [source.name(index) for index, _ in part], np.stack([image for _, image in part])


def readable_squares(pictures, size, crop="center", seed=0):
    """Yields (index, uint8 (size, size, 3)) of every readable picture in order, decoded in threads.

    Args:
      pictures: a ReadablePictures.
      size: height and width of the results, in pixels.
      crop: "center", or "random", which draws a place from (seed, index).
    """
    check_crop(crop)

    def load(index):
        image = pictures.read(index)
        rng = np.random.default_rng([seed, index, 1]) if crop == "random" else None
        return index, None if image is None else square(image, size, rng)

    for index, image in ordered_map(load, range(len(pictures.source))):
        if image is not None:
            yield index, image


def square(image, size, rng=None):
    """A picture (H, W, 3) cut to a square (see `crop_square`) and resized to (size, size, 3)."""
    return np.ascontiguousarray(resize(crop_square(image, rng), size, size))


def check_crop(crop):
    """Raises UserError where `crop` is not the name of a crop."""
    if crop not in CROPS:
        raise UserError(f"crop={crop} must be one of: {', '.join(CROPS)}")
