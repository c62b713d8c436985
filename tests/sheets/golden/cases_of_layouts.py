"""Cases that are read with a layout file, layout.yaml beside the workbook, and not without."""

from __future__ import annotations

from writing import LABEL, NAMES, PLAIN, book, office, text, written

_OWN_WORDS = [
    LABEL,
    [],
    ["やること", "いまどう", "どこまで", "いつまで", "手ごたえ"],
    [NAMES[0], "実施中", "100%", "R8.4.1", "A"],
    [NAMES[1], "検討→導入", "45%", "R9.3.31", "B"],
    [NAMES[2], "実施中", "60%", None, "C"],
]

LAYOUTS = {
    "layout-without-a-header": ("csv", lambda: text([
        ["DX推進計画", "12月分"], [NAMES[0], "運用", "100%", "R8.4.1"], [NAMES[1], "導入", "45%", "R9.3.31"]]).encode("cp932")),
    "layout-own-words": ("xlsx", lambda: book(_OWN_WORDS)),
    "layout-bare-dates": ("xlsx", lambda: written([
        *PLAIN[:2], ["事業名", "段階", "完了日", "完了予定日"], [NAMES[0], "運用", "8.4.1", None], [NAMES[1], "導入", None, "9年3月"]])),
    "layout-turned": ("ods", lambda: office(book([
        LABEL, ["令和8年度"], [None, *NAMES[:3]], ["いま", "運用", "導入", "継続"], ["終わり", "R8.4.1", None, None],
        ["めど", None, "R9.3.31", None]]), "ods")),
    "layout-date-over-columns": ("xls", lambda: office(book([
        ["番号", "事業", "今の段階", "終わる日", None, None, None], [1, NAMES[0], "運用", "令和", 8, 4, 1], [2, NAMES[1], "導入", "令和", 9, 3, 31],
        [1, NAMES[0], "運用", "令和", 7, 4, 1]]), "xls")),
    "layout-skips-the-old": ("xlsx", lambda: book(
        [*PLAIN[:3], [NAMES[1], "導入", "10%", "R9.3.31"]], [*PLAIN, [NAMES[2], "中止", "0%"]], names=["9月分", "12月分"])),
    "layout-no-longer-fits": ("xlsx", lambda: book([
        *_OWN_WORDS[:2], ["やること", "いまは", "どこまで"], [NAMES[0], "運用", "100%"]])),
}  # fmt: skip
