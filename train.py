"""Train: `python train.py --config=configs/quickstart.py --workdir=logs/run`; see --help."""

from inpaint_tf.commands.train import cli

if __name__ == "__main__":
    cli()
