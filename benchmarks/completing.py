"""Cases of completing pictures."""

import time

from benchmarks import arithmetic, measuring
from benchmarks.material import SIZE, pictures
from benchmarks.rows import configure, row


def inference(precision, batch, quick):
    """uint8 to uint8, as a user gets it: scaling, hole, generator, compositing."""
    fast = configure(precision)
    complete = _completion("complete_alone", batch)
    seconds = measuring.best_seconds(complete, repeats=3 if quick else 8)[0]
    target = {"float32": "<= 45 units", "mixed_bfloat16": "<= 9 units"}.get(fast)
    return [
        row(
            f"inference, batch {batch}, {fast}",
            seconds / batch,
            fast,
            arithmetic.generator(),
            target=target if batch == 4 else None,
        )
    ]


def raw_output(precision, batch, quick):
    """Composites, and as test.py needs it, with the picture outside the hole: by turns."""
    fast = configure(precision)
    functions = [_completion(name, batch) for name in ("complete", "complete_alone")]
    whole, alone = measuring.best_seconds(*functions, repeats=3 if quick else 30)
    return [
        row(
            f"composite beside raw output, batch {batch}, {fast}",
            alone / batch,
            fast,
            arithmetic.generator(),
            times=whole / alone,
            than="with the network's picture everywhere",
        )
    ]


def _completion(name, batch):
    """A function of `completion` on noise; holes of a quarter of the picture, as in the paper."""
    import numpy as np

    from inpaint_tf.inference import completion

    complete = completion.compiled(generator(), "grey", getattr(completion, name))
    images, masks = pictures(batch), np.zeros((batch, SIZE, SIZE, 1), np.uint8)
    masks[:, 64:192, 64:192] = 255
    return lambda: complete(images, masks)


def large_picture(size, precision, quick):
    """One large picture from uint8 to uint8; the process holds TensorFlow and the weights too."""
    import numpy as np

    del quick
    fast = configure(precision)
    from inpaint_tf.inference.inpainter import Inpainter

    painter = Inpainter(generator())
    image = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    mask = np.zeros((size, size), np.uint8)
    mask[size // 4 : -size // 4, size // 4 : -size // 4] = 255
    started = time.perf_counter()
    painter.complete(image, mask)
    return [
        {
            "what": f"one picture of {size}x{size}, {fast}",
            "seconds": time.perf_counter() - started,
            "target": {1024: "<= 3 GB", 2048: "<= 8 GB"}[size],
        }
    ]


def generator():
    """With random weights."""
    from inpaint_tf.networks import generators

    return generators.build(generators.DEFAULT_KIND, 32)
