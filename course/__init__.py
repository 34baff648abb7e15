"""The course's tools: write, run and publish the lessons."""
