"""The doctor: what it finds where all is well, and where something is not."""

import json
import mmap
import subprocess
import sys

import pytest
from keras import ops

from inpaint_tf.commands import doctor as doctor
from inpaint_tf.doctor import (
    building_blocks,
    comparison,
    examine,
    machine,
    metal_audit,
    report_lines,
    whole_networks,
)
from inpaint_tf.engines import apple_gpu, runtime
from inpaint_tf.networks.generators import coarse_to_fine
from inpaint_tf.networks.layers import activations

ELU = building_blocks.BLOCKS[0]


def small_config():
    return whole_networks.step_config(size=64, width=4, critics=4)


def test_apples_gpu_has_a_kernel_for_all_of_inference_at_256():
    found = whole_networks.audit_inference()
    assert not found.lacks
    assert len(found.waits) == 1  # for the picture, to make bytes of it
    assert found.on_gpu > 500
    assert found.on_host < 50


def test_apples_gpu_has_a_kernel_for_all_of_an_iteration_at_256():
    found = whole_networks.audit_iteration()
    assert not found.lacks
    assert not found.waits
    assert found.on_gpu > 4000
    assert found.on_host < 1000


def test_the_audit_sees_what_has_no_kernel_and_who_made_it(monkeypatch):
    monkeypatch.setattr(activations, "elu_of_parts", ops.elu)
    found = whole_networks.audit_iteration(config=small_config())
    assert {lack.operation for lack in found.lacks} == {"Elu", "EluGrad"}
    assert any("conv1_1" in lack.maker for lack in found.lacks)
    lines = list(report_lines.audit_lines("an iteration", found))
    assert lines[0].startswith(f"an iteration: {len(found.lacks)} operations without a kernel")
    assert "78 Elu (T=float32)" in lines[1]  # 2 generator passes x 39 layers with an ELU


def test_the_audit_follows_functions_and_drops_what_never_runs():
    import tensorflow as tf

    @tf.function
    def inner(x):
        return tf.math.sin(x)

    @tf.function
    def outer(x):
        tf.math.cos(x)  # no result depends on it
        return inner(x) * tf.math.sin(tf.constant(1.0)) + tf.cast(tf.shape(x)[0] + 1, tf.float32)

    found = metal_audit.audit(outer.get_concrete_function(tf.TensorSpec((3,))))
    assert [(lack.operation, lack.types) for lack in found.lacks] == [("Sin", "T=float32")]
    unknown = metal_audit.audit(outer.get_concrete_function(tf.TensorSpec((None,))))
    assert {lack.operation for lack in unknown.lacks} > {"Sin", "Shape"}


def test_a_kernel_is_one_for_the_types_at_hand():
    import tensorflow as tf

    def lacking(dtype):
        function = tf.function(lambda x: tf.where(x > 0, x, x))
        return [
            lack.operation
            for lack in metal_audit.audit(
                function.get_concrete_function(tf.TensorSpec((3,), dtype))
            ).lacks
        ]

    assert lacking(tf.float32) == []
    assert lacking(tf.int32)[:2] == ["Greater", "SelectV2"]


@pytest.mark.parametrize("block", building_blocks.BLOCKS, ids=lambda block: block.name)
def test_each_block_for_apples_gpu_equals_that_for_the_cpu(block):
    found = comparison.compare(block, "cpu", as_metal=True)
    assert list(found.complaints()) == []
    assert len(found.errors) == (3 if block.differentiable else 1)


def test_a_wrong_derivative_is_told_with_its_size(monkeypatch):
    def wrong(x):  # right but for its derivative at 0, which comes out as 2
        return ops.maximum(x, 0.0) + ops.exp(ops.minimum(x, 0.0)) - 1.0

    monkeypatch.setattr(activations, "elu_of_parts", wrong)
    found = comparison.compare(ELU, "cpu", as_metal=True)
    assert found.errors[0] < 1e-6
    assert found.errors[1] > 0.01
    (complaint, *_) = found.complaints()
    assert complaint.startswith("ELU: the first derivative is off by 0.")


def test_a_number_that_is_none_is_wrong():
    assert comparison.relative_error([1.0, float("nan")], [1.0, 1.0]) == float("inf")
    assert comparison.relative_error([1.0, 2.0], [1.0, 4.0]) == 0.5


def test_iterations_on_the_forms_for_apples_gpu_have_the_same_losses():
    found, iterations = whole_networks.compare_iteration("cpu", True, small_config())
    assert found.passed, found
    assert len(iterations.losses) == whole_networks.ITERATIONS


def test_operations_that_run_on_the_cpu_unasked_are_counted():
    import tensorflow as tf

    tf.config.set_soft_device_placement(True)  # the default, unless another test changed it
    iterations = whole_networks.Iterations("gpu", True, small_config()).run(1)  # there is none
    assert iterations.on_cpu["Conv2D"] > 10
    assert not iterations.on_cpu["StatelessRandomUniformV2"]  # asked for on the CPU


@pytest.fixture
def quick(monkeypatch):
    """The whole examination, of one block and of small networks."""
    compare_generator, compare_iteration = (
        whole_networks.compare_generator,
        whole_networks.compare_iteration,
    )
    monkeypatch.setattr(building_blocks, "BLOCKS", (ELU,))
    monkeypatch.setattr(
        whole_networks, "compare_generator", lambda d, m: compare_generator(d, m, size=64)
    )
    monkeypatch.setattr(
        whole_networks, "compare_iteration", lambda d, m: compare_iteration(d, m, small_config())
    )
    monkeypatch.setattr(whole_networks, "memory_growth", lambda device, as_metal: 3 << 20)


def test_examination_ends_in_a_verdict_and_the_flags(quick, capsys):
    content = examine.examine(machine.describe(), "cpu", ["the plugin is missing"])
    shown = capsys.readouterr().out
    assert "note: the plugin is missing" in shown
    assert "Verdict: all is well. Use --device=cpu" in shown
    assert "memory: +3 MiB" in shown
    assert [row["name"] for row in content["rows"]] == [
        "ELU",
        "generator, 64x64",
        "training iteration, 64x64",
    ]
    assert not content["complaints"]
    json.dumps(content, allow_nan=False)


def test_examination_names_a_wrong_block(quick, monkeypatch, capsys):
    monkeypatch.setattr(activations, "elu_of_parts", lambda x: ops.elu(x) * 1.5)
    content = examine.examine(machine.describe(), "cpu")
    shown = capsys.readouterr().out
    assert "WRONG: ELU: the value is off by 0.5 of its size, not 1e-05" in shown
    assert "Verdict: something is wrong here" in shown
    assert not content["rows"][0]["passed"]
    assert content["complaints"]


def test_memory_is_that_of_now():
    before = whole_networks.resident_bytes()
    # Of the system itself: the allocator may keep for later what is given back to it.
    held = mmap.mmap(-1, 64 << 20)
    for _ in range(64):
        held.write(b"x" * (1 << 20))
    grown = whole_networks.resident_bytes() - before
    assert 48 << 20 < grown < 80 << 20
    held.close()
    assert whole_networks.resident_bytes() - before < 32 << 20


def test_memory_growth_sees_a_step_that_keeps_something(monkeypatch):
    kept = []

    class Leaking:
        def __init__(self, *_):
            pass

        def run(self, count):
            for _ in range(count):  # mapped anew: the heap may have room from earlier tests
                kept.append(mmap.mmap(-1, 1 << 20))
                kept[-1].write(b"x" * (1 << 20))

    monkeypatch.setattr(whole_networks, "Iterations", Leaking)
    assert whole_networks.memory_growth("cpu", True) > 140 << 20  # of 150 iterations


def test_a_block_that_raises_is_told_and_the_rest_goes_on(quick, monkeypatch, capsys):
    def refuse(x):
        raise ValueError("no such kernel\nand much more")

    monkeypatch.setattr(activations, "elu_of_parts", refuse)
    monkeypatch.setattr(
        whole_networks, "compare_generator", lambda d, m: comparison.compare(ELU, d, False)
    )
    monkeypatch.setattr(whole_networks, "compare_iteration", lambda d, m: refuse(None))
    content = examine.examine(machine.describe(), "cpu")
    shown = capsys.readouterr().out
    assert "WRONG: ELU: raised ValueError: no such kernel\n" in shown
    assert "WRONG: training iteration, 256x256: raised ValueError" in shown
    assert [row["passed"] for row in content["rows"]] == [False, True, False]


def test_a_findings_file_needs_a_folder_and_holds_no_infinity(tmp_path):
    command = [sys.executable, "-m", "inpaint_tf", "doctor", f"--json={tmp_path}/none/file"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert (
        run.stderr
        == f"error: --json={tmp_path}/none/file: there is no such folder; make it first\n"
    )
    content = {"rows": [{"errors": (float("inf"), 1.0)}]}
    assert doctor._without_infinity(content) == {"rows": [{"errors": [None, 1.0]}]}


def test_different_initial_weights_do_not_matter(monkeypatch):
    """A GPU may draw others than the CPU."""
    build = coarse_to_fine.build_generator

    def build_differently(*arguments, **options):
        network = build(*arguments, **options)
        if apple_gpu.is_used():
            network.set_weights([2 * weight for weight in network.get_weights()])
        return network

    monkeypatch.setattr(coarse_to_fine, "build_generator", build_differently)
    assert whole_networks.compare_generator("cpu", True, size=64).passed


def test_apples_gpu_gets_float32_and_no_xla_whatever_was_asked(monkeypatch, caplog):
    import keras
    import tensorflow as tf

    from inpaint_tf.engines.active_engine import engine

    monkeypatch.setattr(engine, "runs_on_metal", lambda: True)
    try:
        for precision in runtime.PRECISIONS:
            assert runtime.configure("cpu", precision)[1] == "float32"
            assert keras.config.dtype_policy().name == "float32"
        assert not tf.config.optimizer.get_jit()
    finally:
        keras.config.set_dtype_policy("float32")


def test_a_leak_is_told(quick, monkeypatch, capsys):
    monkeypatch.setattr(whole_networks, "memory_growth", lambda device, as_metal: 300 << 20)
    examine.examine(machine.describe(), "cpu")
    assert "WRONG: memory grew by 300 MiB in 150 small iterations" in capsys.readouterr().out


def test_verdict_for_a_gpu_names_the_faster_device():
    assert list(examine.verdict("gpu", [], (0.5, 2.0))) == [
        "Verdict: all is well. Use --device=gpu: 4.0 times as fast here"
    ]
    assert list(examine.verdict("gpu", [], (2.0, 0.5))) == [
        "Verdict: all is well. Use --device=cpu: 4.0 times as fast here"
    ]
    (slowed,) = examine.verdict("gpu", [], (0.5, 2.0), on_cpu={"Elu": 3})
    assert "some of it runs on the CPU" in slowed
    (unseen,) = examine.verdict("cpu", [], (1, 1), has_gpu=True)
    assert unseen.endswith("Use --device=cpu; the GPU was not examined")
    assert list(examine.verdict("gpu", ["x: off"], (1, 1)))[-1].startswith("Verdict: do not trust")


@pytest.mark.parametrize(
    ("tensorflow", "plugin", "arch", "complaint"),
    [
        ("2.19.1", "1.2.0", "arm64", None),
        ("2.21.0", "1.2.0", "arm64", "does not load with TensorFlow 2.21.0"),
        ("2.19.1", None, "arm64", "tensorflow-metal is not installed"),
        ("2.19.1", "1.3.0", "arm64", "tensorflow-metal 1.3.0 is unknown here"),
        ("2.16.2", None, "x86_64", "built for x86_64"),
    ],
)
def test_versions_that_do_not_fit_are_told(tensorflow, plugin, arch, complaint):
    packages = {"tensorflow": tensorflow, "tensorflow-metal": plugin}
    found = list(machine.pin_complaints(packages, "Darwin", arch))
    assert len(found) == (complaint is not None)
    assert not found or complaint in found[0]
    assert list(machine.pin_complaints(packages, "Linux", "x86_64")) == []


def test_the_machine_is_described():
    found = machine.describe()
    assert found["packages"]["keras"]
    assert found["processor"]
    assert found["python"] == sys.version.split()[0]
    assert machine.devices()[0] == "CPU"


def test_assumptions_end_and_nest():
    assert not apple_gpu.is_used()
    with apple_gpu.assumed():
        assert apple_gpu.is_used()
        with apple_gpu.assumed(False):
            assert not apple_gpu.is_used()
        assert apple_gpu.is_used()
    assert not apple_gpu.is_used()
