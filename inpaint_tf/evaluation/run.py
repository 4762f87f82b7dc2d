"""One evaluation from its settings to its files: complete, score, compare, report."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inpaint_tf.data.paths.folder_lock import locked
from inpaint_tf.evaluation import pairing, picture_size, results_folder, trained_on
from inpaint_tf.evaluation.complete_and_score import complete_and_score
from inpaint_tf.evaluation.methods.method_names import name_apart
from inpaint_tf.evaluation.report.comparison import Comparison, Tested, compare
from inpaint_tf.evaluation.report.table_set import TableSet, tabulate
from inpaint_tf.evaluation.report.write import write_comparison, write_report
from inpaint_tf.evaluation.settings import (
    EvaluationSettings,
    check_files,
    check_layout,
    check_output_apart,
    check_settings,
    complete_settings,
)
from inpaint_tf.inference.photos import detectors
from inpaint_tf.masks.face_shapes import SHAPES


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found.

    settings: as they were used, with the protocol's values and the methods filled in.
    tested: each method with its folder, scores and failures, in the order of the settings.
    comparison: the methods over the pictures that all of them completed, or None where there is no
        such picture.
    tables: the scores of `comparison` as tables, and notes to them; None without a comparison.
    """

    settings: EvaluationSettings
    tested: tuple[Tested, ...]
    comparison: Comparison | None
    tables: TableSet | None

    @property
    def summaries(self) -> dict[str, dict[str, Any]]:
        """{method's name: its mean scores over the pictures that all methods completed}."""
        return self.comparison.summaries if self.comparison else {}

    @property
    def failures(self) -> dict[str, dict[str, str]]:
        """{method's name: {picture file: why it was not completed}}, without empty ones."""
        return {one.name: one.failures for one in self.tested if one.failures}


def evaluate(settings: EvaluationSettings | None = None, /, **fields: Any) -> Evaluation:
    """Complete test pictures, score them, and write results and report into the output folder.

    settings: what to evaluate. fields: in its place, or to change some of it, the fields of
        `EvaluationSettings`; `images` and `output` are required.

    Returns the scores. A picture that cannot be completed is named in `Evaluation.failures`, and
    the others go on. An evaluation that was interrupted goes on when it is called again. Raises
    UserError for settings that cannot be used, OSError for a disk that is full or not writable.

    Example:

        found = inpaint_tf.evaluate(images="faces/val", output="results", baselines="telea")
        found.summaries["telea"]["hole"]["composite"]["psnr"]
    """
    settings = replace(settings, **fields) if settings else EvaluationSettings(**fields)
    settings = complete_settings(settings)
    check_settings(settings)
    settings = picture_size.settle_size(settings)
    pairs = pairing.find_pairs(
        settings.images,
        settings.masks,
        settings.limit,
        settings.mask_pairing == "cycle",
        settings.mask_rule,
    )
    check_output_apart(settings, pairs)
    check_files(settings)
    light = [*_predictions(settings, pairs), *_baselines(settings)]
    results_folder.prepare_folder(settings.output)
    with locked(settings.output, "--output"):
        return _evaluate(settings, pairs, light)


def _evaluate(settings, pairs, light):
    """Test all methods and write their results; the folder is locked."""
    methods = name_apart([*_networks(settings), *light])
    check_layout(settings, methods)
    judges, set_judges = _judges(settings)
    several = len(methods) > 1
    tested = tuple(_test(settings, method, pairs, judges, several) for method in methods)
    return _report(settings, tested, set_judges, several)


def _test(settings, method, pairs, judges, several):
    """Complete and score with one method, in a folder of its own where there are several."""
    folder = Path(settings.output) / (method.name if several else "")
    folder.mkdir(exist_ok=True)
    inputs = {
        pair.name: results_folder.describe_inputs([*pair.files(), method.source(pair)])
        for pair in pairs
    }
    results = results_folder.Results(
        folder, _recorded(settings, method), inputs, settings.overwrite
    )
    complete_and_score(
        method,
        pairs,
        results,
        size=settings.size,
        batch_size=settings.batch_size,
        judges=judges,
    )
    summary = results.finish(list(inputs))
    done = tuple(pair for pair in pairs if results.is_done(pair.name))
    return Tested(method, results, done, summary)


def _report(settings, tested, set_judges, several):
    """Compare the methods that completed anything, and write what people read."""
    successful = [one for one in tested if one.pairs]
    comparison = compare(successful, set_judges) if successful else None
    if comparison is None:
        return Evaluation(settings, tested, None, None)
    methods = [one.method for one in comparison.tested]
    rows = comparison.rows[comparison.first.name]
    remarks = [
        *picture_size.remarks(methods, rows, settings.size),
        *picture_size.enlargements(comparison.pairs, settings.size),
    ]
    if settings.blend != "none":
        remarks.append(
            f"Our networks' fillings are blended into the pictures (--blend={settings.blend}), "
            "which the papers do not do."
        )
    tables = tabulate(
        comparison,
        settings.central,
        remarks,
        beside_paper=settings.protocol is not None,
        warnings=trained_on.remarks(settings.weights, comparison.pairs),
    )
    if several:
        write_comparison(comparison, Path(settings.output))
    else:
        _add_set_scores(*successful, comparison, set_judges)
    write_report(comparison, tables, settings)
    return Evaluation(settings, tested, comparison, tables)


def _add_set_scores(one, comparison, set_judges):
    """Scores of all pictures together are known last; summary.json of one method has them too."""
    found = comparison.summaries[one.name]
    of_sets = {each.branch: found[each.branch] for each in set_judges if each.branch in found}
    if of_sets:
        one.results.write_summary({**one.summary, **of_sets})


def _predictions(settings, pairs):
    from inpaint_tf.evaluation.methods.predictions import Predictions, PredictionsMethod

    return [PredictionsMethod(Predictions(folder, pairs)) for folder in settings.predictions]


def _baselines(settings):
    from inpaint_tf.evaluation.methods.baselines import BaselineMethod

    return [BaselineMethod(name) for name in dict.fromkeys(settings.baselines)]


def _networks(settings):
    if not settings.weights:
        return []
    from inpaint_tf.evaluation.methods.network import NetworkMethod
    from inpaint_tf.inference.inpainter import Inpainter

    compute = {
        "score_bytes": settings.score_bytes,
        "device": settings.device,
        "precision": settings.precision,
    }
    blend = settings.blend == "membrane"
    return [
        NetworkMethod(Inpainter.load(name, **compute), name, settings.batch_size, blend)
        for name in settings.weights
    ]


def _judges(settings):
    """(`Judges`, judges of sets). Called after the networks: Keras is set up."""
    from inpaint_tf.evaluation.scores.of_one_picture import Judges

    recogniser = lpips = faces = None
    set_judges: list[Any] = []
    if settings.recogniser:
        from inpaint_tf.evaluation.scores.recognition import Recogniser

        recogniser = Recogniser(settings.recogniser)
    if settings.lpips or settings.inception:
        from inpaint_tf.engines import runtime

        runtime.load_engine()
        from inpaint_tf.evaluation.scores.feature_networks import Inception, Lpips
        from inpaint_tf.evaluation.scores.of_a_set import SetJudge

        lpips = Lpips(settings.lpips) if settings.lpips else None
        if settings.inception:
            inception = Inception(settings.inception)
            set_judges.append(SetJudge(inception, settings.size))
    if settings.recognition:
        from inpaint_tf.evaluation.scores.face_descriptors.dlib_faces import DlibFaces
        from inpaint_tf.evaluation.scores.face_descriptors.set_judge import FaceSetJudge

        faces = DlibFaces()
        set_judges.insert(0, FaceSetJudge(faces, settings.size))
    return Judges(recogniser, lpips, faces), set_judges


def _recorded(settings, method):
    """What the results depend on, for `Results` to compare with an earlier run's."""
    precision = {"precision": settings.precision} if method.batched else {}
    return {
        "images": str(Path(settings.images).resolve()),
        "masks": pairing.hole_word(settings.masks) or str(Path(settings.masks).resolve()),
        **_recorded_detector(settings.masks),
        "mask_pairing": settings.mask_pairing,
        "invert_masks": settings.invert_masks,
        **{f"mask_{name}": value for name, value in settings.mask_rule.changes.items()},
        "size": _recorded_size(settings.size),
        "recogniser": _text(settings.recogniser),
        "lpips": _text(settings.lpips),
        "recognition": settings.recognition or None,  # None, as folders of before it have
        **precision,
        **method.settings,
    }


def _recorded_size(size):
    """None for pictures as they are, so that folders of earlier versions go on."""
    if size == picture_size.NATIVE:
        return None
    return size if isinstance(size, int) else str(size)


def _recorded_detector(masks):
    """Shapes lie on faces that a detector finds: another one may find others."""
    if pairing.hole_word(masks) not in SHAPES:
        return {}
    return {"detector": detectors.choose(detectors.AUTO)}


def _text(path):
    return None if path is None else str(path)
