"""Write lessons: build the notebooks from their sources, and check them."""
