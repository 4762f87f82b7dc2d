"""Test: `python test.py --images=DIR --masks=center --weights=RUN --output=DIR`; see --help."""

from inpaint_tf.commands.test import cli

if __name__ == "__main__":
    cli()
