import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import arithmetic, attention_loop, cases, measuring, peers, run
from inpaint_tf.networks.layers.contextual_attention import contextual_attention


def test_the_loop_over_images_computes_what_ours_does():
    features = np.random.default_rng(0).uniform(size=(2, 12, 16, 4)).astype("float32")
    mask = np.zeros((1, 12, 16, 1), "float32")
    mask[:, 4:8, 4:10] = 1
    ours, _ = contextual_attention(features, features, mask)
    loop = attention_loop.attend_image_by_image(features, mask)
    np.testing.assert_allclose(loop, ours, atol=1e-4)


def test_arithmetic_of_the_networks():
    # The first layer: 256x256 pixels, 5x5 taps, 5 channels to 32.
    assert arithmetic.generator() > 256**2 * 25 * 5 * 32
    assert arithmetic.generator() == pytest.approx(25.79e9, rel=1e-3)
    assert arithmetic.critics() == pytest.approx(2.825e9, rel=1e-3)
    assert arithmetic.iteration(0) == 3 * arithmetic.generator() + 2 * arithmetic.critics()


def test_arithmetic_of_the_critics_counts_every_weight_at_every_place():
    from inpaint_tf.networks.discriminators import build_global_critic, build_local_critic

    total = 0
    for critic in (build_local_critic(), build_global_critic()):
        for layer in critic.layers:
            if layer.weights:
                places = (
                    layer.output.shape[1] * layer.output.shape[2] if "conv" in layer.name else 1
                )
                total += places * int(np.prod(layer.kernel.shape))
    assert arithmetic.critics() == total


def test_best_seconds_takes_functions_in_turns():
    calls = []
    best = measuring.best_seconds(lambda: calls.append("a"), lambda: calls.append("b"), repeats=2)
    assert calls == ["a", "b", "a", "b", "a", "b"]
    assert all(0 <= seconds < 1 for seconds in best)


def test_quick_leaves_the_slow_cases_out():
    assert set(cases.SLOW) <= set(cases.CASES)
    assert set(run.choose(None, quick=True)) == set(cases.CASES) - set(cases.SLOW)
    assert run.choose(["picture"], quick=True) == ["picture-1024", "picture-2048"]


def test_a_row_shows_what_it_has():
    line = run.format_row(
        {"what": "x", "seconds": 0.0123, "units": 2.0, "peak_bytes": 1e9, "target": "<= 3 units"}
    )
    assert line.split() == ["x", "12.3", "ms", "2.0", "1.00", "GB", "<=", "3", "units"]
    assert "0.50 %" in run.format_row({"what": "x", "share": 0.005, "elsewhere": True})


def test_the_command_writes_its_numbers(tmp_path):
    report = tmp_path / "report.json"
    command = [sys.executable, run.__file__, "--quick", "--only", "help", f"--json={report}"]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    assert "train.py --help" in finished.stdout
    rows = json.loads(report.read_text())["rows"]
    assert [row["what"] for row in rows] == ["train.py --help", "test.py --help"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--only", "nothing"], "no such case"), (["--json=/no/such/folder/x"], "no such folder")],
)
def test_mistakes_are_told_in_one_line(arguments, message):
    command = [sys.executable, run.__file__, *arguments]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 2
    assert message in finished.stderr.splitlines()[-1]


@pytest.fixture
def measured(monkeypatch):
    """Times that the programs would take, in place of running them; a function shows the table."""
    seconds = {"ours": 0.1, "openvino": 0.12, "port": 0.5}
    asked = []

    def in_child(who, task, precision, args):
        asked.append((who, task, precision))
        return {"seconds": seconds[who] * len(asked), "version": who.upper()}

    monkeypatch.setattr(peers, "in_child", in_child)
    return asked


def test_peers_take_turns_and_the_best_of_each_counts(measured, capsys):
    args = SimpleNamespace(rounds=2, batch=4)
    peers.compare(args, {"openvino": ("inference",), "port": ("inference", "iteration")})
    assert measured[: len(measured) // 2] == measured[len(measured) // 2 :]
    first, header, *lines = capsys.readouterr().out.splitlines()
    assert first == "OURS; OPENVINO; PORT; batch 4; milliseconds a picture"
    assert header.split() == ["precision", "ours", "openvino", "times", "port", "times"]
    # The first round's times: 1 and 2 and 3 times those above, then 4 and 5 and 6 times.
    assert lines[0].split() == ["inference", "float32", "100.0", "240.0", "2.40", "1500.0", "15.00"]
    assert lines[1].split()[2:] == ["400.0", "600.0", "1.50", "3000.0", "7.50"]
    assert lines[2].split() == ["iteration", "float32", "700.0", "-", "4000.0", "5.71"]


def test_peers_need_a_peer(monkeypatch):
    monkeypatch.setattr(peers.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["peers.py"])
    with pytest.raises(SystemExit, match="pip install openvino, or name --port"):
        peers.main()
