"""A face from its number: the layers in the order in which they are painted."""

from inpaint_tf.data.sample_faces import beard, eyes, head, nose_and_mouth, scene
from inpaint_tf.data.sample_faces.canvas import Canvas
from inpaint_tf.data.sample_faces.hair import Hair
from inpaint_tf.data.sample_faces.traits import sample_traits

_SMALLEST_CANVAS = 192  # pixels; details such as lashes need them, whatever is asked for


def draw_face(seed, size=256):
    """Draw face number `seed`: (size, size, 3) uint8 RGB, the same content at every size.

    The face is frontal and fills most of the square, eyes at 45-50 % of the height and mouth at
    70-75 %, as in CelebA-HQ. `seed` is an integer, 0 or more; `size` is in pixels.
    """
    t = sample_traits(seed)
    canvas = Canvas(max(_SMALLEST_CANVAS, round(1.5 * size)))
    hair = Hair(canvas, t) if t.style else None
    scene.draw_background(canvas, t)
    if hair and not t.style.thinness:
        hair.draw_behind()
    head.draw_neck(canvas, t)
    scene.draw_clothes(canvas, t)
    head.draw_ears(canvas, t)
    scene.draw_earrings(canvas, t)
    _draw_face(canvas, t)
    mask = canvas.mask(head.head_outline(t), blur=0.0015)
    if hair:
        hair.draw_front(mask)
    scene.draw_glasses(canvas, t, mask)
    return scene.photograph(scene.pose(canvas.pixels, t), size, t)


def _draw_face(canvas, t):
    mask = canvas.mask(head.head_outline(t), blur=0.0015)
    head.draw_skin(canvas, t, mask)
    nose_and_mouth.draw_wrinkles(canvas, t)
    beard.draw_beard(canvas, t, mask)
    nose_and_mouth.draw_nose(canvas, t)
    nose_and_mouth.draw_mouth(canvas, t)
    eyes.draw_eyes(canvas, t)
    eyes.draw_brows(canvas, t)
    head.light_head(canvas, t, mask)
    eyes.draw_eye_lights(canvas, t)
