"""Recognises the page with which a site's protection answers instead of the site."""

import re

TITLE = re.compile(
    rb"<title>\s*(?:Just a moment\.\.\.|Attention Required!(?: \| Cloudflare)?|Access denied(?: \|[^<]*)?)"
    rb"\s*</title>",
    re.IGNORECASE,
)
ARTICLE = re.compile(
    rb"article:published_time|\bNewsArticle\b|\barticleBody\b|og:type[\"'][^>]{0,40}[\"']article"
    rb"|[\"']article[\"'][^>]{0,40}og:type",
    re.IGNORECASE,
)
"""Markup found only on story pages. The headline proves nothing: a story can have any headline."""


def is_challenge(page: bytes, mitigated: str) -> bool:
    """Whether a response is a challenge page, whatever its status. `mitigated` is its header `cf-mitigated`.

    Cloudflare's challenge pages have that header, or a well-known title and no article.
    """
    return mitigated.lower() == "challenge" or (bool(TITLE.search(page, 0, 20_000)) and not ARTICLE.search(page))
