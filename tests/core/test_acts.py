from core.acts import without_acts

PAGE = """<!doctype html><html><head><title>A &amp; B</title><script>if (a < b) { f("</p>") }</script></head><body>
<form method="post" action="/logout/"><button>Leave</button></form>
<main id="content"><!-- kept --><a href="/read/">Read</a>&#160;<a class="btn" href="/act/1/?x=1#y"><b>Act</b></a>
<form method="POST" action="/read/"><a href="/read/">inside</a><button>Send</button></form>
<form method="post" action="/ask/" hx-post="/ask/"><input name="who"></form>
<form method="get" action="/read/"><input name="q"></form><form action="/act/1/"><input name="q"></form>
<details class="card add-form"><summary>Add</summary><details><p>deep</p></details>more</details>
<details><summary>History</summary><p>kept too</p></details>
<button form="note" formaction="/act/1/">Sign</button><input hx-post="/read/" name="z"><img src="x.png" alt=""/>
<svg><use href="#i"/></svg></main><a href="/act/1/">outside</a></body></html>"""


def is_act(address, sent):
    return address != "/ask/" if sent else address.startswith("/act/")


def test_what_acts_is_left_out_of_the_main_part_and_the_rest_is_kept_as_it_stands():
    expected = PAGE
    for part in (
        '<a class="btn" href="/act/1/?x=1#y"><b>Act</b></a>',
        '<form method="POST" action="/read/"><a href="/read/">inside</a><button>Send</button></form>',
        '<form action="/act/1/"><input name="q"></form>',
        '<details class="card add-form"><summary>Add</summary><details><p>deep</p></details>more</details>',
        '<button form="note" formaction="/act/1/">Sign</button>',
        '<input hx-post="/read/" name="z">',
    ):
        assert part in expected
        expected = expected.replace(part, "")
    assert without_acts(PAGE, is_act=is_act) == expected


def test_a_fragment_is_looked_at_whole():
    assert without_acts('<p>a</p><a href="/act/">b</a>', is_act=is_act) == "<p>a</p>"


def test_a_box_that_held_only_acts_goes_with_them():
    page = '<main><div class="card-body">\n <a href="/act/1/">x</a> </div><div class="card-body">words</div></main>'
    assert without_acts(page, is_act=is_act) == '<main><div class="card-body">words</div></main>'


def test_a_page_without_acts_is_the_same_page():
    page = "<main><p>ក្មេង &lt;b&gt; 汉字 &nbsp;</p><br><table><tr><td data-x='1'>1</table></main>"
    assert without_acts(page, is_act=is_act) == page
