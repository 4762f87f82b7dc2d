"""Draws the two-stage generator from its tables: docs/networks.svg.

    python scripts/draw_networks.py

A block is a layer: as high as its picture, as wide as it has channels, coloured by what it does.
"""

from html import escape
from pathlib import Path

from inpaint_tf.networks.generators import coarse_to_fine as tables

OUTPUT = Path(__file__).parents[1] / "docs" / "networks.svg"
SIZE = 256  # pixels of the picture
WIDTH = 32  # of the generator
HIGH = 96  # drawn height of a layer with the picture's size
COLOURS = {
    "convolution": "#5b8def",
    "half the size": "#2f5bb7",
    "dilated": "#8e6bd8",
    "twice the size": "#3aa387",
    "attention": "#e07b39",
}
STYLE = """
text { font: 11px system-ui, sans-serif; fill: #333; }
.title { font-size: 13px; font-weight: 600; }
.line { stroke: #888; fill: none; }
@media (prefers-color-scheme: dark) { text { fill: #ddd; } .line { stroke: #999; } }
"""
GAP = 5


def main():
    OUTPUT.write_text(drawing(), encoding="utf-8")
    print(OUTPUT)


def drawing() -> str:
    """The SVG as text."""
    parts: list[str] = []
    last = (tables.Conv("conv17", 3 / WIDTH),)
    title(parts, 20, 22, "1. Coarse network: where things are")
    end = row(parts, 20, 86, (*tables.COARSE, *last), SIZE)
    title(parts, 20, 172, "2. Refinement network: what they look like")
    upper = row(parts, 20, 236, tables.CONVOLUTION_BRANCH, SIZE)
    lower = row(parts, 20, 346, tables.ATTENTION_BRANCH, SIZE)
    middle = block(parts, lower, 346, SIZE // 4, 128, "attention", "contextual attention")
    lower = row(parts, middle, 346, tables.AFTER_ATTENTION, SIZE // 4)
    joined = max(upper, lower) + 24
    for begin, y in ((upper, 236), (lower, 346)):
        parts.append(f'<path class="line" d="M{begin} {y} H{joined - 10} V291 H{joined - 3}"/>')
    finish = (tables.Conv("allconv17", 3 / WIDTH),)
    right = row(parts, joined, 291, (*tables.REFINEMENT_DECODER, *finish), SIZE // 4)
    width = max(end, right, legend(parts, 20, 424)) + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} 444" role="img">\n'
        f"<title>The two-stage generator</title>\n<style>{STYLE}</style>\n"
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def row(parts, x, y, table, size) -> float:
    """Draw the layers of a table one after another; returns where they end."""
    for layer in table:
        kind = "convolution"
        if layer.stride == 2:
            kind, size = "half the size", size // 2
        elif layer.dilation > 1:
            kind = "dilated"
        elif layer.upsample:
            kind, size = "twice the size", size * 2
        x = block(parts, x, y, size, layer.width * WIDTH, kind, describe(layer, size))
    return x


def describe(layer, size) -> str:
    """What is shown where the pointer rests on a layer."""
    channels = max(3, int(layer.width * WIDTH))
    dilation = f", dilation {layer.dilation}" if layer.dilation > 1 else ""
    kernel = f"{layer.kernel}x{layer.kernel}"
    return f"{layer.name}: {kernel}{dilation}, {channels} channels, {size}x{size}"


def block(parts, x, y, size, channels, kind, text) -> float:
    """Draw one layer with its middle at height y; returns where the next one begins."""
    height, width = HIGH * size / SIZE, 5 + channels / 8
    parts.append(
        f'<rect x="{x:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="2" fill="{COLOURS[kind]}"><title>{escape(text)}</title></rect>'
    )
    return x + width + GAP


def title(parts, x, y, text):
    parts.append(f'<text class="title" x="{x}" y="{y}">{escape(text)}</text>')


def legend(parts, x, y) -> float:
    """Draw what the colours mean; returns where it ends."""
    for kind, colour in COLOURS.items():
        parts.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" rx="2" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15}" y="{y}">{kind}</text>')
        x += 30 + 5.5 * len(kind)
    return x


if __name__ == "__main__":
    main()
