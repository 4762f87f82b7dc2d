"""How contextual attention is cut into blocks where its scores are too many. Needs no Keras."""

SCORE_BYTES = 192 * 2**20
"""Default for the size of a score matrix of contextual attention above which it is computed in
blocks of rows of that size. 192 MiB hold a batch of 48 at 256x256, or one picture of 672x672."""

EXTRA_ROWS = 5
"""Rows of scores that a block computes beside those it puts out, see `attention_blocks`."""

LEAST_ROWS = 4
"""Rows that a block puts out at least: with fewer, most of the work would be for the extra ones."""
