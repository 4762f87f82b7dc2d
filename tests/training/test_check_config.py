"""The check of a config's values: complete, and quick."""

import subprocess
import sys

import pytest

from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.training import check_config


def test_choices_are_those_that_the_code_has():
    from inpaint_tf.compositing import HOLE_FILLS
    from inpaint_tf.training.terms.features import FORMS

    assert set(check_config.CHOICES["masks.fill"]) == set(HOLE_FILLS)
    assert set(check_config.CHOICES["losses.feature_form"]) == set(FORMS)


def test_a_mistake_is_told_without_loading_keras():
    program = (
        "import sys; from inpaint_tf.training.check_config import check_config; "
        "from inpaint_tf.default_config import default_config; "
        "check_config(default_config()); print('keras' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("group", "field", "value", "message"),
    [
        ("masks", "kind", "centre", "--config.masks.kind must be one of center, "),
        ("data", "size", 100, "--config.data.size must be a multiple of 8; got 100"),
        ("train", "average_decay", 1.0, "--config.train.average_decay must be below 1"),
        ("train", "steps", 0, "no step to train; set --config.train.steps above 0"),
        ("optimizer", "learning_rate", float("nan"), "must be at least 0; got nan"),
        ("generator", "freeze_encoder", True, "must be False for kinds without batch norm"),
        ("losses", "feature_form", "liu", "must be one of partial_convolution, aot; got 'liu'"),
        ("losses", "style", -1.0, "--config.losses.style must be at least 0; got -1.0"),
        ("masks", "size", 256, "--config.masks.size must be below --config.data.size=256"),
        ("data", "size", 128, "size=128 (half is usual: --config.masks.size=64); got 128"),
    ],
)
def test_values_that_cannot_work_are_named(group, field, value, message):
    config = default_config()
    config[group][field] = value
    with pytest.raises(UserError) as error:
        check_config.check_config(config)
    assert message in str(error.value)


@pytest.mark.parametrize("kind", ["landmarks", "everyday"])
def test_holes_without_a_box_have_no_discount(kind):
    config = default_config()
    config.masks.kind = kind
    with pytest.raises(UserError, match=r"losses\.discount must be 1 for holes of kind"):
        check_config.check_config(config)
    config.losses.discount = 1.0
    check_config.check_config(config)


@pytest.mark.parametrize("name", ["features", "face", "matching"])
def test_features_belong_to_critics_that_have_them(name):
    config = default_config()
    config.losses[name] = 0.5
    with pytest.raises(UserError, match=rf"losses\.{name} must be 0 for other critics"):
        check_config.check_config(config)
    config.critics.kind = "projected"
    check_config.check_config(config)


@pytest.mark.parametrize("view", ["eyes", "face"])
def test_more_views_belong_to_projected_critics(view):
    config = default_config()
    config.critics[view] = True
    with pytest.raises(UserError, match=rf"critics\.{view} must be False for other critics"):
        check_config.check_config(config)
    config.critics.kind = "projected"
    check_config.check_config(config)


def test_recognition_needs_its_packages(monkeypatch):
    config = default_config()
    config.train.validation_recognition = True
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(UserError, match="pip install dlib-bin"):
        check_config.check_config(config)


def test_ssim_needs_a_box_of_its_window():
    config = default_config()
    config.losses.ssim, config.masks.size, config.masks.max_shrink = 0.5, 10, 2
    with pytest.raises(UserError, match=r"--config.masks.size must be at least 11 .*; got 10"):
        check_config.check_config(config)
    config.masks.size = 11
    check_config.check_config(config)
