"""Word files of papers, read back."""

import io

import docx
import pytest

from service.documents import word
from service.web import printing


def read(articles):
    """Title, paragraphs and tables of the Word file of a page."""
    title, content = word.of_page(f"<html><head><title> 公示 </title></head><body>{articles}</body></html>")
    made = docx.Document(io.BytesIO(content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in made.tables]
    return title, [each.text for each in made.paragraphs if each.text], tables, made


def test_headings_paragraphs_and_lines_are_kept_and_what_is_not_printed_is_left_out():
    title, words, _tables, made = read(
        '<p>外面</p><article><h1>关于\n 公示</h1><p class="d-print-none">按钮</p><p class="line">第一行<br>第二行</p>'
        "<p class='signs'><span>签字人：</span><span>日期：</span></p><img src='x'></article>"
    )
    assert title == "公示"
    assert words == ["关于 公示", "第一行\n第二行", "签字人：\u3000\u3000日期：\u3000\u3000"]
    assert made.paragraphs[0].style.name == "Heading 1"


def test_tables_keep_wide_cells_and_pairs_stand_two_a_row():
    _title, _words, tables, _made = read(
        "<article><table><thead><tr><th>序号</th><th>户主</th></tr></thead>"
        "<tr><td colspan='2'>合计</td></tr><tr></tr></table>"
        "<dl><div><dt>甲</dt><dd>1</dd></div><div class='long'><dt>乙</dt><dd>2\n3</dd></div></dl></article>"
    )
    assert tables[0][:2] == [["序号", "户主"], ["合计", "合计"]]
    assert tables[1] == [["甲", "1", "1", "1"], ["乙", "2\n3", "2\n3", "2\n3"]]


def test_each_paper_begins_a_sheet():
    _title, _words, _tables, made = read("<article><h1>一</h1></article><article><h1>二</h1></article>")
    assert made.element.xml.count('w:type="page"') == 1


@pytest.mark.parametrize(("written", "text"), [("&lt;w:p&gt; &amp;", "<w:p> &"), ("a&#11;b", "ab"), ("𠮷&#12;", "𠮷")])
def test_whatever_somebody_typed_is_text(written, text):
    _title, words, _tables, _made = read(f"<article><p>{written}</p></article>")
    assert words == [text]


def test_pictures_that_the_page_carries_are_taken_over_in_their_size():
    code = printing.code("https://lika.example.cn/notices/1")
    _title, words, _tables, made = read(f"<article><footer><img src='{code}' width='96'><p>扫码</p></footer></article>")
    assert words == ["扫码"]
    assert [(each.width.inches, each.height.inches) for each in made.inline_shapes] == [(1, 1)]
