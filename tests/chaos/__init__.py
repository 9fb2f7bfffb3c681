"""Blows on the main job: killed, starved, doubled, watched; then what was lost."""
