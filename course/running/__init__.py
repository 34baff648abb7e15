"""Run the lessons, and say what they measured."""
