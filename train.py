"""Train: `python train.py --config=configs/quickstart.py --workdir=logs/run`; see --help."""

from inpaint_tf.commands.train import run

if __name__ == "__main__":
    run()
