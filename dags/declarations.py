"""Shows newspapers whose declarations cannot be used, and unknown names in AKHBAR_NEWSPAPERS, as an import error.

The other DAG files leave these newspapers out, so that one mistake stops no other newspaper. This one has no DAG: it
makes the mistake visible where operators look, on the home page of Airflow's UI.
"""

from akhbar.newspapers import activation_errors

errors = activation_errors()
if errors:
    raise ImportError("\n".join(errors))
