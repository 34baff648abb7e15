"""Show lessons: pages, decks, print."""
