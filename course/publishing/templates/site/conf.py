"""Sphinx' settings for the course's pages, which `course/publishing/render.py` lays out."""

project = html_title = "Autoencoders, a course that runs"
extensions = ["myst_nb", "course.publishing.sphinx_extension"]
smartquotes = False  # a claim is shown letter by letter

nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["amsmath", "attrs_block", "attrs_inline", "dollarmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 3

html_theme = "furo"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_permalinks_icon = "#"
html_favicon = "_static/favicon.svg"
html_copy_source = html_show_sourcelink = html_show_sphinx = html_show_copyright = False
html_use_index = False
html_show_search_summary = False  # it fetches pages, which browsers refuse without a server
