"""Reports unusable declarations, and unknown names in AKHBAR_NEWSPAPERS, as an import error.

The other DAG files skip these newspapers, so that one mistake does not stop the others. This file defines no DAG. It
shows the mistake where operators look: on the home page of Airflow's UI.
"""

from akhbar.newspapers import activation_errors

errors = activation_errors()
if errors:
    raise ImportError("\n".join(errors))
