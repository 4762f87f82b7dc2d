"""The device that computes, its precision, and the compilation of functions for it."""

import contextlib
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from absl import logging

from inpaint_tf.engines import hosts
from inpaint_tf.errors import UserError

DEVICES = ("auto", "cpu", "gpu")

PRECISIONS = ("auto", "float32", "mixed_bfloat16", "mixed_float16")
X86 = ("x86_64", "AMD64")
"""What `platform.machine` calls processors that oneDNN was written for."""


def configure(device: str = "auto", precision: str = "auto") -> tuple[str, str]:
    """Choose the device and Keras' dtype policy. Call it once, before any network is built.

    device: a member of `DEVICES`; "auto" takes a GPU where the engine sees one.
    precision: a member of `PRECISIONS`; "auto" is mixed_bfloat16 on a CPU with bfloat16
      instructions (on TensorFlow) and on a GPU under JAX, and float32 elsewhere. On Apple's GPU it
      is always float32, and XLA compiles nothing.
    Returns (device, precision) as chosen. Raises `UserError` for device="gpu" without a GPU, for
    another device than the one that the program computes on already, and in a forked process.
    """
    load_engine()
    refuse_forked()
    import keras

    from inpaint_tf.engines.active_engine import engine

    asked, device = device, engine.choose_device(device)
    if device is None:
        raise UserError(f"--device={asked}, but {engine_name()} sees no GPU here; use --device=cpu")
    if asked not in ("auto", device):
        raise UserError(
            f"device={asked}, but this program computes on the {device} already, and "
            f"{engine_name()} cannot change that; use another process"
        )
    if precision == "auto":
        if keras.backend.backend() == "jax":  # whose bfloat16 is slow on a CPU
            fast = device == "gpu"
        else:
            fast = device == "cpu" and cpu_multiplies_bfloat16()
        precision = "mixed_bfloat16" if fast else "float32"
    if engine.runs_on_metal():
        precision = _settle_for_metal(precision)
    keras.config.set_dtype_policy(precision)
    _tell_once(f"{engine_name()} on the {device}{_reason(asked, device)}, precision {precision}")
    return device, precision


@contextlib.contextmanager
def layers_in(precision: str) -> Iterator[None]:
    """Layers built inside compute in one of `PRECISIONS`, whatever the program's is."""
    load_engine()
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _reason(asked: str, device: str) -> str:
    if asked != "auto":
        return ""
    return f" (--device=auto: it sees {'a' if device == 'gpu' else 'no'} GPU here)"


_told: list[str] = []
"""The line that `_tell_once` logged last."""


def _tell_once(line: str) -> None:
    """Log where this program computes; not again for each of several networks."""
    if _told != [line]:
        logging.info("%s", line)
    _told[:] = [line]


def _settle_for_metal(precision: str) -> str:
    """Configure TensorFlow for Apple's GPU, and return its only precision, "float32"."""
    import tensorflow as tf

    tf.config.optimizer.set_jit(False)
    if precision != "float32":
        logging.warning("--precision=%s is not for Apple's GPU; computing in float32", precision)
    logging.info("Apple's GPU: float32, a graph for each size of picture, no XLA")
    return "float32"


def engine_name() -> str | None:
    """ "TensorFlow" or "JAX", whichever Keras runs on."""
    import keras

    return {"tensorflow": "TensorFlow", "jax": "JAX"}.get(keras.backend.backend())


_configured_in: list[int] = []
"""The process that chose the device; empty before."""


def refuse_forked() -> None:
    """Raise `UserError` in a process forked from one that computes: its engine would hang here."""
    _configured_in[:] = _configured_in or [os.getpid()]
    if _configured_in != [os.getpid()]:
        raise UserError(
            f"{engine_name()} hangs in a forked process; start processes by "
            'multiprocessing.get_context("spawn"), or load weights in the child only'
        )


def prefer_onednn() -> None:
    """Let TensorFlow compute by oneDNN on x86, if nobody chose and TensorFlow is not loaded yet.

    It does so by itself on newer processors only. On those without AVX-512 too, batches are faster
    so; single pictures are not, by a factor of three (benchmarks/README.md).
    """
    if platform.machine() in X86 and "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def avoid_onednn() -> None:
    """Let TensorFlow compute by its own code, if nobody chose and TensorFlow is not loaded yet.

    Its float32 convolutions are nearer to exact ones than oneDNN's, on processors with AVX-512.
    """
    if "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def load_engine() -> None:
    """Import Keras and its engine, without the start-up messages of their libraries.

    Raises `UserError` where the engine is not installed or not supported.
    """
    with _native_stderr_hidden():
        try:
            import keras

            from inpaint_tf.engines import active_engine  # noqa: F401
        except ImportError as error:
            raise UserError(_no_engine(error)) from None
        except ValueError as error:  # Keras does not know the name at all
            if "backend" not in str(error):
                raise
            raise UserError(_unknown_backend()) from None
        _take_our_conventions()
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()  # a missing CUDA driver is reported here


def _no_engine(error: ImportError) -> str:
    missing = (error.name or "").split(".")[0]
    if missing in ("tensorflow", "jax"):
        other = "jax" if missing == "tensorflow" else "tensorflow"
        return f"{missing} is not installed; install it, or set KERAS_BACKEND={other}"
    if missing in ("torch", "openvino"):
        return f"inpaint_tf does not compute on {missing}; set KERAS_BACKEND=tensorflow or =jax"
    return str(error)


def _unknown_backend() -> str:
    name = os.environ.get("KERAS_BACKEND")
    if name:
        return f"KERAS_BACKEND={name} is no engine of Keras; set it to tensorflow or jax"
    home = os.environ.get("KERAS_HOME", os.path.join("~", ".keras"))
    return (
        f"{os.path.join(home, 'keras.json')} names a backend that Keras does not have; set "
        '"backend" in it, or KERAS_BACKEND, to tensorflow or jax'
    )


def _take_our_conventions() -> None:
    """Undo what an old keras.json says of the order of axes and the precision of numbers."""
    import keras

    if keras.config.image_data_format() != "channels_last":
        logging.warning("channels_first of keras.json is not for this package: channels come last")
        keras.config.set_image_data_format("channels_last")
    if keras.config.floatx() != "float32":
        keras.config.set_floatx("float32")


@contextlib.contextmanager
def _native_stderr_hidden() -> Iterator[None]:
    """A context that hides what TensorFlow's libraries print at import: no log level silences it.

    Python's own errors are raised, not printed, so they are not lost. Where the process dies
    inside, what was hidden is printed after all: it says why.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    shown = os.dup(2)
    keeper, hidden = _start_keeper()
    os.dup2(hidden, 2)
    try:
        yield
    finally:
        os.dup2(shown, 2)
        if keeper:
            with contextlib.suppress(OSError):  # it may have been stopped by Ctrl-C
                os.write(hidden, _ALL_IS_WELL)
        os.close(hidden)
        os.close(shown)
        if keeper:
            with contextlib.suppress(subprocess.TimeoutExpired):
                keeper.wait(1)


_ALL_IS_WELL = b"\ninpaint_tf: loaded\n"
_KEEP = f"""
kept=$(cat)
case "$kept" in *"{_ALL_IS_WELL.decode().strip()}") ;; *) printf '%s\\n' "$kept" >&2 ;; esac
"""


def _start_keeper() -> tuple[Any, int]:
    """A process that prints what is written to it unless told that all is well: (it, descriptor).

    A process that aborts cannot print it itself. Without a shell the descriptor leads nowhere.
    """
    reading, writing = os.pipe()
    try:
        # A session of its own: Ctrl-C is for this process.
        keeper = subprocess.Popen(["/bin/sh", "-c", _KEEP], stdin=reading, start_new_session=True)
    except OSError:
        os.close(writing)
        return None, os.open(os.devnull, os.O_WRONLY)
    finally:
        os.close(reading)
    return keeper, writing


def cpu_multiplies_bfloat16() -> bool:
    """Whether the processor has bfloat16 products (AMX or AVX-512); False where this is unknown."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="ignore") as cpuinfo:
            flags = next((line.split() for line in cpuinfo if line.startswith("flags")), [])
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


def share_batches(asked: str | int, batch_size: int) -> int:
    """Let several devices share each batch of a training step; returns how many in all.

    asked: their number in each process, or "auto" for as many as there are and a batch can be
      divided among. Processes: those of `hosts.together`.
    Every device holds all weights, and the result is that of one device but for the order in which
    sums are rounded. Call it after `configure`, before anything is compiled.

    Raises `UserError` for a number that does not divide `batch_size`, that is not there, and for
    more than one device in float16 on TensorFlow.
    """
    from inpaint_tf.engines.active_engine import engine

    there, processes = engine.device_count(), hosts.count()
    if batch_size % processes:
        raise UserError(
            f"{processes} processes cannot share --config.data.batch_size={batch_size}; choose a "
            "multiple"
        )
    share = batch_size // processes
    if asked == "auto":
        count = max(n for n in range(1, there + 1) if share % n == 0)
    elif not str(asked).isdigit() or int(asked) < 1:
        raise UserError(f"--data_parallel={asked} must be auto or a number of devices, such as 8")
    else:
        count = int(asked)
    if count > there:
        raise UserError(f"--data_parallel={count}, but {engine_name()} sees {there} here")
    if share % count:
        whole = "" if processes == 1 else f", of which each of {processes} processes has {share}"
        raise UserError(
            f"--data_parallel={count} does not divide --config.data.batch_size={batch_size}{whole};"
            " choose a multiple"
        )
    everywhere = count * processes
    if everywhere > 1:
        engine.share_batches(count)
        logging.info("%d devices share each batch of %d pictures", everywhere, batch_size)
    return everywhere


def on_all_devices() -> contextlib.AbstractContextManager[None]:
    """A context in which networks and optimizers are built for all devices that share batches."""
    from inpaint_tf.engines.active_engine import engine

    return engine.on_all_devices()


def compiled(
    function: Callable[..., Any], variables: Iterable[Any], batch_axis: int | None = None
) -> Callable[..., Any]:
    """`function` as one program on the device, compiled anew for each shape of its arguments.

    variables: every `keras.Variable` that `function` reads or assigns; others may be among them.
    batch_axis: axis of its arguments along which devices share them, see `share_batches`; None: the
      first device does everything.
    """
    from inpaint_tf.engines.active_engine import engine

    return engine.compiled(function, variables, batch_axis)
