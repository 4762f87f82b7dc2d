"""The sizes of the blocks in which contextual attention computes many scores. Needs no Keras."""

SCORE_BYTES = 192 * 2**20
"""Default size of contextual attention's score matrix: a larger one is computed in blocks of rows
of about this size. 192 MiB hold a batch of 48 at 256x256, or one picture of 672x672."""

EXTRA_ROWS = 5
"""Rows of scores, of three steps of the computation, that a block takes over from the one before
it, see `attention_blocks`."""

LEAST_ROWS = 4
"""Fewest rows that a block outputs: with fewer, most of the work would be copying what it takes
over."""
