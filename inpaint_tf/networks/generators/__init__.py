"""Kinds of generators, a file each."""

from typing import Any

from inpaint_tf.errors import look_up

KINDS = {
    "contextual_attention": ("inpaint_tf.networks.generators.contextual_attention:build_generator"),
}


def build(kind: str, width: int, name: str = "generator", **options: Any) -> Any:
    """A generator of a kind with random weights."""
    return look_up(KINDS, kind, "kind of generator")(width, name=name, **options)
