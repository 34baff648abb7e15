"""What a lesson defines, taken from its source without running the lesson."""

import ast

from course.paths import SOURCES


def definitions(lesson, *names, **given):
    """The functions, classes and values of a lesson that have these names, as a dict.

    Where a lesson defines a name twice, the first one counts: the second is an exercise's.

    Args:
        lesson: the lesson's name, such as `12_where_it_led`.
        names: all that is wanted, and what that needs of the lesson, but for its imports.
        given: values for other names of the lesson.

    Raises:
        ValueError: a name that the lesson does not define on its own lines.
    """
    tree = ast.parse((SOURCES / f"{lesson}.py").read_text(encoding="utf-8"))
    first = {}
    for node in tree.body:
        for name in _defined(node):
            first.setdefault(name, node)
    unknown = [name for name in names if name not in first]
    if unknown:
        raise ValueError(f"{lesson} does not define {', '.join(unknown)}.")
    wanted = [node for node in tree.body if any(node is first[name] for name in names)]
    used = {part.id for node in wanted for part in ast.walk(node) if isinstance(part, ast.Name)}
    imports = [node for node in tree.body if used & {*_imported(node)}]
    found = dict(given)
    exec(compile(ast.Module(imports + wanted, []), f"{lesson}.py", "exec"), found)
    return {name: found[name] for name in names}


def _defined(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _imported(node):
    names = node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
    return [(alias.asname or alias.name).partition(".")[0] for alias in names]
