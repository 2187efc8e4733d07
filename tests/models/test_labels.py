"""Labels of a show as they are stored, and which of them buyers rely on."""

import pytest

from cinema.models import Show, ShowLabel
from cinema.models.labels import breaks_promise, read_labels, stored_labels


def test_labels_are_stored_in_their_own_order_each_once():
    assert stored_labels(["strobe", "open-captions", "strobe"]) == " open-captions strobe "
    assert stored_labels([]) == ""


def test_all_labels_at_once_fit_into_the_column_and_come_back():
    stored = stored_labels(ShowLabel.values)
    assert len(stored) <= Show._meta.get_field("labels").max_length
    assert read_labels(stored) == tuple(ShowLabel)


def test_a_label_of_a_newer_version_is_left_out():
    assert read_labels(" open-captions smell-o-vision ") == (ShowLabel.OPEN_CAPTIONS,)


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        (["open-captions"], [], True),
        (["open-captions", "premiere"], ["open-captions"], False),
        ([], ["strobe", "open-captions"], False),
        ([], ["members"], True),
        (["members"], [], False),
    ],
)
def test_buyers_rely_on_access_and_on_being_admitted(before, after, broken):
    assert breaks_promise(stored_labels(before), stored_labels(after)) is broken
