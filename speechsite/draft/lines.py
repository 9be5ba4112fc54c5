"""What one line of a talk can be by its looks: greeting, date, name, title."""

from __future__ import annotations

import datetime
import re
import unicodedata

from speechsite.draft.talk import INVISIBLE

HEAD_LINES = 30  # lines within which a talk has begun, whatever stands above it
HAN = "一二三四五六七八九十"
SENTENCE_END, CLOSERS, OPENERS = "。！？!?…", "”’」』）》", "（(【[—-“「"
PUNCTUATION = SENTENCE_END + "；;，,：:、"

PEOPLE = (
    "同志|各位|朋友|代表|委员|女士|先生|来宾|老师|同学|领导|嘉宾|战友|乡亲|同仁|同事|员工|家人"
    "|教师|校友|家长|职工|读者|听众|官兵|青年"
)
# 各位代表：, 同志们！, 大家好，今天我来介绍…, Friends,
SALUTATION = re.compile(
    rf"[^。；，,：:]{{0,12}}(?:{PEOPLE})[^。；：:]{{0,40}}(?:[：:]|[！!]$)"
    r"|大家[早上下中晚]?午?好[，！]"
    r"|(?:dear|ladies|friends|fellow|honou?rable|distinguished|mr\.?|madam)\b[^.]{0,80}[,:]",
    re.IGNORECASE,
)
SPEECH = (
    "讲[话稿]|发言|致[辞词]|报告|演讲|党课|[贺开闭]幕?[词辞]|献[词辞]|讲座|谈话|对话|答[^，。]{0,8}问"
    "|(?:座谈|会谈|会议|采访|专访|访谈)(?:纪要|实录|记录)?|纪要|访谈录|公开信|慰问信|寄语|感言"
)
# 在全市工作会议上的讲话（摘要）
TITLE_END = re.compile(
    rf"(?:{SPEECH})(?:[稿词]|提纲|要点|摘要|节选|全文|实录|纪要)?(?:[（(].*)?[）)]?$"
)
OCCASION = re.compile(rf"[在于](.{{2,40}})上的?(?:{SPEECH})")
NUMERAL = rf"[\d〇零{HAN}]{{1,3}}"
YEAR = rf"(?:[\d\u3007○ＯO零{HAN}]{{4}}|(?:中华)?民国.{{1,3}})"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NAMES = "|".join(MONTHS)
# 2024年3月5日, 二〇二四年三月, 2022.11.08, May 4, 2024
DATE = re.compile(
    rf"(?:{YEAR}\s*年\s*{NUMERAL}\s*月(?:\s*{NUMERAL}\s*[日号])?"
    rf"|\d{{4}}\s*[./\uff0e-]\s*\d{{1,2}}(?:\s*[./\uff0e-]\s*\d{{1,2}})?"
    rf"|(?:{NAMES})\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\s+(?:{NAMES})\s+\d{{4}})"
)
CLOCK = re.compile(r"\d{1,2}\s*[:：时]\s*\d{2}")  # 07:41
SURNAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方俞任袁柳史唐费薛雷贺倪汤罗毕郝安常"
    "于傅齐康伍余元顾孟黄萧尹姚邵汪毛戴宋庞熊纪舒项祝董梁杜蓝季贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房丁邓"
    "洪包左石崔龚程陆翁靳段侯全班秋仲伊宫宁白甘武刘景龙叶黎温庄晏柴瞿阎连习古易廖曾关欧阳司马"
)
GIVEN = r"\s*[\u4e00-\u9fff×某xX](?:\s*[\u4e00-\u9fff×某xX]){0,2}"
NAME = re.compile(rf"[（(—]*[{SURNAMES}]{GIVEN}[）)]?|[（(]?[×xX某]{{2,4}}[）)]?")
POST = re.compile(
    "书记|主任|主席|[部理监]事?长|总[经裁监]|董事|委员|秘书|教授|院士|总编|CEO|总工程师|创始人"
    "|[局市区县镇乡村省州厅处科院校会行所组队挥馆站社园]长|[×某]{2,3}$"
)
# 主讲人：刘文博, 地点：县委礼堂, by Jane Doe
LABELLED = re.compile(
    r"(?P<what>时间|日期|地点|主讲人?|讲话人?|发言人?|报告人?|致[辞词]人?|演讲[人者]?|作者|主持人?|记录人?|整理人?)"
    r"\s*[：:]|by\s+(?=[A-Z])"
)
SPEAKERS = ("主讲", "讲话", "发言", "报告", "致辞", "致词", "演讲", "作者")
LONGEST_TITLE, LONGEST_BYLINE, LONGEST_POST = 60, 40, 30  # characters
TO_DIGITS = str.maketrans("〇○ＯO零一二三四五六七八九", "00000123456789")


def squeezed(text: str) -> str:
    return "".join(text.split())


def is_greeting(text: str) -> bool:
    return SALUTATION.match(text) is not None


def is_clean(text: str) -> bool:
    """Says whether a line can stand in speech.yml, where no correction can be marked."""
    hidden = any(unicodedata.category(char) in INVISIBLE for char in text)
    return unicodedata.is_normalized("NFC", text) and not hidden


def is_title(text: str) -> bool:
    """Says whether a line can be one of a title: short, no sentence, with a letter in it."""
    short = len(text) <= LONGEST_TITLE or (text.isascii() and len(text) <= 2 * LONGEST_TITLE)
    ends = text[-1] in "。；;，,：:、."
    return short and not ends and is_clean(text) and any(char.isalnum() for char in text)


def is_person(text: str) -> bool:
    """Says whether a line is somebody's name or post: 张××, 区长 张××."""
    posted = POST.search(text) and len(text) <= LONGEST_POST
    return bool(NAME.fullmatch(text) or posted)


def is_byline(text: str) -> bool:
    """Says whether a line tells who spoke, when or where: 区长 张××, （2024年3月5日）."""
    if text.startswith(("—", "-")) and not NAME.fullmatch(text):  # a subtitle
        return False
    if not is_title(text) or re.search("[。；！？!?]", text):
        return False
    if LABELLED.match(text) or DATE.match(text.lstrip("（( ")):
        return True
    if TITLE_END.search(text) or len(text) > LONGEST_BYLINE:
        return False
    bracketed = text[0] in "（(" and text[-1] in "）)"
    return bracketed or is_person(text) or bool(DATE.search(text))


def day_of(text: str) -> datetime.date | None:
    """Returns the day that a line names, None where it names none or no whole one."""
    match = DATE.search(text)
    if match is None:
        return None
    if names := [name for name in MONTHS if name in match[0]]:
        day, year = re.findall(r"\d+", match[0])
        numbers = [int(year), MONTHS.index(names[0]) + 1, int(day)]
    else:
        parts = re.findall(rf"[\d〇○ＯO零{HAN}]+", match[0])
        numbers = [whole(part) for part in parts]
    if len(numbers) < 3 or "民" in match[0]:
        return None
    try:
        return datetime.date(*numbers[:3])
    except ValueError:
        return None


def whole(numeral: str) -> int:
    """Returns the number that digits or 二〇二四, 十二, 三十一 say."""
    digits = numeral.translate(TO_DIGITS)
    tens, ten, ones = digits.partition("十")
    return 10 * int(tens or 1) + int(ones or 0) if ten else int(digits)
