"""The photos that a command completes, one by one: which, whereto, and how."""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from inpaint_tf.commands.parsing.run_command import require_paths
from inpaint_tf.commands.photos.record import Record, inputs_of, settings_of
from inpaint_tf.data import photo_files
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation import pairing
from inpaint_tf.masks.face_shapes import SHAPES
from inpaint_tf.masks.mask_files import MaskRule


class Job(NamedTuple):
    """A photo to complete.

    faces: where they are, as the user says; None: where a detector sees them.
    """

    pair: pairing.Pair
    target: Path
    faces: list[Any] | None


class Work(NamedTuple):
    """What a command has to do.

    done_before: how many more photos are there already. record: of the output folder; it is written
    before the first photo is.
    """

    jobs: list[Job]
    done_before: int
    record: Record


def find_jobs(args: Any) -> Work:
    """What is to be done, by the flags of `complete`.

    Raises `UserError` for folders and files that do not fit together, and for photos that are there
    already and were completed with other settings.
    """
    rule = MaskRule(args.invert_masks, args.mask_colour, args.tolerance, args.grow)
    masks = args.masks
    if masks is None:
        if rule.colour is None:
            raise UserError("--masks is missing; see --help")
        masks = pairing.PAINTED
    jobs = _all_jobs(args, masks, rule)
    names = [job.target.relative_to(args.output).as_posix() for job in jobs]
    record = Record(Path(args.output), settings_of(args, masks, rule))
    made_from = dict(zip(names, inputs_of(jobs), strict=True))
    done = set() if args.overwrite else {name for name in names if record.has(name)}
    record.check({name: made_from[name] for name in names if name in done})
    record.plan({name: made_from[name] for name in names if name not in done})
    left = [job for job, name in zip(jobs, names, strict=True) if name not in done]
    return Work(left, len(done), record)


def _all_jobs(args, masks, rule):
    """A `Job` for each photo, done or not."""
    require_paths(images=args.images, masks=masks, output=args.output)
    pairing.check_there(masks, (pairing.TRANSPARENCY, *SHAPES))
    pairs = pairing.find_pairs(args.images, masks, rule=rule)
    if not all(isinstance(pair.image, Path) for pair in pairs):
        raise UserError(f"--images={args.images} holds no files of photos; give a folder of them")
    output = Path(args.output)
    if output.is_file():
        raise UserError(f"--output={output} is a file; give a folder")
    inputs = {path.resolve() for pair in pairs for path in pair.files()}
    targets = [output / name for name in _own_names(pairs)]
    for pair, target in zip(pairs, targets, strict=True):
        if target.resolve() in inputs:
            raise UserError(f"--output={output} would replace {pair.image}; give another folder")
    faces = _listed_faces(args.faces, pairs)
    return [
        Job(pair, target, None if faces is None else faces.get(_listed_name(pair), []))
        for pair, target in zip(pairs, targets, strict=True)
    ]


class Completer:
    """Completes the photos of jobs and writes them, by the flags of `complete`.

    Loads the network. Raises `UserError` where that cannot be done.
    """

    def __init__(self, args: Any):
        from inpaint_tf.inference.inpainter import Inpainter
        from inpaint_tf.inference.photos import detectors

        self._inpainter = Inpainter.load(args.weights, device=args.device, precision=args.precision)
        detector = args.detector if args.faces else detectors.choose(args.detector)
        self._options = {
            "detail": args.detail,
            "blend": args.blend != "none",
            "detector": detector,
        }

    def __call__(self, job: Job) -> str | None:
        """Write the completed photo of a job, whole or not at all.

        Returns None, or why it cannot be completed.
        """
        from inpaint_tf.inference.photos.faces import find_faces

        pair, faces = job.pair, job.faces
        assert isinstance(pair.image, Path)  # `find_jobs` refuses others
        try:
            photo = photo_files.read_photo(pair.image)
            if faces is None and pair.mask in SHAPES:  # seen better uncovered than covered
                faces = find_faces(photo.pixels, self._options["detector"])
            hole = pair.read_hole(photo.pixels, faces=faces)
            completed = self._inpainter.complete_photo(
                photo.pixels, hole, faces=faces, **self._options
            )
            job.target.parent.mkdir(parents=True, exist_ok=True)
            photo_files.write_photo(photo, completed, hole, job.target)
        except UserError as error:
            return " ".join(str(error).split()).removeprefix(f"{pair.image}: ")
        return None


def _own_names(pairs):
    """Names of the results, which keep the photos' formats; all are different."""
    names = []
    for pair in pairs:
        own = Path(pair.name).with_name(pair.image.name)
        names.append(own.with_suffix(photo_files.output_suffix(own)).as_posix())
    uses = Counter(name.casefold() for name in names)
    return [
        name if uses[name.casefold()] == 1 else pair.name
        for pair, name in zip(pairs, names, strict=True)
    ]


def _listed_faces(path, pairs):
    """{name of the photo: faces} of the file `path`, or None without one."""
    if path is None:
        return None
    from inpaint_tf.inference.photos.face_list import read_faces

    if not Path(path).is_file():
        raise UserError(f"--faces={path}: no such file; give a .json or .csv file")
    faces = read_faces(path)
    names = {_listed_name(pair) for pair in pairs}
    unknown = sorted(set(faces) - names)
    if unknown:
        raise UserError(
            f"--faces={path} lists {unknown[0]}, which is not among --images; names are like "
            f"{min(names)}"
        )
    return faces


def _listed_name(pair):
    """The photo's path below its folder: the result's, with the photo's own ending."""
    return (Path(pair.name).parent / pair.image.name).as_posix()
