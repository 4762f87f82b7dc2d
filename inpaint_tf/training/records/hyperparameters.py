"""A run's settings for TensorBoard: as text, and as a line of its table of runs (HParams)."""

from collections.abc import Sequence
from typing import Any

from inpaint_tf.training.records.scalars import scalar

HIDDEN = ("data.train", "data.validation", "masks.pictures", "generator.weights")
"""Paths: no columns of the table. The text has them."""
FIRST = (
    *("data.size", "masks.kind", "critics.kind", "losses.adversarial"),
    *("optimizer.learning_rate", "train.reconstruction_steps", "train.steps"),
)
"""The first columns: TensorBoard hides those after the fifth until they are asked for."""
OF_TRAIN = ("coarse_steps", "reconstruction_steps", "steps", "critic_updates", "average_decay")
"""What of config.train changes what is learnt: columns. How often things are logged is none."""


def flat_settings(config: Any) -> dict[str, Any]:
    """{"data.size": 256, ...} of a `ConfigDict`."""
    return {
        f"{group}.{field}": value
        for group, fields in config.to_dict().items()
        for field, value in fields.items()
    }


def as_markdown(config: Any, environment: dict[str, Any]) -> str:
    """The settings as a table, and below them what ran them.

    environment: of `engines.environment.describe_environment`.
    """
    lines = ["| setting | value |", "|---|---|"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in flat_settings(config).items()]
    versions = {
        "command": " ".join(environment["command"]),
        "python": environment["python"],
        "platform": environment["platform"],
        "commit": environment["git_commit"],
        **environment["packages"],
    }
    lines += ["", "| ran with | |", "|---|---|"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in versions.items() if value]
    return "\n".join(lines)


def table_line(config: Any, scores: Sequence[str], name: str) -> list[Any]:
    """The `Summary`s that make the run a line of TensorBoard's table of runs.

    name: of the run.
    scores: names of validation scores, in metrics.csv; their last values are columns.
    """
    from tensorboard.plugins.hparams import summary_v2 as hparams

    values = flat_settings(config)
    settings = {
        field: values[field]
        for field in dict.fromkeys([*FIRST, *values])
        if isinstance(values[field], bool | int | float | str) and _is_column(field)
    }
    metrics = [hparams.Metric(scalar(score).tag, display_name=score) for score in scores]
    columns = [hparams.HParam(field) for field in settings]
    return [
        hparams.hparams_config_pb(hparams=columns, metrics=metrics),
        hparams.hparams_pb(settings, trial_id=name),
    ]


def _is_column(name):
    group, field = name.split(".")
    return name not in HIDDEN and (group != "train" or field in OF_TRAIN)


def _cell(value):
    return str(value).replace("|", "\\|") if value not in ("", None) else "-"
