"""What the editor hears of a new project."""

from __future__ import annotations

import shlex
from pathlib import Path

from conftest import run

TALK = """下载
在防火会上的讲话
李××
同志们：
{prose}
一、火险在哪里
（一）灶头
{prose}
（二）坟头
{prose}
二、办法有哪些
{prose}
最后，祝大家平安！
2023年3月4日
"""
PROSE = "这几个月大家跑得很勤，事情一件一件地有了着落，剩下的几件也都有人盯着。" * 3


def test_all_is_said_and_the_next_command_runs(tmp_path: Path) -> None:
    (tmp_path / "我的 讲话.txt").write_text(TALK.format(prose=PROSE), encoding="utf-8")
    made = run("new", tmp_path / "我的 讲话.txt", tmp_path / "新 项目")
    told = made.stdout.splitlines()
    assert made.returncode == 0
    for part in (
        "标题是《在防火会上的讲话》，题下是“李××”",
        "讲话人是“李××”（题下）",
        "日期是 2023-03-04（文末）",
        "  第 1 行“下载”：网页上的按钮、栏目",
        "  第 14 行“2023年3月4日”：文末的署名、日期",
        f"    （一）灶头  {len('（一）灶头') + len(PROSE)} 字",
        "speech/original.txt:13: 结语从这里起；若还属于上一节，删去这个标题",
    ):
        assert part in told
    assert any(line.startswith("  一、火险在哪里  docs/huo-xian-zai-na-li.md ") for line in told)
    command = told[-1].removeprefix("接着运行：")
    _, script, *arguments = shlex.split(command)
    assert script.endswith("build_site.py")
    checked = run("check", *arguments)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_was_not_found_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(f"同志们：\n{PROSE}\n", encoding="utf-8")
    told = run("new", tmp_path / "t.txt", tmp_path / "new").stdout
    assert "没有认出标题" in told
    assert "没有找到讲话人、日期" in told
    assert "没有认出分节" in told
