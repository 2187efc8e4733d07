import pytest

from cinema.film_tables.languages import find_language


@pytest.mark.parametrize("name", ["hi", "hin", "HI", "hi-IN", "Hindi", "hindi", "Hindi (India)", "हिन्दी"])
def test_a_language_is_found_by_its_codes_and_names(name):
    assert find_language(name) == ("hi", "Hindi")


@pytest.mark.parametrize(
    "name, code", [("Mandarin", "zh"), ("cn", "yue"), ("fre", "fr"), ("Français", "fr"), ("Farsi", "fa"), ("ur", "ur")]
)
def test_the_codes_and_names_in_film_tables_are_known(name, code):
    assert find_language(name)[0] == code


def test_an_unknown_language_keeps_its_name():
    assert find_language("Dothraki") == ("dothraki", "Dothraki")


def test_long_unknown_names_get_different_codes():
    code, other = find_language("Sindarin of the West")[0], find_language("Sindarin of the East")[0]
    assert code != other
    assert len(code) <= 12


@pytest.mark.parametrize("name", ["xx", "zxx", "No Language", "no dialogue"])
def test_no_dialogue_is_a_language(name):
    assert find_language(name) == ("zxx", "No dialogue")


@pytest.mark.parametrize("name", ["120", "?", ""])
def test_a_name_without_letters_is_refused(name):
    with pytest.raises(ValueError):
        find_language(name)
