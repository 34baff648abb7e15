"""TeX as MathML, which browsers draw without a library."""

import latex2mathml.converter


def mathml(tex, display="inline"):
    """The `<math>` element of a formula; `display`: "inline", or "block" for one on its own."""
    return latex2mathml.converter.convert(tex.strip(), display=display)
