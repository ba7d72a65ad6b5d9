"""The Newsroom: each newspaper's status at a glance, inside Airflow's UI."""
