"""What training on many devices asks of network and disk: a worksheet, no measurement.

    python benchmarks/scaling.py [--tflops=100] [--gigabytes=12.5] [--devices 8 64]

tflops: what one device sustains of this network, in 10**12 operations a second. gigabytes: what it
sends to the others a second. Formulas and their meaning: docs/scaling.md. Counts are those of
`configs/yu2018_celebahq.py`: five critic updates and one of the generator an iteration.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

BYTES = 4
"""Of a gradient: float32 under every policy."""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tflops", type=float, default=100.0)
    parser.add_argument("--gigabytes", type=float, default=12.5)
    parser.add_argument("--devices", type=int, nargs="+", default=[8, 64])
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    generator, critics, updates = parameters()
    gradients = BYTES * (generator + updates * critics)
    operations = 2 * multiplications()
    print(f"generator {generator:,}, critics {critics:,} parameters; {updates} critic updates")
    print(f"gradients of an iteration: {gradients / 1e6:.1f} MB")
    print(f"operations of an iteration for each picture of a batch: {operations / 1e9:.0f} G")
    seconds = operations / (args.tflops * 1e12)
    for count in args.devices:
        sent = 2 * (count - 1) / count * gradients
        waiting = sent / (args.gigabytes * 1e9)
        pictures = count * (updates + 1) / seconds
        print(
            f"{count} devices: each sends {sent / 1e6:.0f} MB in {1000 * waiting:.1f} ms; the "
            f"network is the limit under {waiting / seconds:.1f} pictures a device; the loader "
            f"must give {pictures:,.0f} pictures a second"
        )


def parameters():
    """(generator's, critics', critic updates for each of the generator)."""
    from configs.yu2018_celebahq import get_config
    from inpaint_tf.training.build_from_config import build_trainer

    config = get_config()
    trainer = build_trainer(config)
    networks = (trainer.generator, *trainer.critics.networks.values())
    generator, *critics = (network.count_params() for network in networks)
    return generator, sum(critics), config.train.critic_updates


def multiplications():
    """Of an iteration, for one picture of each batch."""
    from benchmarks import arithmetic

    return arithmetic.iteration()


if __name__ == "__main__":
    main()
