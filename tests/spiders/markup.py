"""Small pieces of the platform's markup, for pages of a test's own words."""


def card(number: int, headline: str = "Ferries return", excerpt: str = "", time: str = "") -> str:
    """A story in a listing."""
    link = f"<a href='https://www.dawn.com/news/{number}/ferries' class='story__link'>{headline}</a>"
    shown = f"<div class='story__excerpt'>{excerpt}</div>"
    return f"<article class='story box'><h2 class='story__title'>{link}</h2>{shown}{time}</article>"


def time(label: str, instant: str) -> str:
    """When a story was published or updated."""
    return (
        f"<span class='story__time'><span class='timestamp--label'>{label}</span> "
        f"<span class='timestamp--time timeago' title='{instant}'>then</span></span>"
    )
