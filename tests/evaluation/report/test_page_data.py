"""What the page's script knows of the pictures."""

import json
import math

from inpaint_tf.evaluation.report.page_data import page_data

ROWS = {
    "ours": [
        {
            "image": "sub/b.png",
            "hole_composite_psnr": 20.123456,
            "hole_composite_l1": 51.0,
            "fill_energy": 1.5,
            "fill_truth_energy": 3.0,
        },
        {"image": "a.png", "hole_composite_psnr": math.inf, "hole_composite_l1": 0.0},
    ],
    "telea": [{"image": "a.png", "hole_composite_psnr": 9.5, "hole_composite_l1": 127.5}],
}


def test_every_picture_has_the_scores_of_every_method():
    data = json.loads(page_data(ROWS, {"ours": "ours/", "telea": "telea/"}))
    assert data["methods"] == ["ours", "telea"]
    assert data["folders"] == ["ours/", "telea/"]
    assert data["scores"] == [
        {"label": "hole PSNR", "better": "high"},
        {"label": "hole L1 %", "better": "low"},
        {"label": "filling sharpness", "better": "one"},
    ]
    assert data["pictures"] == [
        ["a.png", [[None, 0.0, None], [9.5, 50.0, None]]],
        ["sub/b.png", [[20.12, 20.0, 0.5], None]],
    ]


def test_a_name_does_not_end_the_script():
    text = page_data({"</script>": [{"image": "</script><b>"}]}, {})
    assert "<" not in text
    assert json.loads(text)["pictures"] == [["</script><b>", [[]]]]
