"""Sources -> uint8 batches: an endless shuffled stream for training, or one pass in order."""

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from inpaint_tf.data.picture_files import crop_square, resize
from inpaint_tf.data.sources import PackedSource, Source, Subset
from inpaint_tf.data.streams import augment
from inpaint_tf.data.streams.skip_unreadable import ReadablePictures
from inpaint_tf.data.streams.tf_dataset import EndingCalls, counted_dataset
from inpaint_tf.data.streams.threaded_map import DEFAULT_THREADS, ordered_map
from inpaint_tf.errors import UserError

SQUARES = ("center", "random")
CROPS = (*SQUARES, "part")
BATCHES_AHEAD = 2  # number decoded in advance while the device computes on one


def batches(
    source: Source,
    size: int,
    batch_shape: Sequence[int],
    seed: int,
    start: int = 0,
    crop: str = "center",
    jitter: float = 0.0,
    parallel: int | None = None,
    share: tuple[int, int] = (0, 1),
) -> "Batches":
    """An endless stream of shuffled pictures in batches: uint8 (*batch_shape, size, size, 3).

    Sample k of the stream is picture `permutation(seed, k // n)[k % n]` of the source's n: every
    picture appears once an epoch, and the stream is a pure function of (seed, k). A stream opened
    at `start` continues exactly there, without delay. The next readable picture replaces one that
    cannot be read.

    size: height and width of the samples, in pixels.
    batch_shape: leading axes of a batch, such as (6, 4): six batches of four.
    seed: at least 0; decides the order and the random crops.
    start: number of samples already consumed.
    crop: which square of a picture that is not square: "center", or "random" (drawn anew for every
      sample); or "part", a random part of any picture, its shape not kept (`augment.random_part`).
    jitter: how much its colours change at random; 0: not at all (`augment.jitter_colours`).
    parallel: number of pictures decoded at once; default: two for each core, at most 16.
    share: (place, of how many) of those who read the stream together: each gets equal parts of the
      last axis of `batch_shape`, in this order, and together they get what one alone would. Their
      number must divide that axis.
    """
    threads = parallel or DEFAULT_THREADS
    return Batches(source, size, batch_shape, seed, start, crop, jitter, threads, share)


class Batches:
    """The stream that `batches` describes, in two forms.

    Iteration gives arrays, needs no TensorFlow, and raises `UserError` where too many pictures are
    unreadable. `dataset` is the same stream as a `tf.data.Dataset`; it ends where iteration would
    raise, and `error` then says why.

    Attribute pictures: `ReadablePictures`; `len(pictures.left_out)` counts the unreadable pictures
    met so far.
    """

    def __init__(
        self,
        source: Source,
        size: int,
        batch_shape: Sequence[int],
        seed: int,
        start: int,
        crop: str,
        jitter: float,
        parallel: int,
        share: tuple[int, int] = (0, 1),
    ):
        check_crop(crop)
        if seed < 0:
            raise UserError(f"the seed of the data must be at least 0, but is {seed}")
        self.pictures = ReadablePictures(source)
        self._size, self._seed, self._start = size, seed, start
        self._crop, self._jitter = crop, jitter
        *others, batch = batch_shape
        place, sharing = share
        self._batch, self._part = batch, batch // sharing
        self._first = place * self._part
        self._shape = (*others, self._part, size, size, 3)
        self._parallel = parallel
        as_they_are = crop != "part" and not jitter
        self._packed = _packed_rows(source, size) if as_they_are else None
        # One call gathers a whole batch from a packed cache, but decodes a single picture.
        samples = int(np.prod(self._shape[:-3]))
        self._samples_a_call = samples if self._packed else 1
        self._calls_a_batch = samples // self._samples_a_call

    def __iter__(self) -> Iterator[np.ndarray]:
        starts = itertools.count(0, self._samples_a_call)
        loaded = ordered_map(
            *(self._load, starts, self._parallel), ahead=BATCHES_AHEAD * self._calls_a_batch
        )
        while True:
            parts = list(itertools.islice(loaded, self._calls_a_batch))
            yield (parts[0] if len(parts) == 1 else np.concatenate(parts)).reshape(self._shape)

    @property
    def packed_array(self) -> np.ndarray | None:
        """The packed cache whose rows are the samples, or None where there is no such cache.

        Memory-mapped uint8 (pictures, size, size, 3).
        """
        return self._packed and self._packed[0]

    def row_numbers(self) -> Iterator[np.ndarray]:
        """Yields, for each batch, its rows of `packed_array`: int32 of `batch_shape`."""
        assert self._packed, "the pictures are not rows of a packed array"
        _, rows = self._packed
        for start in itertools.count(0, self._samples_a_call):
            yield rows[self._indices(start)].astype(np.int32).reshape(self._shape[:-3])

    @functools.cached_property
    def dataset(self) -> Any:
        """The stream as a `tf.data.Dataset` of uint8 batches, prefetched."""
        return counted_dataset(
            self._calls,
            *(0, self._samples_a_call, self._calls_a_batch, self._shape),
            *(self._parallel, BATCHES_AHEAD),
        )

    def tensors(self) -> Iterator[Any]:
        """Yields the batches in the form that the engine reads fastest; raises as iteration does.

        On TensorFlow these are the tensors of `dataset`, elsewhere the arrays of plain iteration.
        """
        import keras

        if keras.backend.backend() != "tensorflow":
            yield from self
        yield from self.dataset
        assert self.error, "the data set is endless, so only an error ends it"
        raise self.error

    @functools.cached_property
    def _calls(self) -> EndingCalls:
        return EndingCalls(self._load)

    @property
    def error(self) -> Exception | None:
        """The exception that ended `dataset`, or None."""
        return self._calls.error

    def _load(self, place: int) -> np.ndarray:
        """This share's samples from its `place` on: uint8 (samples_a_call, size, size, 3)."""
        if self._packed:
            array, rows = self._packed
            return array[rows[self._indices(place)]]
        sample = self._sample(place)
        image = self.pictures.read_next(self._index(sample))
        # The third number keeps crops, permutations and colours apart.
        rng = np.random.default_rng([self._seed, sample, 1])
        if self._crop == "part":
            image = resize(augment.random_part(image, rng), self._size, self._size)
        else:
            image = square(image, self._size, rng if self._crop == "random" else None)
        if self._jitter:
            rng = np.random.default_rng([self._seed, sample, 2])
            image = augment.jitter_colours(image, self._jitter, rng)
        return np.ascontiguousarray(image)[None]

    def _indices(self, place: int) -> list[int]:
        """The indices of the pictures of one call."""
        return [self._index(self._sample(place + k)) for k in range(self._samples_a_call)]

    def _sample(self, place: int) -> int:
        """The number in the stream of the sample at a place of this share, counted from 0."""
        batch, inside = divmod(place, self._part)
        return self._start + batch * self._batch + self._first + inside

    def _index(self, sample: int) -> int:
        """The index of the picture that is sample number `sample` of the stream."""
        epoch, place = divmod(sample, len(self.pictures.source))
        return int(_permutation(self._seed, epoch, len(self.pictures.source))[place])


@functools.lru_cache(maxsize=8)  # a batch may span epochs, and threads run ahead
def _permutation(seed: int, epoch: int, n: int) -> np.ndarray:
    return np.random.default_rng([seed, epoch]).permutation(n)


def _packed_rows(source: Source, size: int) -> tuple[np.ndarray, np.ndarray] | None:
    """(array, rows) where every picture is a row of a packed array of the right size, else None."""
    rows = np.arange(len(source))
    while isinstance(source, Subset):
        rows, source = np.asarray(source.indices)[rows], source.source
    if isinstance(source, PackedSource) and source.array.shape[1] == size:
        return source.array, rows
    return None


def in_order(
    source: Source, size: int, batch_size: int, limit: int | None = None
) -> Iterator[tuple[list[str], np.ndarray]]:
    """One pass over a source, in order, with centre crops; unreadable pictures are left out.

    size: height and width of the results, in pixels.
    batch_size: number of pictures in a batch; the last may hold fewer.
    limit: stop after this many pictures; default: all.

    Yields (names, images): a list of names, and uint8 (len(names), size, size, 3).
    Raises `UserError` where too many pictures are unreadable.
    """
    squares = itertools.islice(readable_squares(ReadablePictures(source), size), limit)
    while part := list(itertools.islice(squares, batch_size)):
        names = [source.name(index) for index, _, _ in part]
        yield names, np.stack([image for _, image, _ in part])


def readable_squares(
    pictures: ReadablePictures, size: int, crop: str = "center", seed: int = 0
) -> Iterator[tuple[int, np.ndarray, int]]:
    """Yields (index, uint8 (size, size, 3), side) of every readable picture, decoded in threads.

    In order. size: height and width of the results, in pixels; side: of the square that was cut.
    crop: "center", or "random", which draws a place from (seed, index).
    """
    check_crop(crop, SQUARES)

    def load(index: int) -> tuple[int, np.ndarray | None, int]:
        image = pictures.read(index)
        if image is None:
            return index, None, 0
        rng = np.random.default_rng([seed, index, 1]) if crop == "random" else None
        return index, square(image, size, rng), min(image.shape[:2])

    for index, image, side in ordered_map(load, range(len(pictures.source))):
        if image is not None:
            yield index, image, side


def square(image: np.ndarray, size: int, rng: np.random.Generator | None = None) -> np.ndarray:
    """A picture (H, W, 3) cut to a square (see `crop_square`) and resized to (size, size, 3)."""
    return np.ascontiguousarray(resize(crop_square(image, rng), size, size))


def check_crop(crop: str, known: tuple[str, ...] = CROPS) -> None:
    """Raises `UserError` where `crop` is not the name of a crop."""
    if crop not in known:
        raise UserError(f"crop={crop} must be one of: {', '.join(known)}")
