"""What scores share is computed once, and freed with the picture."""

import weakref

from pictures import centre_hole, noisy_pair

from inpaint_tf.evaluation.scores import of_one_picture, psnr_and_ssim
from inpaint_tf.evaluation.scores.view import View


def test_a_function_of_a_view_is_computed_once():
    image, truth = noisy_pair(8, 8)
    view, calls = View(image, truth), []

    def count(given):
        calls.append(given)
        return len(calls)

    assert [view.once(count), view.once(count)] == [1, 1]
    assert calls == [view]
    assert View(image, truth).once(count) == 2


def test_a_hole_shares_with_the_whole():
    image, truth = noisy_pair(8, 8)
    whole = View(image, truth)
    assert View(image, truth, centre_hole(8, 8), whole).whole is whole
    assert whole.whole is whole


def test_a_view_is_freed_without_the_garbage_collector():
    whole = View(*noisy_pair(8, 8))
    gone = weakref.ref(whole)
    del whole
    assert gone() is None


def test_the_map_of_ssim_is_computed_once_for_each_output(monkeypatch):
    factors, calls = psnr_and_ssim.ssim_factors, []
    monkeypatch.setattr(
        psnr_and_ssim, "ssim_factors", lambda *given: calls.append(given[0]) or factors(*given)
    )
    raw, truth = noisy_pair(32, 24)
    mask = centre_hole(32, 24)
    composite = raw * mask[..., None] + truth * (1 - mask[..., None])
    of_one_picture.score_completion(truth, composite, raw, mask)
    assert [given is raw for given in calls] == [False, True]
    calls.clear()
    of_one_picture.score_completion(truth, composite, composite, mask)
    assert len(calls) == 1
