"""What a run does around its loop."""

from types import SimpleNamespace

import numpy as np
import pytest
from small import SETTINGS

import inpaint_tf
from inpaint_tf.data import open_source, split_source
from inpaint_tf.default_config import default_config
from inpaint_tf.errors import UserError
from inpaint_tf.inference.photos import framing
from inpaint_tf.networks.generators.coarse_to_fine import build_generator
from inpaint_tf.training import loop
from inpaint_tf.training.run import _framing, _list_held_out, _tell_changes, train
from inpaint_tf.weights import generator_file, locate


@pytest.fixture
def config():
    config = default_config()
    config.data.test_count = 2
    return config


def test_what_was_held_out_of_a_folder_and_of_a_cache_is_listed(tmp_path, pictures, config):
    cache = tmp_path / "faces.npy"
    rows = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), np.uint8)  # no copies
    np.save(cache, rows)
    for name, spec in (("folder", pictures), ("cache", cache)):
        (tmp_path / name).mkdir()
        _, held_out = split_source(open_source(spec), 2)
        listed = _list_held_out(tmp_path / name, config, held_out)
        assert listed == tmp_path / name / "held_out.txt"
        lines = listed.read_text().split()
        assert len(lines) == 2
        assert all(
            line.startswith(f"{spec}/" if name == "folder" else f"{cache}#") for line in lines
        )
        assert len(open_source(listed)) == 2


def test_nothing_is_listed_where_nothing_was_held_out(tmp_path, pictures, config):
    config.data.test_count = 0
    assert _list_held_out(tmp_path, config, None) is None
    config.data.test_count, config.data.validation = 2, str(pictures)
    assert _list_held_out(tmp_path, config, open_source(pictures)) is None


def test_the_best_is_chosen_anew_where_validation_has_changed(config):
    best = {"step": 3, "psnr": 20.0}
    for changed, kept in (
        ({"train.steps"}, best),
        ({"data.train", "train.log_every"}, best),
        ({"train.validation_count"}, None),
        ({"run.validation_pictures"}, None),
    ):
        store = SimpleNamespace(best=best)
        _tell_changes(config, store, frozenset(changed))
        assert store.best == kept


def test_the_framing_is_measured_once_in_a_run(tmp_path, pictures, config, monkeypatch):
    source = open_source(pictures)
    monkeypatch.setattr(framing, "measured", lambda seen: framing.Framing(0.5, 0.4, len([*seen])))
    config.data.size = 64
    assert _framing(None, source, config) == [0.5, 0.4, 6]
    config.data.size = 32  # too small to find a face in
    assert _framing(None, source, config) is None
    generator_file.save_generator(
        build_generator(4), tmp_path / locate.GENERATOR_FILE, {**SETTINGS, "step": 3}
    )
    assert _framing(tmp_path, source, config) == SETTINGS["framing"]
    inpainter = inpaint_tf.Inpainter.load(tmp_path / locate.GENERATOR_FILE, device="cpu")
    assert inpainter.framing == tuple(SETTINGS["framing"])


@pytest.mark.parametrize("error", [MemoryError("std::bad_alloc"), RuntimeError("a fault of ours")])
def test_a_full_memory_is_no_traceback(tmp_path, pictures, config, monkeypatch, error):
    config.data.update({"train": str(pictures), "size": 32, "batch_size": 2})
    config.masks.update({"size": 16, "max_shrink": 2})
    config.generator.width, config.critics.width = 4, 8

    def step(run):
        raise error

    monkeypatch.setattr(loop, "train", step)
    told = UserError if isinstance(error, MemoryError) else RuntimeError
    with pytest.raises(told) as raised:
        train(config, tmp_path / "run", device="cpu", precision="float32")
    if told is UserError:
        assert str(raised.value).startswith(
            "the memory is too small for a batch of 2 pictures of 32x32 pixels; set a lower"
        )
        assert "no checkpoint was written yet; the same command" in str(raised.value)
