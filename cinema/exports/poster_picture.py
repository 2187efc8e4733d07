"""The generated posters as pictures of dots: draws the little of SVG that cinema.domain.posters writes."""

import re
from collections.abc import Iterator
from math import atan2, cos, hypot, pi, sin
from xml.etree import ElementTree  # reads our own SVG

from PIL import Image, ImageDraw

from cinema.domain.posters import WIDTH
from cinema.exports.letters import LetterStyle

STEPS = 24  # straight parts of an arc or a curve
SMOOTH = 2  # drawn so many times as large, then reduced
Point = tuple[float, float]


def poster_picture(svg: str, *, height: int) -> Image.Image:
    """The poster or still as a picture of this height, in pixels."""
    root = ElementTree.fromstring(svg)  # noqa: S314, our own
    _x, _y, wide, high = map(float, root.get("viewBox", "").split())
    picture = _draw(root, (wide, high), SMOOTH * height / high)
    return picture.resize((round(height * wide / high), height), Image.Resampling.LANCZOS)


def _draw(root: ElementTree.Element, size: Point, scale: float) -> Image.Image:
    image = Image.new("RGBA", (round(size[0] * scale), round(size[1] * scale)))
    draw = ImageDraw.Draw(image)
    for each in root:
        name = each.tag.rpartition("}")[2]
        at = {key: float(value) for key, value in each.items() if re.fullmatch(r"-?[\d.]+", value)}
        fill = each.get("fill", "")
        if name == "svg":  # clips what is in it
            inner = _draw(each, (at["width"], at["height"]), scale)
            top = round(at["y"] * scale)
            image.alpha_composite(inner, (0, max(0, top)), (0, max(0, -top)))
        elif name == "rect":
            x, y = at["x"] * scale, at["y"] * scale
            draw.rectangle((x, y, x + at["width"] * scale - 1, y + at["height"] * scale - 1), fill)
        elif name == "circle":
            draw.circle((at["cx"] * scale, at["cy"] * scale), at["r"] * scale, fill)
        elif name == "path":
            draw.polygon([(x * scale, y * scale) for x, y in _points(each.get("d", ""))], fill)
        elif name == "text":
            _write(draw, each, scale)
    return image


def _write(draw: ImageDraw.ImageDraw, element: ElementTree.Element, scale: float) -> None:
    x, y, size = (float(element.get(name, "")) * scale for name in ("x", "y", "font-size"))
    style = LetterStyle(round(size), bold=element.get("font-weight") == "700")
    words, anchor = style.known(element.text or ""), element.get("text-anchor", "")
    if element.get("direction") == "rtl":  # the start is at the right
        anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
    if anchor == "start" and style.width(words) > (room := WIDTH * scale - 2 * x):  # wider than was estimated
        style = style._replace(size=int(style.size * room / style.width(words)))
    x -= style.width(words) * {"middle": 0.5, "end": 1.0}.get(anchor, 0.0)
    style.draw(draw, words, (x, y), element.get("fill", ""))


def _points(d: str) -> Iterator[Point]:
    """The corners of a path; curves as many short straight parts."""
    x = y = 0.0
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", d):
        values = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", numbers)]
        if command in "ML":
            yield from zip(values[::2], values[1::2], strict=True)
            x, y = values[-2:]
        elif command == "h":
            x += values[0]
            yield x, y
        elif command == "l":
            x, y = x + values[0], y + values[1]
            yield x, y
        elif command == "q":
            bend, end = (x + values[0], y + values[1]), (x + values[2], y + values[3])
            yield from _curve((x, y), bend, end)
            x, y = end
        elif command in "aA":
            radius, sweeps = values[0], bool(values[4])
            end = (values[5], values[6]) if command == "A" else (x + values[5], y + values[6])
            yield from _arc((x, y), end, radius, sweeps=sweeps)
            x, y = end


def _curve(start: Point, bend: Point, end: Point) -> Iterator[Point]:
    for n in range(1, STEPS + 1):
        t = n / STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        yield a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1]


def _arc(start: Point, end: Point, radius: float, *, sweeps: bool) -> Iterator[Point]:
    """The shorter arc of a circle; ``sweeps`` clockwise."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    chord = hypot(dx, dy)
    off = max(radius**2 - chord**2 / 4, 0) ** 0.5 * (1 if sweeps else -1)
    cx, cy = (start[0] + end[0]) / 2 - off * dy / chord, (start[1] + end[1]) / 2 + off * dx / chord
    first, last = atan2(start[1] - cy, start[0] - cx), atan2(end[1] - cy, end[0] - cx)
    turn = (last - first) % (2 * pi) if sweeps else -((first - last) % (2 * pi))
    for n in range(1, STEPS + 1):
        angle = first + turn * n / STEPS
        yield cx + radius * cos(angle), cy + radius * sin(angle)
