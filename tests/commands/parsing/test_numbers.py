"""Numbers as people type them."""

import pytest

from inpaint_tf.commands.parsing.numbers import describe_bad_number, spell_out, spelt_out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10k", "10000"),
        ("10K", "10000"),
        ("1.5M", "1500000"),
        ("2e4", "20000"),
        ("1.25e2", "125"),
        ("0.25k", "250"),
        ("256", "256"),
        ("1.0005k", "1.0005k"),  # no whole number: refused in words
        ("10,000", "10,000"),
        ("k", "k"),
        ("-3", "-3"),
    ],
)
def test_numbers_are_spelt_out(typed, meant):
    assert spelt_out(typed) == meant


def test_only_flags_that_take_whole_numbers_are_touched():
    typed = ["--steps=10k", "--images=10k", "-steps", "2k", "--images", "3k", "--steps", "--x=1k"]
    assert spell_out(typed, lambda name: name == "steps") == [
        *("--steps=10000", "--images=10k", "-steps", "2000", "--images", "3k", "--steps", "--x=1k"),
    ]


def test_what_is_no_number_is_told_in_words():
    python = "flag --config.train.steps=ten: invalid literal for int() with base 10: 'ten'"
    assert describe_bad_number(python) == (
        "--config.train.steps=ten is no whole number; give one such as 8, 10000 or 10k"
    )
    python = "flag --rate=abc: could not convert string to float: 'abc'"
    assert describe_bad_number(python) == "--rate=abc is no number; give one such as 0.5 or 1e-4"
    assert describe_bad_number("flag --x=y: value should be one of <a|b>") is None
