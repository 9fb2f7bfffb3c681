"""From official extracts to the region's workforce atlas. Pure functions: nothing here imports Airflow.

They say what they do through `logging`; who runs them decides where it goes, and a command shows its own summary.
"""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())
