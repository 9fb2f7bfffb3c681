"""Figures of a release: figure (what one is), theme (how all look), charts, maps, words (what they say), drawing."""
