"""A message in Chinese: counts, names, codes, and the manual's words for a failure.

What the service says itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from msgspec.structs import replace

from ims_tui.core.notices.message import MOST_CELLS, MOST_NAMED, Message, in_order
from ims_tui.core.notices.news import News
from ims_tui.core.text import age, cut

WORDS: Mapping[str, str] = {
    "fail": "失败",
    "auth": "需要重新登录",
    "not_saved": "列表未保存",
    "stalled": "停滞",
    "unreachable": "服务无应答",
    "expiring": "凭据即将到期",
    "near_end": "即将结束",
    "success": "成功",
    "all_done": "全部结束",
    "back": "已恢复",
}


def in_chinese(message: Message) -> Message:
    """A message made anew in Chinese, of the news it is about."""
    ordered = in_order(message.news)
    groups = [list(group) for _, group in groupby(ordered, lambda news: news.kind)]
    if len(ordered) == 1:
        (one,) = ordered
        title, lines = " ".join(filter(None, [one.name, WORDS[one.kind]])), _body(one)
    else:
        title = "，".join(f"{len(group)} 个{WORDS[group[0].kind]}" for group in groups)
        lines = (_names(group) for group in groups)
    if wait_s := max(news.unheeded_s for news in ordered):
        title += f"（{age(wait_s)} 内无人确认）"
    body = "\n".join(cut(line, MOST_CELLS) for line in lines)
    return replace(message, title=cut(f"ims-tui：{title}", MOST_CELLS), body=body)


def _body(news: News) -> Iterator[str]:
    """What is known of one piece of news."""
    said = " ".join(filter(None, [news.code, news.facts.get("REASON", "")]))
    if said:
        yield said
    if news.advice_zh:
        yield news.advice_zh
    if not (said or news.advice_zh):
        yield news.sentence


def _names(group: Sequence[News]) -> str:
    names = [" ".join(filter(None, [n.name, n.code])) for n in group[:MOST_NAMED]]
    more = [f"+{len(group) - MOST_NAMED}"] if len(group) > MOST_NAMED else []
    return f"{WORDS[group[0].kind]}：{'，'.join([*names, *more])}"
