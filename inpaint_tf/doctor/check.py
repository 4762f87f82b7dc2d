"""One line of the table that compares this package with an original."""

from typing import NamedTuple


class Check(NamedTuple):
    """One line of the table: what was compared, the largest error, and the allowed error.

    compared: number of values that the error is the largest of.
    """

    name: str
    error: float
    tolerance: float
    compared: int

    @property
    def passed(self) -> bool:
        return bool(self.error <= self.tolerance)  # False for NaN
