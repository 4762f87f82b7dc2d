"""Numbers as people type them: 10k, 1.5M and 2e4, and a sentence for what is no number."""

import re
from collections.abc import Callable, Iterable

WRITTEN = re.compile(r"(\d+(?:\.\d+)?)(?:([kKmM])|[eE]\+?(\d+))")
FACTORS = {"k": 1_000, "m": 1_000_000}


def spelt_out(text: str) -> str:
    """ "10k" as "10000"; any other text, and what is no whole number, as it is."""
    match = WRITTEN.fullmatch(text)
    if not match:
        return text
    number, letter, exponent = match.groups()
    value = float(number) * (FACTORS[letter.lower()] if letter else 10 ** int(exponent))
    return str(int(value)) if value.is_integer() else text


def spell_out(arguments: Iterable[str], takes_integer: Callable[[str], bool]) -> list[str]:
    """A command's arguments with the numbers of those flags spelt out that take an integer.

    takes_integer: whether the flag of a name does.
    """
    found: list[str] = []
    waiting = False  # for the value of "--flag value"
    for argument in arguments:
        name, equals, value = argument.lstrip("-").partition("=")
        is_flag = argument.startswith("-")
        if is_flag and equals and takes_integer(name):
            argument = f"--{name}={spelt_out(value)}"
        elif waiting and not is_flag:
            argument = spelt_out(argument)
        waiting = is_flag and not equals and takes_integer(name)
        found.append(argument)
    return found


def describe_bad_number(message: str) -> str | None:
    """A sentence in place of Python's on a text that is no number, or None for other messages."""
    match = re.search(
        r"flag (--[\w.]+)=(.*?): (invalid literal for int|could not convert)", message
    )
    if not match:
        return None
    flag, value, reason = match.groups()
    if reason.startswith("invalid"):
        return f"{flag}={value} is no whole number; give one such as 8, 10000 or 10k"
    return f"{flag}={value} is no number; give one such as 0.5 or 1e-4"
