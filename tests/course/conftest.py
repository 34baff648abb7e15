import pytest
from browser import open_browser


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium for the tests of a file."""
    with open_browser() as browser:
        yield browser
