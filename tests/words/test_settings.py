"""YAML as people write it: each fault in Chinese, on the line where it is."""

from __future__ import annotations

import pytest

from speechsite.words.settings import line_in, parse_yaml


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title：讲话\nslug: a\n", 1, "冒号是全角的"),
        ("slug: a\ntitle：讲话\nlang: zh-Hans\n", 2, "冒号是全角的"),
        ("title：讲话\n", 1, "冒号是全角的"),
        ("nav:\n  - 讲话：\n      - a: b.md\n", 2, "冒号是全角的"),
        ("title:讲话\nslug: a\n", 1, "冒号后面没有空格"),
        ("slug: a\ntitle:讲话\n", 2, "冒号后面没有空格"),
        ("title: 一: 二\nslug: a\n", 1, "值里又有冒号和空格"),
        ("a: 1\noccasion: 时间: 上午\n", 2, "值里又有冒号和空格"),
        ("title: 甲\n\tslug: a\n", 2, "制表符"),
        ("byline:\n\t- 某人\n", 2, "制表符"),
        ("date: 2026-13-45\n", 1, "“2026-13-45”不是日历上有的日子"),
        ("a: 1\nupdated: 2026-02-30\n", 2, "“2026-02-30”不是日历上有的日子"),
        ("a: !!python/name:x.y ''\n", 1, "标签 !!python/name:x.y"),
        ("a: 1\nb: !ENV [X, y]\n", 2, "标签 !ENV"),
        ("a: !relative $docs_dir\n", 1, "标签 !relative"),
        ('a: "甲\nb: 乙\n', 1, "引号没有成对"),
        ("a: 1\nb: '甲\nc: 乙\n", 2, "引号没有成对"),
        ("a: [甲, 乙\nb: 丙\n", 1, "括号没有成对"),
        ("a: {b: 1\nc: 丙\n", 1, "括号没有成对"),
        ("title: [第一] 二\n", 1, "引号或括号后面还有字"),
        ('title: "甲"乙\n', 1, "引号或括号后面还有字"),
        ("title: 甲\n  slug: 乙\n", 2, "缩进与上面的行对不齐"),
        ("a:\n    b: 1\n  c: 2\n", 3, "缩进与上面的行对不齐"),
        ("a: @甲\n", 1, "值不能以“@”开头"),
        ("a: *甲\n", 1, "值不能以“*”开头"),
        ("a: - 甲\n", 1, "值不能以“-”开头"),
        ("a: 1\nb: 2\na: 3\n", 3, "a 在第 1 行已经写过"),
        ("a: {b: 1, b: 2}\n", 1, "b 在第 1 行已经写过"),
        ("a: &x [*x]\n", 1, "引用了自己"),
        ("a: 1\n---\nb: 2\n", 2, "又起了一份"),
        ("a: 甲\x07乙\n", 1, "U+0007"),
        ('a: "\\q"\n', 1, "改用单引号"),
        ("- 甲\n", 1, "里面没有“键: 值”"),
        ("# 只有说明\n", 1, "里面没有“键: 值”"),
        (f"a: {'[' * 5000}\n", 1, ""),
    ],
)
def test_a_fault_is_one_line_where_it_stands(text: str, line: int, said: str) -> None:
    settings, (problem,) = parse_yaml(text, "f.yml")
    assert settings == {}
    assert (problem.file, problem.line) == ("f.yml", line)
    assert said in problem.message
    below = parse_yaml(text, "f.yml", above=4)[1]
    assert below[0].line == line + 4


def test_what_is_right_is_read() -> None:
    text = "a: 1\nb: [甲, '乙: 丙']\nurl: http://x.example:80/\nd: 2026-01-31\n“甲”：乙: 1\n"
    settings, problems = parse_yaml(text, "f.yml")
    assert problems == []
    assert list(settings) == ["a", "b", "url", "d", "“甲”：乙"]


def test_every_key_and_item_knows_its_line() -> None:
    text = "a:\n  - b: 1\n    c:\n      - d\n  - e\n"
    assert [line_in(text, *key) for key in ((), ("a",), ("a", 0, "c", 0), ("a", 1))] == [1, 1, 4, 5]
    assert line_in(text, "a", 0, "gone", 3) == 2
    assert line_in(text, "gone") == 1
