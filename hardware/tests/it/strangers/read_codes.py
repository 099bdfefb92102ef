"""Reads every code of the pictures named on the command line and prints them as one JSON list.

The reader is zxing-cpp and what draws an SVG is resvg; neither is ours. Each picture becomes a list
of [format, text], from top to bottom.
"""

import io
import json
import sys

import resvg_py
import zxingcpp
from PIL import Image


def drawn(path: str) -> Image.Image:
    """Returns the picture in greys."""
    if path.endswith(".svg"):
        png = resvg_py.svg_to_bytes(svg_path=path, background="white", zoom=2)
        return Image.open(io.BytesIO(bytes(png))).convert("L")
    return Image.open(path).convert("L")


def codes(path: str) -> list[list[str]]:
    """Returns the codes of one picture, from top to bottom."""
    found = zxingcpp.read_barcodes(drawn(path))
    found = sorted(found, key=lambda code: code.position.top_left.y)
    return [[str(code.format), code.text] for code in found]


json.dump([codes(path) for path in sys.argv[1:]], sys.stdout)
