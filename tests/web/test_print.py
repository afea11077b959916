"""The room that puts documents on paper: plain data in, an accessible file out."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from isp.web.print.coverage import FONTS, MARK, drawable
from isp.web.print.paper import (
    Answers,
    Box,
    Bullets,
    Heading,
    Inside,
    NewPage,
    Note,
    Paper,
    Stamp,
    Table,
    Text,
)
from isp.web.print.pdf import as_pdf
from tests.web.reading_pdf import Read

STAMP = Stamp(
    "AP",
    "AP, version 3, code 1A2B-3C4D-5E6F",
    "Sara Example, SENCO",
    datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
)
POLISH = "Zażółć gęślą jaźń. ĄĆĘŁŃÓŚŹŻ ąćęłńóśźż „tak” – 5½ %"
URDU = "یہ بچہ تصویروں سے سیکھتا ہے۔ ٹ ڈ ڑ ں ے ۰۱۲۳۴۵۶۷۸۹"
ARABIC = "العائلة مهمة جدا؟ ٠١٢٣٤٥٦٧٨٩ لَا إِلٰهَ"
EMOJI = "😀 👍🏽 👨‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ⭐ 🧩 🎧"


def of(*blocks, **more) -> Paper:
    return Paper("Individual support plan", STAMP, blocks, caption="Ava Planted", **more)


def test_a_document_is_tagged_titled_and_in_british_english():
    read = Read(as_pdf(of(Heading("Needs"), Text("Reading"))))
    assert read.is_tagged
    assert read.ua_part == "1"
    assert read.language == "en-GB"
    assert read.title == "Individual support plan, AP"
    assert "Planted" not in read.metadata


@pytest.mark.parametrize("large", [False, True])
def test_headings_are_tags_and_no_level_is_skipped(large):
    inner = Inside((Heading("A step", 3), Text("By July")))
    read = Read(
        as_pdf(of(Heading("Outcomes"), Heading("Reads aloud", 3), inner, Heading("Review")), large=large)
    )
    assert read.headings() == [
        ("H1", "Individual support plan"),
        ("H2", "Outcomes"),
        ("H3", "Reads aloud"),
        ("H3", "A step"),
        ("H2", "Review"),
    ]


def test_a_tables_headings_are_tags_with_what_they_head():
    table = Table(
        ("What", "Who", "When"), ((("Visit",), ("Sara",), ("May",)), (("Call",), ("Tom", "Tia"), ()))
    )
    [found] = Read(as_pdf(of(table))).tree.all("Table")
    heads = found.all("TH")
    assert [(head.words, head.attributes["/Scope"]) for head in heads] == [
        ("What", "/Column"),
        ("Who", "/Column"),
        ("When", "/Column"),
    ]
    assert len(found.all("TR")) == 3
    assert [cell.words for cell in found.all("TD")] == ["Visit", "Sara", "May", "Call", "• Tom • Tia", ""]


def test_a_table_too_wide_for_large_letters_is_read_row_by_row():
    table = Table(("What", "Who", "When"), ((("Visit",), ("Sara",), ("May",)),))
    read = Read(as_pdf(of(table), large=True))
    assert not read.tree.all("Table")
    assert "Visit Who Sara When May" in read.words


def test_every_kind_of_block_is_drawn():
    blocks = (Text("one"), Note("two"), Bullets(("three", "four")), Answers((("five", ("six", "seven")),)),
              Box((Heading("eight"), Text("nine"))), NewPage(), Text("ten"))  # fmt: skip
    for large in (False, True):
        read = Read(as_pdf(of(*blocks), large=large))
        for word in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]:
            assert word in read.words
        assert len(read.page_words) >= 2
        assert [item.words for item in read.tree.all("LBody")][:2] == ["three", "four"]


@pytest.mark.parametrize("large", [False, True])
def test_each_page_says_what_it_is_and_who_printed_it_when_in_london(large):
    read = Read(as_pdf(of(Text("one"), NewPage(), Text("two")), large=large))
    for number, said in enumerate(read.page_words, start=1):
        assert "AP, version 3, code 1A2B-3C4D-5E6F" in said
        assert "Printed by Sara Example, SENCO on 2 July 2026 at 00:30" in said
        assert f"Page {number} of 2" in said


def test_large_print_is_eighteen_point_or_more_throughout():
    blocks = (
        Text("one"),
        Note("two"),
        Answers((("three", ("four",)),)),
        Table(("a", "b"), ((("c",), ("d",)),)),
    )
    assert Read(as_pdf(of(*blocks), large=True)).smallest >= 18
    assert 8 <= Read(as_pdf(of(*blocks))).smallest < 10


OTHERS = {
    "bengali": "আমার মেয়ে ছবি আঁকতে ভালোবাসে",
    "gujarati": "મારી દીકરીને ચિત્ર દોરવું ગમે છે",
    "hebrew": "הבת שלי אוהבת לצייר",
    "hindi": "मेरी बेटी को चित्र बनाना पसंद है",
    "pashto and persian": "زما لور ښه رسم کوي، دخترم نقاشی دوست دارد",
    "punjabi": "ਮੇਰੀ ਧੀ ਨੂੰ ਡਰਾਇੰਗ ਪਸੰਦ ਹੈ",
    "russian, ukrainian": "Моя дочка любить малювати – її ґанок, ёлка",
    "signs": "→ ← ≤ 5 ≥ 3 ≈ ≠ ■ □ ☐ ☑ ★ ✓ ✗ • ▪ № ° ½",
    "tamil": "என் மகளுக்கு வரைவது பிடிக்கும்",
    "tigrinya": "ጓለይ ስእሊ ምስኣል ትፈቱ እያ።",
    "turkish, vietnamese": "Kızım resim yapmayı sever. Con gái tôi thích vẽ",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_the_other_languages_that_families_write_are_drawn_too(text):
    assert drawable(text) == (text, 0)
    assert Read(as_pdf(of(Heading(text), Text(text)))).no_such_letter == 0


def test_bullets_pasted_from_a_word_processor_are_bullets():
    assert drawable("\uf0b7 Sits near the board \uf0fc") == ("• Sits near the board ✓", 0)


@pytest.mark.parametrize("text", [POLISH, URDU, ARABIC, EMOJI], ids=["polish", "urdu", "arabic", "emoji"])
def test_every_letter_of_every_script_is_drawn(text):
    assert drawable(text) == (text, 0)
    for large in (False, True):
        read = Read(as_pdf(of(Heading(text), Text(text), Answers(((text, (text,)),))), large=large))
        assert read.no_such_letter == 0
        drawn = set("".join(read.page_words))
        # Joined letters come out as one sign for several; each is in the words that the sign stands for.
        assert {letter for letter in text if letter.isalnum()} <= drawn


def test_what_is_read_from_right_to_left_says_so_and_in_which_language():
    read = Read(as_pdf(of(Text(URDU), Text(ARABIC), Text(OTHERS["hebrew"]), Text("Reading"))))
    languages = [
        tag.attributes["/Lang"] for tag in read.tree.all("Div", "P", "Span") if "/Lang" in tag.attributes
    ]
    assert [one for at, one in enumerate(languages) if languages[at - 1 : at] != [one]] == ["ur", "ar", "he"]


def test_a_letter_that_no_font_draws_is_marked_and_counted_and_stops_nothing():
    read = Read(as_pdf(of(Heading("中"), Text("She reads 中文 at home"))))
    assert f"She reads {MARK}{MARK} at home" in read.words
    assert "3 letters could not be drawn on paper" in read.words
    assert read.no_such_letter == 0


ODD = {
    "nothing": "",
    "spaces and line ends": " \n\n \n",
    "control codes": "one\x00\x01\x07\x1b\x7f\x9f two",
    "a byte order mark": "\ufeffone two",
    "turned round": "one \u202etwo\u202c \u2066one\u2069 \u2067two",
    "of no width": "one\u200b\u200c\u200d\u2060 two" + "\u200b" * 5_000,
    "soft hyphens": "one\u00ad two",
    "a heap of accents": "one two" + "\u0301" * 300,
    "half a pair": "one \ud800 two",
    "no letters at all": "one two \uffff\ufdd0\ufff9",
    "another program's line ends": "one\r\ntwo\rone\vtwo\u2028one",
}


def everywhere(typed):
    """A text in every kind of block."""
    inner = (Heading(typed, 3), Text(typed))
    table = Table((typed, typed), (((typed,), (typed,)),))
    answers = Answers(((typed, (typed, typed)),))
    return (
        Heading(typed),
        Text(typed),
        Note(typed),
        Bullets((typed, typed)),
        answers,
        table,
        Box(inner),
        Inside(inner),
    )


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("typed", ODD.values(), ids=ODD)
def test_whatever_was_typed_or_pasted_stops_no_document(typed, large):
    read = Read(as_pdf(of(*everywhere(typed)), large=large))
    assert read.no_such_letter == 0
    if typed.strip():
        assert "one" in read.words
        assert "two" in read.words


def test_a_mark_that_turns_a_line_round_does_not_alter_what_is_read():
    read = Read(as_pdf(of(Text("Give \u202e01\u202c ml, never \u206799\u2069"))))
    assert "Give 01 ml, never 99" in read.words
    assert "could not be drawn" not in read.words


MARKUP = (
    '#import "@preview/x:1.0.0": * #panic("run") #eval("1+1") #read("/etc/passwd") #set page(width: 1pt)',
    "= Heading == Heading *bold* _emph_ `raw` ```typ #1``` $x^2$ $ sum $ @label <label> // comment /* more",
    "\\ \\u{41} \\#x ~ -- --- ... [content] {code} ] } ) \" ' “",
    '{"sort": "box", "blocks": []} <w:p/> %PDF-1.7 stream endstream',
)


@pytest.mark.parametrize("typed", MARKUP)
def test_markup_is_words_wherever_it_stands(typed):
    paper = Paper(typed, Stamp(typed[:9], typed, typed, STAMP.at), everywhere(typed), caption=typed)
    for large in (False, True):
        read = Read(as_pdf(paper, large=large))
        assert read.words.count(" ".join(typed.split())) >= 11
        assert len(read.page_words) < 30
        assert [kind for kind, _ in read.headings()] == ["H1", "H2", "H3", "H3"]


def test_a_hundred_thousand_letters_are_all_there_and_stay_on_their_pages():
    one_word, words = "x" * 2_000, "word " * 20_000
    read = Read(as_pdf(of(Text(one_word), Answers((("Said", (words,)),)), Table(("a",), (((words,),),)))))
    assert read.words.replace("\u200b", "").count("x") == 2_000
    assert read.words.count("word") == 40_000
    assert len(read.page_words) > 20
    assert read.longest_line < 130


def test_a_heading_stays_with_the_first_answers_and_no_answer_is_carried_over_alone():
    """Entries of every height, so that page ends fall everywhere in them."""
    blocks = []
    for entry in range(60):
        said = tuple((f"Label {row}", (f"answer-{entry}-{row}",)) for row in range(8 + entry % 7))
        blocks += [Heading(f"Entry {entry}"), Answers(said)]
    read = Read(as_pdf(of(*blocks)))
    assert len(read.page_words) > 8
    for entry in range(60):
        last = 7 + entry % 7
        first_page, last_page = (
            next(at for at, said in enumerate(read.page_words) if f"answer-{entry}-{row} " in said)
            for row in (0, last)
        )
        assert f"Entry {entry} " in read.page_words[first_page]
        assert f"answer-{entry}-2 " in read.page_words[first_page]
        assert f"answer-{entry}-{last - 1} " in read.page_words[last_page]


def test_a_row_of_a_table_is_on_one_page_unless_it_is_longer_than_that():
    rows = tuple(
        ((f"row-{at}",), (f"first-{at}\n" + "said of it\n" * (at % 9) + f"last-{at}",)) for at in range(50)
    )
    read = Read(as_pdf(of(Table(("What", "Said"), rows, widths=(1, 3)))))
    assert len(read.page_words) > 3
    for at in range(50):
        [page] = [said for said in read.page_words if f"first-{at} " in said]
        assert f"last-{at} " in page
    long = " ".join(f"word-{at}" for at in range(3_000))
    read = Read(as_pdf(of(Table(("What", "Said"), ((("One",), (long,)),)))))
    assert all(f"word-{at}" in read.words for at in range(3_000))
    assert len(read.page_words) > 3


def test_the_fonts_are_the_ones_that_were_fetched_and_their_licence_is_beside_them():
    lines = (FONTS / "SHA256SUMS").read_text().splitlines()
    for line in lines:
        digest, name = line.split(maxsplit=1)
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == digest, name
    assert {path.name for path in FONTS.glob("*.ttf")} == {
        name for line in lines if (name := line.split()[1]).endswith("ttf")
    }
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENCE.fonts").read_text()
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 4_000_000
