"""Words that several commands say, in the singular and in the plural."""


def counted(count: int, noun: str) -> str:
    """ "1 photo", "2,000 photos"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def not_completed(count: int, noun: str) -> str:
    """ "1 photo was not completed", "2 photos were not completed"."""
    return f"{counted(count, noun)} {'was' if count == 1 else 'were'} not completed"
