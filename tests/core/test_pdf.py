import io
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdf
import pytest
from django.utils.translation import gettext_lazy as _

from core.money import KHR, USD, Money
from core.pdf import PaperBroken, code128_svg, letterhead, pdf_response, qr_svg, render_pdf

KHMER = ["ស្ត្រី", "ខ្ញុំ", "ព្រះ", "ឆ្នាំ", "អ្នកជំងឺ", "ស្រ៊ុន", "គ្គី", "ផ្លូវ", "បុប្ផា"]
PAPER = {
    "hospital": {"name": "មន្ទីរពេទ្យសាមគ្គី", "branch": "Phnom Penh", "address": "Street 271", "phone": "023 000 111"},
    "title": "Receipt",
    "number": "SAM-R-000123",
    "facts": [("Patient", "ស្រ៊ុន សុភាព្រះ"), ("患者", "林美")],
    "columns": ["Service", "Quantity", "Amount"],
    "lines": [
        [" ".join(KHMER), Decimal("1.50"), Money(Decimal("12.50"), USD)],
        ["血常规", 2, Money(Decimal(50000), KHR)],
    ],
    "sums": [("Total", "USD 24.70")],
    "signatures": ["Cashier"],
    "qr": qr_svg("SAM-000123"),
    "barcode": code128_svg("L26-0001234"),
    "name": "ស្រ៊ុន សុភាព្រះ",
    "latin": "SRUN SOPHEAP",
    "mrn": "SAM-000123",
    "specimen": "EDTA",
    "collected": datetime(2026, 11, 21, 3, 41, tzinfo=UTC),
}
MILLIMETRE = 72 / 25.4


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    """The text layer without spaces: how a search finds it, whatever the line breaks."""
    return "".join("".join(page.extract_text() for page in read(pdf).pages).split())


@pytest.mark.parametrize(
    ("paper", "width", "height"),
    [("a4", 210, 297), ("receipt", 80, None), ("label", 50, 25), ("card", 85.6, 53.98)],
)
@pytest.mark.parametrize("language", ["en", "km", "zh-hans"])
def test_every_paper_has_its_size_in_every_language(paper, width, height, language):
    box = read(render_pdf(f"samples/{paper}.typ", PAPER, language=language)).pages[0].mediabox
    assert float(box.width) == pytest.approx(width * MILLIMETRE, abs=0.5)
    if height:
        assert float(box.height) == pytest.approx(height * MILLIMETRE, abs=0.5)


@pytest.mark.parametrize("word", KHMER)
def test_khmer_words_are_found_in_the_text_of_the_paper(word, tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(render_pdf("samples/a4.typ", PAPER, language="km"))
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert word in text


def test_all_three_scripts_stand_on_one_paper_with_fonts_embedded():
    pdf = render_pdf("samples/a4.typ", PAPER)
    text = text_of(pdf)
    assert "林美" in text
    assert "USD12.50" in text
    assert "KHR50,000" in text
    fonts = {font.get_object()["/BaseFont"] for font in read(pdf).pages[0]["/Resources"]["/Font"].values()}
    assert {name.split("+")[1].split("-")[0] for name in fonts} >= {"PrintLatin", "PrintKhmer", "PrintChinese"}


def test_what_people_typed_is_never_code():
    evil = '#panic("x") $1$ *b* `c` // d \\ [e] "f" #sys.inputs'
    paper = {**PAPER, "facts": [("Patient", evil)], "number": evil, "title": evil}
    assert "".join(evil.split()) in text_of(render_pdf("samples/a4.typ", paper))


@pytest.mark.parametrize("sign", "≥≤±×µ°²→✓−–…•½")
def test_signs_of_results_and_doses_have_a_glyph(sign):
    pdf = render_pdf("samples/a4.typ", {**PAPER, "facts": [("sign", f"a{sign}b")]})
    assert f"a{sign}b" in text_of(pdf)


def test_a_copy_says_so_on_the_paper():
    assert "COPY1" in text_of(render_pdf("samples/a4.typ", {**PAPER, "copy": "COPY 1"}))
    assert "COPY1" not in text_of(render_pdf("samples/a4.typ", PAPER))


def test_long_lists_run_over_numbered_pages():
    lines = [[f"Line {number}", "1", "USD 1.00"] for number in range(120)]
    pdf = render_pdf("samples/a4.typ", {**PAPER, "lines": lines})
    assert len(read(pdf).pages) > 2
    assert f"Page2of{len(read(pdf).pages)}" in text_of(pdf)


def test_values_reach_the_paper_exactly():
    paper = {**PAPER, "facts": [("a", Decimal("0.10")), ("b", date(2026, 11, 21)), ("c", _("Copy")), ("d", None)]}
    text = text_of(render_pdf("samples/a4.typ", paper))
    assert "a0.10" in text
    assert "b2026-11-21" in text


def test_times_are_printed_in_the_hospitals_zone():
    assert "10:41" in text_of(render_pdf("samples/label.typ", PAPER))


def test_papers_printed_at_once_never_mix_their_patients():
    def print_for(number):
        return number, text_of(render_pdf("samples/card.typ", {**PAPER, "mrn": f"P{number}P"}))

    with ThreadPoolExecutor(8) as printers:
        papers = list(printers.map(print_for, range(40)))
    assert all(f"P{number}P" in text for number, text in papers)


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        render_pdf("samples/a4.typ", {**PAPER, "facts": [("a", 0.1)]})


def test_a_broken_paper_names_the_template_and_not_the_data():
    with pytest.raises(PaperBroken) as broken:
        render_pdf("samples/label.typ", {"secret": "SECRET-NAME"})
    assert "samples/label.typ" in str(broken.value)
    assert "SECRET-NAME" not in str(broken.value)


def test_a_paper_is_private_and_shown_in_the_browser():
    answer = pdf_response(b"%PDF", "SAM-000123.pdf")
    assert answer["Content-Disposition"] == 'inline; filename="SAM-000123.pdf"'
    assert "no-store" in answer["Cache-Control"]


def test_a_branch_called_like_the_hospital_is_not_said_twice():
    head = letterhead(type("H", (), {"name": "Samaki"}), type("B", (), {"name": "Samaki", "phone": "023 900 100"}))
    assert (head["name"], head["branch"], head["phone"]) == ("Samaki", "", "023 900 100")


def test_the_letterhead_prefers_the_branch():
    branch = type("B", (), {"name": "Siem Reap", "address": "Street 6", "phone": ""})
    hospital = type("H", (), {"name": "Samaki", "address": "Street 271", "phone": "023", "tax_number": "K1"})
    head = letterhead(hospital, branch)
    assert head == {"name": "Samaki", "branch": "Siem Reap", "tax_number": "K1", "address": "Street 6", "phone": "023"}
