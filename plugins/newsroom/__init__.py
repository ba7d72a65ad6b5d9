"""The Newsroom: last night at a glance, inside Airflow's UI."""
