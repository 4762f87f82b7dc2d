"""Our network as a method."""

from inpaint_tf.evaluation.methods.method_names import short_name


class NetworkMethod:
    """A loaded `Inpainter`. weights: what the user called them. blend: see `Inpainter.complete`."""

    batched = True

    def __init__(self, inpainter, weights, batch_size, blend=False):
        from inpaint_tf import compositing

        self.inpainter = inpainter
        self.batch_size = batch_size
        self.blend = blend
        self.place = str(weights)
        self.name = short_name(self.place)
        self.fill_level = int(compositing.to_uint8(compositing.HOLE_FILLS[inpainter.hole_fill]))

    @property
    def settings(self):
        """Batches and devices round differently, so they are among them."""
        return {
            "weights": self.inpainter.fingerprint(),
            "batch_size": self.batch_size,
            "device": self.inpainter.device,
            "blend": "membrane" if self.blend else None,  # None, as folders of before it have
        }

    def source(self, pair):
        del pair

    def complete(self, pairs, images, masks):
        del pairs
        return self.inpainter.complete_with_raw(
            list(images), list(masks), batch_size=self.batch_size, blend=self.blend
        )
