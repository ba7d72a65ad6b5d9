"""Reports invalid declarations, and unknown names in AKHBAR_NEWSPAPERS, as an import error.

The other DAG files skip these newspapers, so that one mistake does not affect the others. This file defines no DAG. Its
import error appears on the home page of Airflow's UI, where operators see it.
"""

from akhbar.newspapers import activation_errors

errors = activation_errors()
if errors:
    raise ImportError("\n".join(errors))
