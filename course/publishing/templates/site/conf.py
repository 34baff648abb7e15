"""Sphinx' settings for the course's pages, which `course/publishing/render.py` lays out."""

import os

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}  # no lines at its start

project = html_title = "Autoencoders, a course that runs"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "course.publishing.sphinx_extension",
]
smartquotes = False  # a claim is shown letter by letter

nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["amsmath", "attrs_block", "attrs_inline", "dollarmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 3

# The reference of aekit, from its docstrings.
default_role = "literal"  # of what stands in single backticks there
add_module_names = False
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False
napoleon_use_param = False  # several arguments may share a line
napoleon_custom_sections = [("Attributes", "params_style"), ("Raises", "params_style")]
maximum_signature_line_length = 60
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["math.css", "course.css"]
html_permalinks_icon = "#"
html_favicon = "_static/favicon.svg"
html_copy_source = html_show_sourcelink = html_show_sphinx = html_show_copyright = False
html_use_index = html_domain_indices = False
html_show_search_summary = False  # it fetches pages, which browsers refuse without a server
