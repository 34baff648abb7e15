"""The benchmarks' plots as files."""

import io

import matplotlib.pyplot as plt
from PIL import Image

from aekit.plots import as_png


def save(figure, path):
    """Write a figure as a sharp and small PNG, and close it."""
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=160, facecolor="white")
    plt.close(figure)
    path.write_bytes(as_png(Image.open(drawn)))
