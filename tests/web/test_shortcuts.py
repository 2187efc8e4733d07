"""What Django's own shortcuts leave to write."""

import pytest
from django.http import Http404

from cinema.web.shortcuts import or_404


@pytest.mark.parametrize("found", ["a", 0, []])
def test_what_was_found_is_returned(found):
    assert or_404(found) is found


def test_nothing_is_not_found():
    with pytest.raises(Http404):
        or_404(None)
