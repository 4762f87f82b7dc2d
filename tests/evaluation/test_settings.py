"""Settings of an evaluation: their forms, and mistakes in them."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from inpaint_tf.errors import UserError
from inpaint_tf.evaluation.settings import EvaluationSettings, check_settings, complete_settings
from inpaint_tf.weights.locate import DEFAULT, GENERATOR_FILE


def settings(**changes):
    return EvaluationSettings(**{"images": "in", "output": "out", **changes})


def test_methods_may_be_one_or_several():
    assert settings(baselines="mean").baselines == ("mean",)
    assert settings(baselines=["mean", "ns"]).baselines == ("mean", "ns")
    assert settings(predictions=None).predictions == ()


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        settings().size = 3


def test_our_network_is_tested_if_nothing_else_is():
    assert complete_settings(settings()).weights == (DEFAULT,)
    assert complete_settings(settings(baselines="mean")).weights == ()


def test_the_latest_run_is_called_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checkpoint = Path("logs", "my_run", "checkpoints", "step_00000001")
    checkpoint.mkdir(parents=True)
    (checkpoint / GENERATOR_FILE).write_bytes(b"")
    found = complete_settings(settings(weights=["latest", "faces256"])).weights
    assert [str(weights) for weights in found] == [str(Path("logs", "my_run")), "faces256"]


def test_a_protocol_sets_what_is_free_and_agrees_with_what_is_equal():
    found = complete_settings(settings(protocol="shah2022", size=256))
    assert (found.masks, found.size, found.limit) == ("center", 256, 2000)
    assert found.blend == "none"
    assert complete_settings(found) == found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 7}, "--size=7 is too small; give at least 8"),
        ({"limit": 0}, "--limit=0 is too small; give at least 1"),
        ({"batch_size": 0}, "--batch_size=0 is too small"),
        ({"mask_pairing": "nam"}, "unknown mask_pairing 'nam'; did you mean name"),
        ({"device": "tpu"}, "unknown device 'tpu'"),
        ({"precision": "float16"}, "unknown precision 'float16'"),
        ({"protocol": "shah2023"}, "did you mean shah2022"),
        ({"protocol": "shah2022", "limit": 3}, "sets --limit=2000; leave --limit=3 out"),
        ({"blend": "poisson"}, "unknown blend 'poisson'"),
        ({"blend": "membrane", "baselines": "mean"}, "our networks fill in, and none is tested"),
        ({"protocol": "shah2022", "blend": "membrane"}, "sets --blend=none; leave"),
        ({"masks": " "}, "--masks is empty"),
        ({"output": "result.jpg"}, "--output=result.jpg looks like a picture"),
        ({"masks": __file__, "mask_pairing": "cycle"}, "needs a folder of masks"),
        ({"weights": "nowhere"}, "no weights at nowhere"),
    ],
)
def test_mistakes_are_told(change, message):
    with pytest.raises(UserError, match=message):
        check_settings(complete_settings(settings(**change)))
