"""A PyTorch port of the 2018 system, timed: what `peers.py` sets beside our own.

    PYTHON benchmarks/port.py --folder=PORT --what=iteration --precision=mixed_bfloat16

Prints {"seconds": of a picture, "version": ...} as JSON. PORT is a copy of
github.com/daa233/generative-inpainting-pytorch, whose `trainer.Trainer` and configs/config.yaml are
used as they are; PYTHON has PyTorch, NumPy, PyYAML and what the port imports. No TensorFlow.
"""

import argparse
import contextlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZE = 256


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", required=True)
    parser.add_argument("--what", choices=("inference", "iteration"), default="inference")
    parser.add_argument("--precision", choices=("float32", "mixed_bfloat16"), default="float32")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    sys.path[:0] = [args.folder, str(ROOT)]
    import torch

    from benchmarks.measuring import best_seconds

    torch.manual_seed(0)
    prepare = {"inference": inference, "iteration": iteration}[args.what]
    run = prepare(load_trainer(args.folder), args.batch, args.precision)
    [seconds] = best_seconds(run, repeats=args.repeats)
    version = f"PyTorch {torch.__version__}"
    print(json.dumps({"seconds": seconds / args.batch, "version": version}))


def load_trainer(folder):
    """The port's own networks and losses, with new weights, on the CPU."""
    import yaml
    from trainer import Trainer

    config = yaml.safe_load((Path(folder) / "configs" / "config.yaml").read_text())
    return Trainer({**config, "cuda": False, "gpu_ids": None})


def inference(trainer, batch, precision):
    """A function that completes a batch. In bfloat16 with the layout that it is faster with."""
    import torch

    pictures, masks, _ = holes(batch)
    if precision != "float32":
        trainer = trainer.to(memory_format=torch.channels_last)
        pictures = pictures.to(memory_format=torch.channels_last)

    def complete():
        with torch.inference_mode(), computing(precision):
            trainer.inference(pictures * (1 - masks), masks)

    return complete


def iteration(trainer, batch, precision):
    """A function of one iteration of Algorithm 1: five passes of the port's loop.

    Each updates the critics; the last updates the generator too, on the same pictures.
    """
    pictures, masks, boxes = holes(batch)
    weights = trainer.config

    def update(with_generator):
        with computing(precision):
            losses, *_ = trainer(pictures * (1 - masks), boxes, masks, pictures, with_generator)
            critics = losses["wgan_d"] + weights["wgan_gp_lambda"] * losses["wgan_gp"]
        trainer.optimizer_d.zero_grad()
        critics.backward()
        if with_generator:
            trainer.optimizer_g.zero_grad()
            total = sum(
                weights[weight] * losses[term]
                for weight, term in (
                    ("l1_loss_alpha", "l1"),
                    ("ae_loss_alpha", "ae"),
                    ("gan_loss_alpha", "wgan_g"),
                )
            )
            total.backward()
            trainer.optimizer_g.step()
        # After both: PyTorch lets no weight change between them. So the critics' gradients have a
        # part of the generator's loss here, which makes no difference for times.
        trainer.optimizer_d.step()

    def iterate():
        for number in range(1, weights["n_critic"] + 1):
            update(number == weights["n_critic"])

    return iterate


def holes(batch):
    """(pictures, masks, boxes): noise in [-1, 1], a square hole in the middle of each."""
    import torch

    pictures = 2 * torch.rand(batch, 3, SIZE, SIZE) - 1
    masks = torch.zeros(batch, 1, SIZE, SIZE)
    masks[:, :, 64:192, 64:192] = 1
    return pictures, masks, torch.tensor([[64, 64, 128, 128]] * batch)


def computing(precision):
    """PyTorch's own mixed precision, or nothing."""
    import torch

    if precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast("cpu", torch.bfloat16)


if __name__ == "__main__":
    main()
