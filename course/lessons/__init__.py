"""What a lesson is: its cells, its parameters, and what its numbers were made of."""
