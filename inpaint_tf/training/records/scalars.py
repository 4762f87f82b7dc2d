"""The numbers of a run as TensorBoard shows them: group, name and a sentence on each.

TensorBoard sorts by name. The numbers in front of the groups put what people look at first.
"""

import re
from typing import NamedTuple

GROUPS = {
    "validation": "1_validation",
    "losses": "2_losses",
    "critics": "3_critics",
    "rates": "4_learning_rates",
    "speed": "5_speed",
    "gradients": "6_gradients",
}

_OF_VALIDATION = "Mean over the validation pictures, composites with the validation's hole"
_SCORES = {
    "psnr": "PSNR in dB, higher is better. Blurry fillings gain by it.",
    "ssim": "Structural similarity, 1 is equal. Blurry fillings gain by it.",
    "l1": "Mean absolute error in grey levels of 255, lower is better.",
    "robust_sharpness": "1 is as sharp as the truth. Glaring pixels do not count as sharp.",
    "specks": "Share of pictures with glaring specks, 0 is right.",
    "descriptor_distance": "Of dlib's descriptors from the truth's; under 0.6: the same person.",
    "landmarks": "Error of dlib's landmarks as a share of the distance of the eyes.",
    "told_apart": "Share that a discriminant knows for true or completed, 0.5 is the best.",
    "spread": "Of the faces' descriptors, 1 is as varied as the truth.",
}

TERMS = {
    "g_loss": "What the generator minimises: the weighted sum of the terms beside it.",
    "l1_loss": "Spatially discounted L1 over the hole's box, of coarse and refined picture, before "
    "its weight config.losses.l1.",
    "ae_loss": "L1 over the known pixels, before its weight config.losses.ae.",
    "ssim_loss": "1 - SSIM over the hole's box, before its weight config.losses.ssim.",
    "hole_loss": "L1 over the hole, before its weight config.losses.hole.",
    "ring_loss": "L1 over the known pixels beside the hole, before its weight config.losses.ring.",
    "feature_loss": "Distance of the critics' frozen features, before its weight.",
    "parts_loss": "The same of eyes, noses and mouths, enlarged, before its weight.",
    "face_loss": "Distance of the features and landmarks of faces, before its weight.",
    "known_mean_loss": "L1 over the known pixels, a mean over all, before its weight "
    "config.losses.known_mean.",
    "hole_mean_loss": "L1 over the hole, a mean over all pixels, before its weight "
    "config.losses.hole_mean.",
    "variation_loss": "Total variation in and beside the hole, before its weight "
    "config.losses.variation.",
    "perceptual_loss": "L1 of a frozen network's features, before its weight "
    "config.losses.perceptual.",
    "style_loss": "L1 of their Gram matrices, before its weight config.losses.style.",
    "g_adversarial": "What the generator gets from the critics, before its weight "
    "config.losses.adversarial. Its level has no meaning; a steady drift away is a bad sign.",
    "d_loss": "What the critics minimise: their distances or hinge losses, and penalties.",
    "critic_local": "Critic of the hole's box: score of completed pictures less that of real ones. "
    "Near 0: it cannot tell them apart. Strongly negative: it can.",
    "critic_global": "Critic of the whole picture: score of completed pictures less real ones.",
    "critic_eyes": "Critic of the eyes alone, of their enlarged view: its loss.",
    "critic_face": "Critic of the face, through the network of face landmarks: its loss.",
    "score_real": "Mean score that the critic gives real pictures.",
    "score_completed": "Mean score that the critic gives completed pictures.",
    "norm_reconstruction": "Norm of the reconstruction's gradient for the completed picture.",
    "norm_adversarial": "Norm of the critics' gradient for the completed picture, unbalanced.",
    "images_per_second": "Training pictures used in a second, those of the critics included.",
    "waiting_share": "Share of the time that the step waited for pictures. Above 0.1 reading is "
    "the bottleneck: pack the pictures.",
    "rate_generator": "Learning rate of the generator at this step.",
    "rate_critics": "Learning rate of the critics at this step.",
    "gradient_norm_generator": "Norm of the generator's gradient, all its weights together.",
    "gradient_norm_critics": "Norm of the critics' gradient, all their weights together.",
}

_PATTERNS = (
    (r"score_real_(\w+)", "Mean score that critic {0} gives real pictures."),
    (r"score_completed_(\w+)", "Mean score that critic {0} gives completed pictures."),
    (r"penalty_(\w+)", "Gradient penalty of critic {0}, before its weight config.losses.penalty."),
)

_GROUP_OF = (
    ("val_", "validation"),
    ("score_", "critics"),
    ("critic_", "critics"),
    ("d_loss", "critics"),
    ("penalty_", "critics"),
    ("gradient_norm_", "gradients"),
    ("norm_", "critics"),
    ("rate_", "rates"),
    ("images_per_second", "speed"),
    ("waiting_share", "speed"),
)


class Scalar(NamedTuple):
    """tag: in TensorBoard. description: shown with its chart."""

    tag: str
    description: str


def scalar(name: str) -> Scalar:
    """How TensorBoard shows the value that metrics.csv has under `name`."""
    group = next((group for prefix, group in _GROUP_OF if name.startswith(prefix)), "losses")
    shown = re.sub("^(val|rate|gradient_norm)_", "", name)
    return Scalar(f"{GROUPS[group]}/{shown}", _describe(name))


def _describe(name):
    if name in TERMS:
        return TERMS[name]
    of_validation = re.fullmatch(r"val_(hole_)?(\w+)", name)
    if of_validation:
        where = "in the hole" if of_validation[1] else "the whole picture"
        score = _SCORES.get(of_validation[2], "See docs/protocol.md.")
        return f"{_OF_VALIDATION}, {where}. {score}"
    for pattern, text in _PATTERNS:
        match = re.fullmatch(pattern, name)
        if match:
            return text.format(*match.groups())
    return name.replace("_", " ")
