"""What `inpaint-tf complete` wrote, and how it is stopped, in tests."""

from pathlib import Path

import pytest

from inpaint_tf.commands.photos.complete import complete_photos
from inpaint_tf.errors import UserError


def output_of(arguments):
    """The output folder."""
    return Path(arguments.output)


def completed(arguments):
    """{name: bytes} of the photos in it."""
    return {path.name: path.read_bytes() for path in sorted(output_of(arguments).glob("[!.]*"))}


def stop_at_the_second(arguments, inpainter, monkeypatch):
    """Complete photos, with a Ctrl-C while the second is completed."""
    complete_photo, calls = inpainter.complete_photo, []

    def interrupted(*inputs, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return complete_photo(*inputs, **options)

    monkeypatch.setattr(inpainter, "complete_photo", interrupted)
    with pytest.raises(UserError, match="the same command"):
        complete_photos(arguments)
