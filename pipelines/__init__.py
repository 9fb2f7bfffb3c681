"""From official extracts to the region's workforce atlas. Pure functions: nothing here imports Airflow."""
