"""The parameters of a lesson: what its `parameters` cell sets, and what a run may set instead."""

import ast


def defaults_of(notebook):
    """`{name: value}` of the assignments in the cell tagged `parameters`, in order.

    Args:
        notebook: as read from its file, a dictionary in nbformat 4.
    """
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            body = ast.parse("".join(cell["source"])).body
            assigned = [node for node in body if isinstance(node, ast.Assign)]
            return {node.targets[0].id: ast.literal_eval(node.value) for node in assigned}
    return {}


def parsed(given, defaults):
    """The values of `-p name value`, of the kinds that the lessons' own values have.

    Args:
        given: `[(name, text)]`, as typed.
        defaults: `{lesson: {name: value}}` of the lessons that are to run.

    Raises:
        ValueError: a lesson has no such parameter, or the text is not a value for it.
    """
    values = {}
    for name, text in given:
        if name == "profile":
            raise ValueError("The profile is chosen by --profile, not by -p.")
        without = [lesson for lesson, own in defaults.items() if name not in own]
        if without:
            has = ", ".join(n for n in defaults[without[0]] if n != "profile")
            raise ValueError(
                f"Lesson {without[0]} has no parameter {name!r}. It has: {has or 'none'}. "
                "Choose lessons that have it by --only."
            )
        for lesson, own in defaults.items():
            values[name] = _as(type(own[name]), name, text, lesson)
    return values


def unusual(values, defaults):
    """Those of the `values` that are not each lesson's own."""
    own = defaults.values()
    return {n: v for n, v in values.items() if any(lesson[n] != v for lesson in own)}


def _as(kind, name, text, lesson):
    """The text as a value of the type `kind`."""
    if kind is str:
        return text
    try:
        value = ast.literal_eval(text.capitalize() if kind is bool else text)
    except (ValueError, SyntaxError):
        value = text
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind and kind is not type(None):
        raise ValueError(
            f"Parameter {name!r} of lesson {lesson} must be of type {kind.__name__}. "
            f"Received: {text!r}"
        )
    return value
