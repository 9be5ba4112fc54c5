"""Which faces a machine has, and what an office is told of them."""

from __future__ import annotations

import pytest

from speechsite.paper.faces import ROLES, Faces, find_faces, missing_characters

OFFICIAL = {role: (each.families[0],) for role, each in ROLES.items()}
PACKAGED = {role: ("Noto Serif SC",) for role in ROLES} | {"first": ("Noto Sans SC",)}


@pytest.mark.parametrize(
    "families, sentence",
    [
        (PACKAGED, "本机没有小标宋、仿宋、楷体、宋体，用思源宋体代替；没有黑体，用思源黑体代替"),
        (
            OFFICIAL | {"text": PACKAGED["text"], "title": ("STZhongsong",)},
            "本机没有仿宋，用思源宋体代替",
        ),
        (OFFICIAL | {"title": ("STZhongsong",)}, "公文字体齐全"),
        (
            OFFICIAL | {"title": ("STZhongsong",), "second": ("方正楷体_GBK",)},
            "公文字体齐全；方正字体是商业字体，公开发布前先取得授权",
        ),
    ],
)
def test_an_office_is_told_what_is_not_there(
    families: dict[str, tuple[str, ...]], sentence: str
) -> None:
    assert str(Faces(find_faces("bundled").fonts, families, {})) == sentence


def test_every_role_knows_the_faces_of_founder_and_of_linux() -> None:
    for role in ROLES.values():
        assert any(family.endswith("_GBK") for family in role.families)
        assert any(family.startswith("Fandol") for family in role.families)


def test_only_what_no_face_has_is_missing() -> None:
    faces = find_faces("bundled")
    assert missing_characters("常用字、龘𬭎〓①é", faces) == []
    assert missing_characters("字\ue000\U0001f004", faces) == ["\ue000", "\U0001f004"]


def test_a_traditional_speech_has_traditional_faces() -> None:
    assert find_faces("bundled", traditional=True).families["text"][0] == "Noto Serif TC"
