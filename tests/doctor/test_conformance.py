import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inpaint_tf.doctor import conformance
from inpaint_tf.errors import UserError

COMPACT = Path(__file__).parents[1] / "goldens" / "deepfill_v1_seed1_compact.npz"


@pytest.fixture(scope="module")
def goldens():
    return conformance.load_goldens(COMPACT)


def test_the_package_computes_what_the_2018_graph_computed(goldens):
    checks = list(conformance.run_checks(goldens, seed=1))
    assert [check for check in checks if not check.passed] == []
    # 2 attention + 2 stages + 2 stages + 5 losses + 2 groups of gradient norms
    assert len(checks) == 13
    assert sum(c.compared for c in checks if "gradient_norm" in c.name) == 104


def test_the_package_computes_what_aot_gan_computed():
    # By the command, in a process of its own: it computes without oneDNN.
    goldens = COMPACT.with_name("aotgan_seed1_compact.npz")
    environment = {k: v for k, v in os.environ.items() if k != "TF_ENABLE_ONEDNN_OPTS"}
    shown = subprocess.run(
        [sys.executable, "-m", "inpaint_tf", "conformance", f"--goldens={goldens}", "--seed=1"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    lines = [line.split() for line in shown.stdout.splitlines() if line.startswith("aot/128/")]
    # generator, 3 maps, enlarged map, soft hole + 8 losses + 3 and 3 groups of gradient norms
    assert len(lines) == 1 + 3 + 2 + 8 + 6
    assert sum(int(line[1]) for line in lines if "grad" in line[0]) == 3 * 108 + 3 * 6


def test_the_package_computes_what_the_partial_convolutions_computed():
    goldens = conformance.load_goldens(COMPACT.with_name("partial_convolution_seed1_compact.npz"))
    checks = list(conformance.run_checks(goldens, seed=1))
    assert [check for check in checks if not check.passed] == []
    # final mask, 2 pictures, 5 losses and their total, 2 groups of gradient norms
    assert len(checks) == 1 + 2 + 6 + 2
    assert sum(c.compared for c in checks if "gradients" in c.name) == 2 * 39


def test_another_seed_is_noticed(goldens):
    trainer, _ = conformance.build_golden_trainer(seed=2)
    checks = list(conformance.check_generator(goldens, trainer))
    assert not any(check.passed for check in checks)


def test_a_slightly_wrong_attention_is_noticed(goldens, monkeypatch):
    from inpaint_tf.networks.layers import contextual_attention as module

    monkeypatch.setattr(module, "_sum_diagonal", lambda scores: 1.01 * scores)
    checks = {check.name: check for check in conformance.check_attention(goldens)}
    assert not checks["attention/wide/fused"].passed
    assert checks["attention/wide/unfused"].passed


def test_a_number_that_is_none_does_not_pass():
    assert not conformance.Check("x", float("nan"), 1.0, 1).passed


def test_golden_weights_follow_their_recipe():
    bias = conformance.golden_weight("a/bias", (1000,), seed=1)
    kernel = conformance.golden_weight("a/kernel", (3, 3, 16, 64), seed=1)
    assert bias.std() == pytest.approx(0.05, rel=0.1)
    assert kernel.std() == pytest.approx(np.sqrt(1.6 / (3 * 3 * 16)), rel=0.05)
    assert (bias != conformance.golden_weight("b/bias", (1000,), seed=1)).all()


@pytest.mark.parametrize("content", [None, b"no archive", b"PK\x03\x04 damaged", b"\x93NUMPY"])
def test_unusable_goldens_are_a_users_mistake(tmp_path, content):
    path = tmp_path / "goldens.npz"
    if content:
        path.write_bytes(content)
    with pytest.raises(UserError, match=r"goldens"):
        conformance.load_goldens(path)
