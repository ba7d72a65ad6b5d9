"""Cards: each story of a listing once."""

from spiders.listings import Card, distinct


def test_the_first_of_several_cards_of_a_story_wins() -> None:
    shown = [("7", "Ferries return"), ("8", "A fare"), ("7", "Look at page 3")]
    cards = [Card(story_id, f"/news/{story_id}", title) for story_id, title in shown]
    assert [card.title for card in distinct(cards)] == ["Ferries return", "A fare"]
