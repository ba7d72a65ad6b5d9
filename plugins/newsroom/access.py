"""Who may look: whoever Airflow lets read a newspaper's DAG. Plugin apps are not protected by Airflow itself."""

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, HTTPException, Path, Request

from akhbar.newspaper import Newspaper
from akhbar.newspapers import active

Source = Annotated[str, Path(json_schema_extra={"enum": [paper.name for paper in active()]})]
"""A newspaper, by its spider's name."""


def readable_papers(request: Request, user: GetUserDep) -> list[Newspaper]:
    """The newspapers whose DAGs the user may read; 403 where there is none, 401 for nobody."""
    papers = [paper for paper in active() if _may_read(request, user, paper)]
    if not papers:
        raise HTTPException(403, "You may not read the DAGs of any newspaper: ask the keeper of this Airflow.")
    return papers


def readable_paper(source: Source, papers: Annotated[list[Newspaper], Depends(readable_papers)]) -> Newspaper:
    """The newspaper of an address; 404 where there is none of this name that the user may read."""
    for paper in papers:
        if paper.name == source:
            return paper
    known = ", ".join(paper.name for paper in papers)
    raise HTTPException(404, f"No newspaper is called {source!r}: there is {known}.")


Papers = Annotated[list[Newspaper], Depends(readable_papers)]
Paper = Annotated[Newspaper, Depends(readable_paper)]


def _may_read(request: Request, user: GetUserDep, paper: Newspaper) -> bool:
    try:
        # with the DAG named here, a dag_id in the address does not count
        requires_access_dag("GET", param_dag_id=f"{paper.name}_latest")(request, user)
    except HTTPException as refused:
        if refused.status_code != 403:
            raise
        return False
    return True
