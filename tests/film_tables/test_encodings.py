import pytest

from cinema.film_tables.encodings import Encoding, decode, detect, mended

POLISH = "Opadające liście;81\nPieśni wielorybów;95\nKrólestwo zwierząt;128\nW głąb życia;103\nJedno życie;110\n"
RUSSIAN = "Зеркало;107\nСолярис;167\nАндрей Рублёв;205\nБелое солнце пустыни;85\n"
JAPANESE = "東京物語;136\n羅生門;88\nとなりのトトロ;86\n"
CHINESE = "花样年华;98\n活着;132\n一一;173\n"
KOREAN = "버닝;148\n마더;129\n시;139\n"
GREEK = "Το βλέμμα του Οδυσσέα;176\nΤοπίο στην ομίχλη;127\n"
TURKISH = "Kış Uykusu;196\nÜç Maymun;109\nAhlat Ağacı;188\nİklimler;101\n"
GERMAN = "Das weiße Band;144\nDie Fälscher;98\nDrei Männer im Schnee;93\nÜber Nacht;90\n"
FRENCH = (
    "À nos amours;95\nLa règle du jeu;110\nL'Été meurtrier;133\nLes Demoiselles de Rochefort;125\nBoîte noire;129\n"
)


@pytest.mark.parametrize(
    "films, encoding",
    [
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp866"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gbk"),
        (KOREAN, "euc_kr"),
        (GREEK, "cp1253"),
        (TURKISH, "cp1254"),
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        (FRENCH, "mac_roman"),
        *((films, utf) for films in (POLISH, RUSSIAN, CHINESE) for utf in ("utf-8", "utf-8-sig", "utf-16")),
    ],
)
def test_a_table_is_read_in_the_encoding_it_was_written_in(films, encoding):
    text = "Title;Runtime\n" + films
    assert decode(text.encode(encoding))[0] == text


def test_the_detected_encoding_has_a_display_name():
    assert str(detect([("Title\n" + RUSSIAN).encode("cp1251")])) == "Cyrillic (Windows-1251)"
    assert str(detect([b"Title\n"])) == "UTF-8"


def test_western_letters_are_read_as_windows_1252():
    assert detect([("Title;Runtime\n" + GERMAN).encode("cp1252")]).name == "cp1252"


def test_a_few_invalid_bytes_do_not_change_the_detection_of_utf_8():
    lines = [line.encode() + b"\n" for line in FRENCH.splitlines()] + ["Amélie\n".encode("cp1252")]
    assert detect(lines) == Encoding("utf-8-sig", "windows")


@pytest.mark.parametrize(
    "text, meant",
    [
        ("Am\xc3\xa9lie", "Amélie"),
        ("DÈj‡ Vu", "Déjà Vu"),
        ("ca³a", "cała"),
        ("Am?lie", ""),
        ("Amélie", None),
        ("Up", None),
    ],
)
def test_a_garbled_text_is_recognised_and_repaired_if_possible(text, meant):
    assert mended(text) == meant
