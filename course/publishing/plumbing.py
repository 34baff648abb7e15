"""Which lines of a lesson's code are for its reader, and which only draw and check."""

import ast

# What the statements that are plumbing work on, or call.
DRAWING = {"figure", "axes", "axis", "plots", "plt"}
CHECKING = {"claim", "verify", "verified", "check"}


def without_plumbing(source):
    """The code without the statements that only draw or check; "" where nothing else is left."""
    lines, body = source.splitlines(), ast.parse(source).body
    plumbing = [statement for statement in body if _is_plumbing(statement)]
    if len(plumbing) == len(body):
        return ""
    for statement in reversed(plumbing):
        first = statement.lineno - 1
        while first and lines[first - 1].startswith("#"):  # what is said of it
            first -= 1
        del lines[first : statement.end_lineno]
    return "\n".join(lines).strip("\n")


def _is_plumbing(statement):
    """Whether the statement only works on the figure, in its loops too, or checks something."""
    if isinstance(statement, ast.For):
        return all(_is_plumbing(inner) for inner in statement.body)
    if isinstance(statement, ast.Assign):
        names = {node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name)}
        return bool(names) and names <= DRAWING
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    target = statement.value.func
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Call):
        target = target.func if isinstance(target, ast.Call) else target.value
    return isinstance(target, ast.Name) and target.id in DRAWING | CHECKING
