"""Lines over one size as SVG: panels side by side, readable on a light and on a dark page."""

import math
from html import escape

WIDTH, HEIGHT = 860, 262
LEFT, RIGHT, TOP, BOTTOM, GAP = 46, 20, 54, 46, 52
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 } .tick { font-size: 11px; fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 } .line { fill: none; stroke-width: 2 }
.s0 { stroke: #0969da } .s1 { stroke: #bc4c00 } .p0 { fill: #0969da } .p1 { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .tick { fill: #9198a1 } .grid { stroke: #3d444d }
  .s0 { stroke: #4493f8 } .s1 { stroke: #f0883e } .p0 { fill: #4493f8 } .p1 { fill: #f0883e }
}
"""


def short(value):
    for limit, letter in [(1e9, "G"), (1e6, "M"), (1e3, "k")]:
        if value >= limit:
            return f"{value / limit:g}{letter}"
    return f"{value:g}"


def round_up(value):
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in [1, 2, 2.5, 5, 10] if step * power >= value * 0.999999)


class Axis:
    """Values to places between `start` and `end`: from nothing, or by powers of ten."""

    def __init__(self, values, powers, start, end):
        self.powers, self.start, self.end = powers, start, end
        if powers:
            self.low, self.high = math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)
            self.ticks = [10.0**power for power in range(self.low, self.high + 1)]
        else:
            step = round_up(max(values) / 4)
            self.low, self.high = 0, step * math.ceil(max(values) / step)
            self.ticks = [step * place for place in range(round(self.high / step) + 1)]

    def place(self, value):
        value = math.log10(value) if self.powers else value
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)


def panel(left, width, title, sizes, x_name, powers, series):
    """`powers`: whether each axis goes by powers of ten."""
    right, bottom = left + width, HEIGHT - BOTTOM
    x = Axis(sizes, powers[0], left, right)
    y = Axis([value for values in series for value in values], powers[1], bottom, TOP)
    parts = [f'<text class="title" x="{left}" y="{TOP - 14}">{escape(title)}</text>']
    for tick in y.ticks:
        parts.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{y.place(tick):.1f}" y2="{y.place(tick):.1f}"/>')
        parts.append(f'<text class="tick" x="{left - 6}" y="{y.place(tick) + 4:.1f}" text-anchor="end">{short(tick)}</text>')
    for tick in x.ticks:
        parts.append(f'<text class="tick" x="{x.place(tick):.1f}" y="{bottom + 16}" text-anchor="middle">{short(tick)}</text>')
    parts.append(f'<text class="tick" x="{(left + right) / 2:.1f}" y="{bottom + 34}" text-anchor="middle">{escape(x_name)}</text>')
    for place, values in enumerate(series):
        points = [(x.place(size), y.place(value)) for size, value in zip(sizes, values)]
        parts.append(f'<polyline class="line s{place}" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>')
        parts += [f'<circle class="p{place}" cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in points]
    return parts


def plot(title, sizes, x_name, x_powers, names, panels):
    """`panels`: for each its title, whether its values go by powers of ten, and a list of values for each of the two names at most."""
    width = (WIDTH - LEFT - RIGHT - GAP * (len(panels) - 1)) / len(panels)
    parts = [f'<title>{escape(title)}</title>', f"<style>{STYLE}</style>"]
    for place, (panel_title, y_powers, series) in enumerate(panels):
        parts += panel(LEFT + place * (width + GAP), width, panel_title, sizes, x_name, (x_powers, y_powers), series)
    for place, name in enumerate(names):
        left = WIDTH - RIGHT - 86 * (len(names) - place)
        parts.append(f'<line class="line s{place}" x1="{left}" x2="{left + 18}" y1="10" y2="10"/><text x="{left + 24}" y="14">{escape(name)}</text>')
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">\n{body}\n</svg>\n'
