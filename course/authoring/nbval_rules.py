"""How nbval compares: a claim by its line, whose measured figure is set aside, not by its data."""

from aekit.claims import MIME_TYPE


def pytest_collection_modifyitems(items):
    for item in items:
        if hasattr(item.parent, "skip_compare") and MIME_TYPE not in item.parent.skip_compare:
            item.parent.skip_compare += (MIME_TYPE,)
