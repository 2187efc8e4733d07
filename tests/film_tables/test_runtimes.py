import pytest

from cinema.film_tables.runtimes import Length, runtime, unit_of_column
from cinema.film_tables.values import Unusable


@pytest.mark.parametrize(
    "cell, minutes",
    [
        ("142", 142),
        (142, 142),
        ("162.0", 162),
        ("142 min", 142),
        ("142min.", 142),
        ("ca. 142 min", 142),
        ("129 minutes", 129),
        ("98 mins", 98),
        ("105′", 105),
        ("2h 9m", 129),
        ("2h9", 129),
        ("2 h 09 min", 129),
        ("2 hrs. 9 mins.", 129),
        ("2 hours and 9 minutes", 129),
        ("1 h", 60),
        ("1.5 hours", 90),
        ("PT2H9M", 129),
        ("PT129M", 129),
        ("1:45", 105),
        ("1:45 h", 105),
        ("01:45:00", 105),
        ("142 min (director's cut: 160 min)", 142),
        (["142 min"], 142),
        ("2 min", 2),
    ],
)
def test_a_runtime_is_read_in_many_formats(cell, minutes):
    assert runtime(cell) == Length(minutes)


@pytest.mark.parametrize("cell", ["5400s", "5400 s", "5400 sec", "5400 Sekunden", "PT5400S", "5400000 ms", "1h 1800s"])
def test_seconds_are_converted_to_minutes(cell):
    assert runtime(cell) == Length(90)


@pytest.mark.parametrize(
    "cell",
    [
        "105 Minuten",
        "1 Std. 45 Min.",
        "1 Stunde 45 Minuten",
        "1 Stunde und 45 Minuten",
        "1h45",
        "1 h 45 min",
        "1 heure et 45 minutes",
        "105 mn",
        "1 hora y 45 minutos",
        "1 ora e 45 minuti",
        "1 hora e 45 minutos",
        "1 uur en 45 minuten",
        "1u45",
        "1 tim 45 min",
        "1 godz. 45 min",
        "105 мин",
        "1 ч 45 мин",
        "1 час 45 минут",
        "105分",
        "1時間45分",
        "1小时45分钟",
        "105 मिनट",
        "१ घंटा ४५ मिनट",
        "105 دقيقة",
    ],
)
def test_units_may_be_in_any_language(cell):
    assert runtime(cell) == Length(105)


@pytest.mark.parametrize(
    "cell, minutes, doubt",
    [
        ("2.05", 125, "runtime is read as hours and minutes"),
        ("1,45", 105, "runtime is read as hours and minutes"),
        ("1.75", 105, "runtime is read as hours"),
        ("1.5", 90, "runtime is read as hours"),
        ("12:30", 13, "runtime is read as minutes and seconds"),
        ("95:00", 95, "runtime is read as minutes and seconds"),
        ("750", 750, "runtime is unusually long"),
    ],
)
def test_an_ambiguous_runtime_is_read_plausibly_with_a_warning(cell, minutes, doubt):
    assert runtime(cell) == Length(minutes, doubt)


@pytest.mark.parametrize(
    "cell",
    [None, "", "0", 0, "0.0", "n/a", "two hours", "2 Seasons", "-5", "min", "1" * 5000, "90 x", "9 min 2 h", "1h 2h"],
)
def test_a_text_without_a_length_is_refused(cell):
    with pytest.raises(Unusable, match="no runtime"):
        runtime(cell)


@pytest.mark.parametrize("cell", ["1001", 99999, "90 s", "PT90S", "2", "00:01:30", "17 h", "0.3 min", "0:02"])
def test_an_implausible_length_is_refused(cell):
    with pytest.raises(Unusable, match="runtime is not plausible for a film"):
        runtime(cell)


@pytest.mark.parametrize(
    "header, cells, unit",
    [
        ("Runtime", ["96", "105", "0"], "minutes"),
        ("Runtime (sec)", ["5760", "6300"], "seconds"),
        ("duration_ms", ["5760000"], "milliseconds"),
        ("Laufzeit in Stunden", ["2", "1.5"], "hours"),
        ("Duration", ["5760", "6300", "90"], "seconds"),
        ("Duration(s)", ["96", "105"], "minutes"),
        ("Runtime", ["1h52", "2h"], "minutes"),
    ],
)
def test_the_unit_of_a_column_is_that_of_its_header_if_plausible(header, cells, unit):
    assert unit_of_column(header, cells) == unit


def test_numbers_without_a_unit_have_that_of_their_column():
    assert runtime("5400", "seconds") == runtime("1.5", "hours") == runtime("90 min", "seconds") == Length(90)
