"""Copies the weights of LPIPS out of its authors' package, for `test.py --lpips`.

  pip install lpips
  inpaint-tf lpips-weights --output=lpips_alex.npz

Needs PyTorch, which `lpips` brings, this once and on any machine.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from inpaint_tf.commands.parsing.run_command import run_command
from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.scores.feature_networks import ALEXNET


def main(_: Sequence[str]) -> None:
    """Run the command; its flags are defined by `cli`."""
    from absl import flags

    try:
        import lpips
    except ImportError as error:
        raise UserError(f"{error.name} is not installed; pip install lpips") from None
    from inpaint_tf.data.atomic_files import write_whole

    arrays: dict[str, Any] = convert(lpips.LPIPS(net="alex", verbose=False))
    with write_whole(flags.FLAGS.output) as file:
        np.savez(file, **arrays)
    print(f"wrote {flags.FLAGS.output}; use it by test.py --lpips={flags.FLAGS.output}")


def convert(model: Any) -> dict[str, np.ndarray]:
    """{name in the .npz: array} of an `lpips.LPIPS(net="alex")`."""
    state = {name: value.numpy() for name, value in model.net.state_dict().items()}
    kernels = [name for name in state if name.endswith(".weight")]
    heads = [model.lin0, model.lin1, model.lin2, model.lin3, model.lin4]
    arrays = {}
    for index, ((name, *_), kernel) in enumerate(zip(ALEXNET, kernels, strict=True)):
        # PyTorch keeps (out, in, rows, columns).
        arrays[f"{name}/kernel"] = state[kernel].transpose(2, 3, 1, 0)
        arrays[f"{name}/bias"] = state[kernel.removesuffix("weight") + "bias"]
        [head] = heads[index].state_dict().values()
        arrays[f"head{index + 1}"] = head.numpy().reshape(-1)
    return arrays


def cli() -> None:
    """Entry point of `inpaint-tf lpips-weights`."""
    from absl import flags

    flags.DEFINE_string("output", None, "The .npz to write.", required=True)
    run_command(main)


if __name__ == "__main__":
    cli()
