"""Whether an error says that memory has run out. Each engine, and Python, has its own."""


def is_out_of_memory(error: BaseException) -> bool:
    """True for TensorFlow's `ResourceExhaustedError`, XLA's status of that name, `MemoryError`.

    TensorFlow raises its own for a full disk too: that one is not meant.
    """
    exhausted = type(error).__name__ == "ResourceExhaustedError"
    if exhausted or "RESOURCE_EXHAUSTED" in str(error):
        return "No space left" not in str(error)
    return isinstance(error, MemoryError)
