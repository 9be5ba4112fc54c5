"""Lines around a talk that nobody spoke: a web page's furniture, a letter's head, editors' notes.

They stand above the text or below it, never in it. A line that is not certainly one stays words.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from speechsite.draft.lines import (
    CLOCK,
    DATE,
    HEAD_LINES,
    SENTENCE_END,
    TITLE_END,
    is_clean,
    is_greeting,
    squeezed,
)
from speechsite.draft.talk import Line, Lines

MENU_LINES = 150  # of a page copied whole, its menus above the place where one is
TAIL_LINES = 40  # a page's foot is not longer
SHORT = 20  # characters: what stands on the line below its label (来源: / 某区日报)
ALIKE = 0.6  # of a page's title that stands in the talk's own title too
FOOT_LINES = 3  # lines that are surely a page's, for the others between them to be so
AGAIN_LENGTH = 4  # characters that a line repeats of the head, to be no chance
LINK = 45  # characters: the title of another page that is linked to below
PROSE = 60  # characters: a longer line that ends a sentence is the text

# 下载 打印 收藏 【字号：大 中 小】, each alone or many on one line
BUTTON = re.compile(
    r"[\s【】\[\]（）()|｜:：>»·/、]*"
    r"(?:(?:下载|打印|收藏|分享(?:到|至)?|关闭|关闭?窗口|本页|正文|返回|顶部|首页|列表|上一[篇页]|下一[篇页]"
    r"|字[号体]|大小|默认|超大|特大|[大中小]|微信|微博|[Qq]{2}空间|朋友圈|扫一扫|二维码|保存|复制|链接|我要|纠错"
    r"|加入|设为|繁体|简体|无障碍|浏览|转发|评论|点赞|语音播报|听全文|朗读|A[+-]?|RSS|English|无障碍阅读)"
    r"[\s【】\[\]（）()|｜:：>»·/、]*)+"
)
BRACKETS = re.compile(r"[\s【】\[\]（）()|｜:：>»·/、-]+")  # what is left of a row of buttons
LABEL = (
    r"(?:文章|信息|稿件|新闻|内容)?来源|责任编辑|责编|编辑|编审|审核|审签|初审|复审|终审|校对|录入|供稿|撰稿|摄影"
    r"|发布(?:时间|日期|机构|单位|人)?|更新(?:时间|日期)?|发表(?:时间|日期)|浏览(?:次数|量)?"
    r"|点击(?:次数|数|量|率)?|阅读(?:次数|数|量)?|访问(?:次数|量)?|索引号|主题词|主题分类|信息分类|体裁"
    r"|发文(?:机关|字号|日期)|成文日期|生成日期|公开(?:方式|范围|类别|日期)|字[号体]|关键[词字]|标签"
    r"|上一[篇页条]|下一[篇页条]|原标题|原文链接|网址|邮箱|电话|传真|邮编|通讯员|有效性|分享到?"
)
PROPERTY = re.compile(rf"[（(【\[]?\s*(?:{LABEL})\s*[：:]")  # 来源：某区日报
BARE = re.compile(rf"(?:{LABEL})\s*[：:]\s*")  # 责任编辑： with the name on the next line
# The talk's own, unless it stands beside a property: 时间：…, 作者：…, 2024-01-20
MIXED = re.compile(r"(?:作者|记者|时间|日期)\s*[：:]|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$")
TIMED = re.compile(rf"(?:时间[：:])?\s*{DATE.pattern}.{{0,6}}{CLOCK.pattern}")  # 2024-02-10 07:41
PATH = re.compile(r"(?:当前|所在|您(?:现在)?的?)位置|首页\s*[>»›]")  # 当前位置：首页 > 讲话
FOOT = re.compile(
    r"(?i)版权所有|copyright|©|ICP备|备案号|公网安备|网站标识码|(?:主|承|协)办(?:单位)?[：:]|技术支持"
    r"|联系我们|网站地图|关于我们|扫一扫|扫描二维码|长按.{0,6}二维码|^(?:https?://|www\.)\S+$|点击(?:下载|查看|上方|蓝字)|阅读原文"
)
RELATED = re.compile(r"(?:相关|推荐|延伸|热门|更多)(?:阅读|链接|新闻|文章|信息|推荐|报道)[：:]?$")
SOURCE = re.compile(
    r"[（(【\[](?:来源|原载|摘自|转自|转载自|选自|据|载于|编辑|责编).*[）)】\]]$"
    r"|(?:发表于|原载于?|刊于|载于|转自)[^，。]{2,30}$"
)
# 某发〔2024〕3号, 签发人：张××, 秘密★1年, 第12期
LETTERHEAD = re.compile(
    r"[〔\[【（(]\s*[12]\d{3}\s*[〕\]】）)]\s*第?\s*\d+\s*号|签\s*发\s*人?[：:]|^(?:[秘机绝]密|内部)[★☆\s]"
    r"|密级[：:]|^第\d+期$|^(?:紧急程度|特急|加急)|^(?:主送|报送|抄送|抄报|分送|发送)[：:]|印发$|共印\d+份"
)
SPACED = re.compile(r"[\u4e00-\u9fff]{1,2}(?:\s+[\u4e00-\u9fff]{1,2}){3,}")  # 总 裁 办 电 子 邮 件
# 【导  读】…, 编者按：…
NOTE = re.compile(
    r"[【\[（(]?(?:导\s*读|编\s*者\s*按|编者的话|核心提示|内容提要|内容摘要|提\s*要|背\s*景)[】\]）)：:]"
)
# 新华社北京3月5日电 …, …发表题为《…》的重要讲话。, 讲话全文如下：, 新华社记者 黄×× 摄
AGENCY = re.compile(
    r"^[（(]?(?:新华社|新华网|人民网|中新[社网]|央视网|本报讯).{0,20}电|发表(?:了)?题为《|全文如下[：:。]?$"
    r"|记者.{1,10}摄[）)]?$"
)
NAMED = re.compile(r"《[^》]{4,}》")  # a title in a sentence that introduces it
JOINT = re.compile(r"[\s/|｜_·—-]")  # what joins a title to its page's name

FURNITURE, PUBLICATION = "网页上的按钮、栏目", "网页的来源、发布信息"
HEAD, EDITORS, AGAIN = "公文的版头、版记", "编者的话", "重复的标题"


def left_out(lines: Lines) -> dict[int, str]:
    """Returns the lines that are no words of the talk, by their index, with what each is."""
    found = above(lines) | below(lines)
    for index in list(found):
        if not is_clean(lines[index].text):
            del found[index]
    return found if len(found) < len(lines) - 1 else {}


def above(lines: Lines) -> dict[int, str]:
    """Returns the lines above the text that are none of it."""
    if menu := menu_height(lines):
        below_menu = above(lines[menu:])
        moved = {index + menu: reason for index, reason in below_menu.items()}
        return dict.fromkeys(range(menu), FURNITURE) | moved
    end = head_end(lines)
    found: dict[int, str] = {}
    for index in range(end):
        if reason := furniture(lines, index) or letterhead(lines, index):
            found[index] = reason
        elif NOTE.match(lines[index].text) or AGENCY.search(lines[index].text):
            found[index] = EDITORS
    for index in range(end):
        rest = range(index + 1, end)
        if index not in found and any(is_again(lines[index], lines[other]) for other in rest):
            found[index] = AGAIN
    found |= page_title(lines, end, found)
    found |= introduction(lines, end, found)
    found |= properties_beside(lines, found)
    return found


def menu_height(lines: Lines) -> int:
    """Returns how many lines of a whole page stand above the talk: 首页 … 当前位置：首页 > 讲话."""
    for index, line in enumerate(lines[:MENU_LINES]):
        if not is_label(line.text) and not PATH.search(line.text):
            return 0
        if is_greeting(line.text):
            return 0
        if PATH.search(line.text):
            column = squeezed(lines[index + 1].text) if index + 1 < len(lines) else ""
            return index + 2 if squeezed(line.text).endswith(f">{column}") else index + 1
    return 0


def head_end(lines: Lines) -> int:
    """Returns the index of the first line of the text: a greeting, or the first prose."""
    for index, line in enumerate(lines[:HEAD_LINES]):
        prose = len(line.text) > PROSE and line.text[-1] in SENTENCE_END
        told = NOTE.match(line.text) or AGENCY.search(line.text)
        if is_greeting(line.text) or (prose and not told):
            return index
    return min(HEAD_LINES, len(lines))


def furniture(lines: Lines, index: int) -> str:
    """Returns what a line is if it can be nothing but a web page's; '' otherwise."""
    text = lines[index].text
    if BUTTON.fullmatch(text) or BRACKETS.fullmatch(text) or PATH.search(text):
        return FURNITURE
    if RELATED.match(text) or (FOOT.search(text) and text[-1] not in SENTENCE_END):
        return FURNITURE
    if PROPERTY.match(squeezed(text)) or TIMED.match(text) or SOURCE.fullmatch(text):
        return PUBLICATION
    if index and BARE.fullmatch(squeezed(lines[index - 1].text)) and len(text) <= SHORT:
        return PUBLICATION
    return ""


def letterhead(lines: Lines, index: int) -> str:
    """Returns what a line is if it is of a letter's head or foot; a spaced name needs one below."""
    text = lines[index].text
    if LETTERHEAD.search(text) and not TITLE_END.search(text) and len(text) <= PROSE:
        return HEAD
    near = lines[index + 1 : index + 4]
    if SPACED.fullmatch(text) and any(LETTERHEAD.search(line.text) for line in near):
        return HEAD
    return ""


def is_again(line: Line, other: Line) -> bool:
    """Says whether a line only says what a later one says, perhaps with the site's name to it."""
    name = squeezed(other.text).removeprefix("by")
    text = squeezed(line.text)
    if len(name) < 6 or not text.startswith(name):
        return False
    rest = line.text.removeprefix(other.text.removeprefix("by ").strip())
    return text == name or bool(JOINT.match(rest))


def page_title(lines: Lines, end: int, found: dict[int, str]) -> dict[int, str]:
    """Returns the web page's own title: above a page's properties, with the talk's title below.

    The two may differ by the speaker's name, by spaces, or by how lines and numbers are written.
    """
    first = next((i for i, reason in sorted(found.items()) if reason == PUBLICATION), 0)
    above = [i for i in range(first) if i not in found]
    below = [i for i in range(first, end) if i not in found]
    one = squeezed("".join(lines[i].text for i in above))
    other = squeezed("".join(lines[i].text for i in below))
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    titled = any(TITLE_END.search(lines[i].text) for i in below)
    least = 2 if titled else len(one) // 2
    alike = sum(block.size for block in blocks if block.size >= least)
    return dict.fromkeys(above, AGAIN) if one and alike >= ALIKE * len(one) else {}


def introduction(lines: Lines, end: int, found: dict[int, str]) -> dict[int, str]:
    """Returns the sentences above the title that introduce it: 现摘录《…讲话》，希认真学习！"""
    titles = [i for i in range(end) if i not in found and TITLE_END.search(lines[i].text)]
    first = next((i for i in titles if lines[i].text[-1] not in SENTENCE_END), 0)
    notes: dict[int, str] = {}
    for index in range(first):
        text = lines[index].text
        titled = lines[index + 1].text.startswith("——")  # 欢迎你！ / ——在典礼上的讲话
        told = text[-1] in SENTENCE_END or NAMED.search(text)
        if index not in found and told and not titled:
            notes[index] = EDITORS
    return notes


def properties_beside(lines: Lines, found: dict[int, str]) -> dict[int, str]:
    """Returns the lines 时间：… and 作者：… next to a page's properties, which they belong to."""
    beside: dict[int, str] = {}
    for index, reason in found.items():
        for near in {index - 1, index + 1} & set(range(len(lines))) - set(found):
            if reason in {PUBLICATION, FURNITURE} and MIXED.match(lines[near].text):
                beside[near] = PUBLICATION
    return beside


def below(lines: Lines) -> dict[int, str]:
    """Returns the lines below the text that are none of it: all from the first of them on."""
    found: dict[int, str] = foot(lines)
    if found:
        return found
    linked = False
    for index in tail(lines):
        linked = linked or bool(RELATED.match(lines[index].text))
        reason = furniture(lines, index) or letterhead(lines, index)
        if not reason and found:
            reason = trailing(lines, index, found, linked)
        if reason:
            found[index] = reason
        else:
            found, linked = {}, False
    first = min(found, default=0) - 1
    if HEAD in found.values() and DATE.fullmatch(lines[first].text):  # the letter's own date
        found[first] = HEAD
    return found


def foot(lines: Lines) -> dict[int, str]:
    """Returns a web page's foot, judged as a whole: a button, and nothing like a sentence below."""
    found: dict[int, str] = {}
    known = 0
    best: dict[int, str] = {}
    for index in reversed(tail(lines)):
        reason = furniture(lines, index)
        if not reason and not is_label(lines[index].text):
            break
        found[index] = reason or FURNITURE
        known += bool(reason)
        if reason and known >= FOOT_LINES:
            best = dict(found)
    return best


def tail(lines: Lines) -> range:
    """Returns the lines among which what stands below a talk begins."""
    return range(max(len(lines) - TAIL_LINES, head_end(lines) + 1), len(lines))


def is_label(text: str) -> bool:
    """Says whether a line is as short as a menu's entry, and no sentence."""
    return len(text) <= PROSE and text[-1] not in SENTENCE_END + "：:；"


def trailing(lines: Lines, index: int, found: dict[int, str], linked: bool) -> str:
    """Returns what a line is below others that are no words; `linked` says that links follow."""
    text = lines[index].text
    said = squeezed("".join(line.text for line in lines[: min(min(found), HEAD_LINES)]))
    if len(text) >= AGAIN_LENGTH and squeezed(text) in said:
        return AGAIN
    if DATE.fullmatch(text) and HEAD in found.values():
        return HEAD
    return FURNITURE if linked and len(text) <= LINK and text[-1] not in SENTENCE_END else ""
