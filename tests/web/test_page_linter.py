"""The linter sees what it is there to see."""

import pytest
from flask import Flask

from tests.pages import linting_client, problems

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Who is it?</title></head>
<body><main id="m"><h1>Who is it?</h1>%s</main></body></html>"""


def test_a_good_page_has_no_problems():
    asked = '<input type="hidden" name="csrf_token"><label for="a">A</label><input id="a">'
    assert problems(PAGE % f'<form method="post">{asked}</form>') == []


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("<h1>Two</h1>", "2 h1"),
        ('<p id="m"></p>', "used 2 times"),
        ('<input name="a">', "no label"),
        ('<label for="gone">A</label>', "not on the page"),
        ('<a href="#gone">A</a>', "not on the page"),
        ('<a href="/x"></a>', "no words"),
        ('<form method="post"></form>', "no token"),
        ("<script>1</script>", "lacks the nonce"),
        ('<script nonce="other">1</script>', "lacks the nonce"),
        ('<script src="https://cdn.example/x.js"></script>', "comes from"),
        ("<style>p{}</style>", "style element"),
        ('<p style="color:red">', "inline style"),
        ('<p onclick="x()"></p>', "inline handler"),
        ('<a href="JavaScript:x()">A</a>', "script for an address"),
        ('<input aria-label="A" aria-describedby="gone">', "not on the page"),
        ("<button></button>", "no words"),
        ('<img src="/x.png">', "no alt"),
        ("<div><span></div>", "closed by"),
    ],
)
def test_each_fault_is_found(part, said):
    found = problems(PAGE % part, nonce="right")
    assert any(said in each for each in found), found


def test_titles_are_held_to_the_question_and_to_no_name():
    assert problems(PAGE.replace("<h1>Who", "<h1>What") % "")
    assert problems(PAGE % "", names=frozenset({"who"}))
    assert problems(PAGE.replace(' lang="en"', "") % "")
    assert problems(PAGE.replace("<title>Who is it?", "<title>") % "")


def test_the_client_fails_on_a_page_with_a_fault_and_on_a_name_in_an_address():
    app = Flask("plain")
    app.add_url_rule("/bad", endpoint="bad", view_func=lambda: PAGE % "<h1>Two</h1>")
    app.add_url_rule("/fragment", endpoint="part", view_func=lambda: "<p>part</p>")
    app.add_url_rule("/away", endpoint="away", view_func=lambda: ("", 302, {"Location": "/?q=Ada"}))
    client = linting_client(app, "Ada")
    with pytest.raises(AssertionError, match="2 h1"):
        client.get("/bad")
    with pytest.raises(AssertionError, match="address holds a name"):
        client.get("/away")
    assert client.get("/fragment").status_code == 200
