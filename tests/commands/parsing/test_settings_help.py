import re

import pytest

from inpaint_tf.commands.parsing.settings_help import described, setting_texts, settings_help
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError


def test_every_field_has_a_text():
    fields = {
        f"{group}.{field}"
        for group, fields in default_config().to_dict().items()
        for field in fields
    }
    texts = setting_texts()
    assert texts.keys() == fields
    assert [name for name, text in texts.items() if len(text) < 5] == []
    assert texts["losses.adversarial"] == (
        "weight of the critics in the generator's loss; for balanced kinds, the norm of their "
        "gradient as a share of the reconstruction's"
    )


def test_a_line_has_name_value_meaning_and_known_kinds():
    config = default_config()
    config.critics.kind = "patchgan"
    text = "\n".join(described(config))
    shown = re.sub(r"\s+", " ", text)
    assert "critics.kind = 'patchgan': which networks judge (wgan_gp, projected, patchgan" in shown
    assert "data.size = 256: side of the square pictures trained on" in shown
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("words", [["--config=faces256:128"], ["-config", "faces256:128"]])
def test_help_shows_the_values_of_the_config_that_is_named(words):
    assert "data.size = 256:" in settings_help(["train.py", "--help"])
    shown = settings_help(["train.py", *words, "--help"])
    assert "as faces256:128 has them" in shown
    assert "data.size = 128:" in shown
    with pytest.raises(UserError, match="unknown config"):
        settings_help(["train.py", "--config=qq", "--help"])
