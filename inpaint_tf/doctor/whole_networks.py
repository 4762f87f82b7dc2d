"""The whole generator and the whole training iteration, on the device and on the CPU."""

import contextlib
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from inpaint_tf.doctor import comparison
from inpaint_tf.doctor.metal_audit import ARGUED, Audit, audit, types_of
from inpaint_tf.engines import apple_gpu

SIZE, BATCH = 256, 1
ITERATIONS = 3
MEMORY_ITERATIONS = (50, 200)
"""Memory is read after these many iterations: the first ones still build."""

GENERATOR_ALLOWED = 1e-3
LOSSES_ALLOWED = 1e-4
"""For the losses of three iterations, over the largest: the critics' scores nearly cancel."""

BOOKKEEPING = {"_Send", "_Recv", "_HostSend", "_HostRecv", "_Arg", "_Retval", "Const", "NoOp"}
BOOKKEEPING |= {"VarHandleOp", "ReadVariableOp", "AssignVariableOp", "Identity", "PartitionedCall"}
"""Operations in a device's part of a graph that compute nothing."""


def step_config(size: int = SIZE, width: int = 32, critics: int = 64) -> Any:
    """The settings of Algorithm 1 that draw and compute the most, with a small batch."""
    from inpaint_tf.default_config import default_config

    config = default_config()
    config.data.size = size
    config.data.batch_size = BATCH
    config.data.flip = True
    config.masks.kind = "mixed"
    config.masks.size = size // 2
    config.masks.per_image = True
    config.generator.width = width
    config.critics.width = critics
    config.losses.ssim = 0.1
    config.optimizer.schedule = "cosine"
    config.train.critic_updates = 1
    config.train.average_decay = 0.999
    return config


def pictures(size: int, count: int = 2) -> np.ndarray:
    """Smooth noise, uint8 (count, BATCH, size, size, 3)."""
    coarse = np.random.default_rng(0).integers(0, 256, (count, BATCH, 8, 8, 3), dtype=np.uint8)
    return np.kron(coarse, np.ones((1, 1, size // 8, size // 8, 1), np.uint8))


def audit_inference(as_metal: bool = True, size: int = SIZE) -> Audit:
    """`Audit` of completing a picture, in the form for Apple's GPU or for a CPU."""
    import tensorflow as tf

    from inpaint_tf.inference import completion
    from inpaint_tf.networks.generators.coarse_to_fine import build_generator

    with apple_gpu.assumed(as_metal):
        complete = completion.compiled(build_generator(), "grey")
        specs = [tf.TensorSpec((1, size, size, channels), tf.uint8) for channels in (3, 1)]
        if complete.input_signature is not None:  # one graph for all sizes
            specs = []
        return audit(complete.get_concrete_function(*specs))


def audit_iteration(as_metal: bool = True, config: Any = None) -> Audit:
    """`Audit` of an iteration of Algorithm 1, in the form for Apple's GPU or for a CPU."""
    import tensorflow as tf

    from inpaint_tf.engines import runtime
    from inpaint_tf.training.build_from_config import build_trainer

    config = config or step_config()
    with apple_gpu.assumed(as_metal):
        trainer = build_trainer(config)
        step: Any = runtime.compiled(trainer.train_step, trainer.state)
        size = config.data.size
        spec = tf.TensorSpec((trainer.batches_per_step(), BATCH, size, size, 3), tf.uint8)
        return audit(step.get_concrete_function(spec))


def compare_generator(device: str, as_metal: bool, size: int = SIZE) -> comparison.Comparison:
    """`Comparison` of the whole generator's picture."""
    expected, cpu_seconds, weights = _generate("cpu", False, size)
    found, seconds, _ = _generate(device, as_metal, size, weights)
    return comparison.Comparison(
        f"generator, {size}x{size}",
        (comparison.relative_error(found, expected),),
        (GENERATOR_ALLOWED,),
        (seconds, cpu_seconds),
    )


def _generate(
    device: str, as_metal: bool, size: int, weights: list[np.ndarray] | None = None
) -> tuple[np.ndarray, float, list[np.ndarray]]:
    """(picture, seconds, weights) of a generator.

    weights: initial ones, because a GPU may draw others than the CPU.
    """
    import keras
    from keras import ops

    from inpaint_tf.engines import runtime
    from inpaint_tf.networks.generators.coarse_to_fine import build_generator

    with apple_gpu.assumed(as_metal), keras.device(f"{device}:0"):
        generator = build_generator()
        if weights is not None:
            generator.set_weights(weights)
        masked = ops.convert_to_tensor(pictures(size)[0] / 127.5 - 1.0, "float32")
        mask = np.zeros((BATCH, size, size, 1), "float32")
        mask[:, size // 4 : -size // 4, size // 4 : -size // 4] = 1
        mask = ops.convert_to_tensor(mask)

        def refined(*inputs: Any) -> list[Any]:
            with keras.device(f"{device}:0"):
                return [generator(list(inputs))["refined"]]

        run = runtime.compiled(refined, generator.variables)
        (found,) = (ops.convert_to_numpy(result) for result in run(masked, mask))
        seconds = min(comparison.seconds_of(run, masked, mask) for _ in range(2))
    return found, seconds, generator.get_weights()


class Iterations:
    """A trainer on a device, and its iterations.

    weights: initial ones, from `weights()` of another, because a GPU may draw others than the CPU.

    Attributes:
    losses: a dict for each iteration that has run.
    seconds: of the fastest iteration.
    on_cpu: Counter of the operations that TensorFlow placed on the CPU on its own.
    """

    def __init__(
        self,
        device: str,
        as_metal: bool,
        config: Any,
        weights: Sequence[list[np.ndarray]] | None = None,
    ):
        import keras

        from inpaint_tf.engines import runtime
        from inpaint_tf.training.build_from_config import build_trainer

        self.as_metal = as_metal
        self.losses: list[dict[str, float]] = []
        self.seconds = float("inf")
        self.on_cpu: Counter[str] | None = None
        self.batch = pictures(config.data.size)
        with apple_gpu.assumed(as_metal), keras.device(f"{device}:0"):
            self.trainer = build_trainer(config)
            for network, values in zip(self._networks(), weights or (), strict=False):
                network.set_weights(values)

        def step(batch: Any) -> dict[str, Any]:
            with keras.device(f"{device}:0"):
                return self.trainer.train_step(batch)

        self.step = runtime.compiled(step, self.trainer.state)

    def _networks(self) -> tuple[Any, ...]:
        trainer = self.trainer
        return trainer.generator, trainer.average, *trainer.critics.networks.values()

    def weights(self) -> list[list[np.ndarray]]:
        """The weights of each network, for the argument `weights` of another."""
        return [network.get_weights() for network in self._networks()]

    def run(self, count: int) -> "Iterations":
        """Runs `count` iterations, and returns itself."""
        from tensorflow.python.eager import context

        for index in range(count):
            start = time.perf_counter()
            with apple_gpu.assumed(self.as_metal):
                if self.on_cpu is None:  # graphs can only be collected in their first run
                    with context.collect_graphs() as graphs:
                        losses = self.step(self.batch)
                    self.on_cpu = _unasked_on_cpu(graphs)
                else:
                    losses = self.step(self.batch)
            self.losses.append({name: float(value) for name, value in losses.items()})
            if index:
                self.seconds = min(self.seconds, time.perf_counter() - start)
        return self


def _unasked_on_cpu(graphs: Iterable[Any]) -> Counter[str]:
    """Counts the operations that TensorFlow placed on the CPU on its own.

    Optimization only appends to the names of operations, so `ON_HOST` stays in them.
    """
    return Counter(
        node.op
        for graph in graphs
        for node in graph.node
        if "CPU" in node.device
        and apple_gpu.ON_HOST not in node.name
        and node.op not in BOOKKEEPING
        and (node.op, types_of(node)) not in ARGUED
    )


def compare_iteration(
    device: str, as_metal: bool, config: Any = None
) -> tuple[comparison.Comparison, Iterations]:
    """(`Comparison` of the losses of some iterations, the device's `Iterations`)."""
    config = config or step_config()
    reference = Iterations("cpu", False, config)
    found = Iterations(device, as_metal, config, reference.weights()).run(ITERATIONS)
    expected = reference.run(ITERATIONS)
    error = comparison.relative_error(
        *(
            [list(losses.values()) for losses in iterations.losses]
            for iterations in (found, expected)
        )
    )
    result = comparison.Comparison(
        f"training iteration, {config.data.size}x{config.data.size}",
        (error,),
        (LOSSES_ALLOWED,),
        (found.seconds, expected.seconds),
    )
    return result, found


def memory_growth(device: str, as_metal: bool) -> int:
    """Bytes that this process, and TensorFlow on a GPU, hold more after later small iterations.

    The memory that a Mac's graphics library holds may not be counted.
    """
    iterations = Iterations(device, as_metal, step_config(size=64, width=8, critics=16))
    first, last = MEMORY_ITERATIONS
    iterations.run(first)
    before = _held_bytes()
    iterations.run(last - first)
    return _held_bytes() - before


def _held_bytes() -> int:
    import tensorflow as tf

    held = resident_bytes()
    for index in range(len(tf.config.list_logical_devices("GPU"))):
        with contextlib.suppress(
            ValueError, RuntimeError, tf.errors.OpError
        ):  # not every plugin reports it
            held += tf.config.experimental.get_memory_info(f"GPU:{index}")["current"]
    return held


def resident_bytes() -> int:
    """The memory that this process holds now. Its peak would hide growth after a large step."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # macOS
        command = ["ps", "-o", "rss=", "-p", str(os.getpid())]
        return int(subprocess.run(command, capture_output=True, check=True).stdout) * 1024
