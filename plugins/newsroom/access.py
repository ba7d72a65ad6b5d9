"""Access control: users need permission to read a newspaper's DAG. Airflow itself does not protect plugin apps."""

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, HTTPException, Path, Request

from akhbar.newspaper import Newspaper
from akhbar.newspapers import active
from newsroom.queries import Text

Source = Annotated[str, Path(json_schema_extra={"enum": [paper.name for paper in active()]})]
"""A newspaper's name."""


def readable_papers(request: Request, user: GetUserDep) -> list[Newspaper]:
    """The newspapers whose DAGs the user may read. Raises 403 if there are none, 401 without a login."""
    papers = [paper for paper in active() if _may_read(request, user, paper)]
    if not papers:
        raise HTTPException(
            403, "You do not have permission to read the DAGs of any newspaper. Ask your Airflow administrator."
        )
    return papers


def readable_paper(source: Source, papers: Annotated[list[Newspaper], Depends(readable_papers)]) -> Newspaper:
    """The newspaper in the URL. Raises 404 if there is no such newspaper, or if the user may not read it."""
    for paper in papers:
        if paper.name == source:
            return paper
    available = ", ".join(paper.name for paper in papers)
    raise HTTPException(404, f"Unknown newspaper {source!r}. Available: {available}.")


Papers = Annotated[list[Newspaper], Depends(readable_papers)]
Paper = Annotated[Newspaper, Depends(readable_paper)]


def story_id_in_url(paper: Paper, story_id: Text) -> str:
    """The id of the story that a URL names. If it is a path, proxies may have merged the two slashes before it."""
    path = f"/{story_id.lstrip('/')}"
    return path if paper.story_id(path) == path else story_id


StoryId = Annotated[str, Depends(story_id_in_url)]


def _may_read(request: Request, user: GetUserDep, paper: Newspaper) -> bool:
    try:
        # names the DAG explicitly, so that a dag_id in the URL has no effect
        requires_access_dag("GET", param_dag_id=f"{paper.name}_latest")(request, user)
    except HTTPException as error:
        if error.status_code != 403:
            raise
        return False
    return True
