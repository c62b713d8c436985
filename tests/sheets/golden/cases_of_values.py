"""Cases of values: dates, percents, nulls, phases, counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

from writing import DAY, LABEL, NAMES, book, column, office, written


def _built_in_dates():
    header = ["事業名", "着手日", "完了予定日"]
    rows = [[name, DAY, DAY] for name in NAMES[:10]]
    formats = {(3 + i, 1): 27 + i for i in range(10)} | {(3 + i, 2): 50 + i for i in range(9)}
    return written([LABEL, [], header, *rows], formats={**formats, (12, 2): 14})


#: The percent sign as a text behind the number, in the ways people write it, and last a percent format.
_SIGN_BEHIND = {
    (3 + i, 2): form for i, form in enumerate(['0"%"', r"0\%", '0.0"％"', '0"%";▲0"%"', '0%;▲0"%"'])
}

VALUES = {
    # --- dates
    "date-spellings": ("xlsx", lambda: book(column("完了予定日", [
        "令和8年10月1日", "R8.10.1", "R08/10/01", "令 8.　10.　1", "Ｒ８．１０．１", "2026/10/1", "2026-10-01",
        "20261001", "'26/04/2027", "令和８年１０月１日（木）", "㋿8年10月1日", "令和8年（2026年）10月1日",
        "R8.10.1まで", DAY]))),
    "date-eras-before-reiwa": ("xlsx", lambda: written(column("着手日", [
        "平成31年4月30日", "令和元年5月1日", "S64.1.7", "昭和58年7月1日", "H30/4/1"]))),
    "date-in-the-wrong-era": ("xlsx", lambda: book(column("完了予定日", [
        "平成32年4月1日", "令和元年3月", "昭和64年1月8日", "平成元年1月7日"]))),
    "date-that-is-no-day": ("xlsx", lambda: written(column("完了日", [
        "R8下期", "8年度末", "10月中旬", "R8.10", "令和8年", "春頃", "業者の回答待ち"]))),
    "date-impossible-or-unclear": ("xlsx", lambda: book(column("完了日", [
        "令和8年2月30日", "2026/13/1", "7.10.1", "10/1", "03/04/2026"]))),
    "date-planned-month": ("xlsx", lambda: book(column("完了予定日", ["R8.10", "令和9年2月", "2027年3月末"]))),
    "date-planned-spans": ("xlsx", lambda: written(column("完了予定日", [
        "R8下期", "8年度末", "令和8年度中", "R8第3四半期", "令和8年10月中旬", "2026年度4Q", "10月中旬", "R8.10頃", "平成32年度末"]))),
    "date-split-over-cells": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "段階", "完了予定日"], [NAMES[0], "導入", "令和", 9, "年", 3, "月", 31, "日"],
        [NAMES[1], "導入", "令和", 8, 10, 1], [NAMES[2], "導入", "R9.3.31"], [NAMES[3], "導入", "昭和", 23, "年"]],
        merges=["C3:I3"])),
    "date-bare-under-an-era-header": ("xlsx", lambda: office(book([
        LABEL, [None, None, "令和", "令和"], ["事業名", "段階", "完了予定日", "完了日"], [NAMES[0], "運用", "7.10.1", "7.9.30"],
        [NAMES[1], "導入", "8年10月", None], [NAMES[2], "運用", None, "R8.4.1"], [NAMES[3], "運用", None, "7.10"]]), "xlsx")),
    "date-built-in-japanese-formats": ("xlsx", _built_in_dates),
    "date-era-number-format": ("xlsx", lambda: written(
        column("完了日", [DAY, DAY, DAY]),
        formats={(3, 2): '[$-411]ge.m.d', (4, 2): '[$-ja-JP-x-gannen]ggge"年"m"月"d"日"', (5, 2): 'yyyy"年"m"月"d"日"(aaa)'})),
    "date-shown-as-a-month": ("xlsx", lambda: written([
        LABEL, [], ["事業名", "段階", "完了予定日", "完了日"],
        [NAMES[0], "導入", DAY, None], [NAMES[1], "導入", DAY, None], [NAMES[2], "導入", DAY, None], [NAMES[3], "運用", None, DAY]],
        formats={(3, 2): 'yyyy"年"m"月"', (4, 2): '[$-411]ggge"年"m"月"', (5, 2): "yyyy/m/d", (6, 3): "yyyy/m"})),
    "date-shown-as-a-month-in-xls": ("xls", lambda: office(written([
        LABEL, [], ["事業名", "段階", "完了予定日", "完了日"], [NAMES[0], "導入", DAY, None], [NAMES[1], "導入", DAY, None], [NAMES[2], "運用", None, DAY]],
        formats={(3, 2): 'yyyy"年"m"月"', (4, 2): "yyyy/m/d", (5, 3): "yyyy/m"}), "xls")),
    "date-1904-epoch": ("xlsx", lambda: written(
        column("完了日", [DAY, date(2027, 3, 31)]), formats={(3, 2): "yyyy/m/d", (4, 2): "yyyy/m/d"},
        options={"date_1904": True})),
    "date-with-time-of-day": ("xlsx", lambda: written(
        column("完了日", [datetime(2026, 10, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None), "2026/10/1 9:30", "2026/10/12 9:30", "令和8年10月12日 9:30", "2026-10-12T09:30:00"]), formats={(3, 2): "yyyy/m/d h:mm"})),
    "date-1904-epoch-in-xls": ("xls", lambda: office(written(
        column("完了日", [DAY, 44834]), formats={(3, 2): "yyyy/m/d"}, options={"date_1904": True}), "xls")),
    "date-that-nobody-means": ("xlsx", lambda: written(
        column("完了日", [8, "1026/10/1", "R8.10-12", "2026/10/1 2", "令和7年（2026年）10月1日", "R8.10.1済", DAY]),
        formats={(3, 2): "yyyy/m/d", (9, 2): "yyyy/m/d"})),
    "date-in-xls": ("xls", lambda: office(book(column("完了日", [DAY, "R8.10.1"])), "xls")),
    "date-in-ods": ("ods", lambda: office(book(column("完了日", [DAY, "R8.10.1"])), "ods")),
    # --- percents and other values
    "percent-spellings": ("xlsx", lambda: book(column("進捗率", [
        "４５％", "45%", "45 %", "45パーセント", "4割5分", "5割", "45.5%", "0%", "100%"]))),
    "percent-vague-or-beyond": ("xlsx", lambda: written(column("進捗率", [
        "約5割", "5割程度", "80%以上", "120%", "▲5%", "半分くらい", "3/10"]))),
    "percent-by-number-format": ("xlsx", lambda: written(
        column("進捗率", [1, 0.45, 0, 0.005]), formats={(r, 2): "0%" for r in range(3, 7)})),
    "percent-whole-numbers-xls": ("xls", lambda: office(book(column("進捗率", [45, 80, 100, 0])), "xls")),
    "percent-lone-one": ("xlsx", lambda: book(column("進捗率", [1, 0]))),
    "percent-fractions-ods": ("ods", lambda: office(book(
        column("進捗率", [0.45, 1, 0]), formats={"C4": "0%", "C5": "0%", "C6": "0%"}), "ods")),
    "percent-by-cell-type-in-ods": ("ods", lambda: office(book(
        column("進捗率", [1, 0.45, 45, 0.8, 1]), formats={"C4": "0%", "C5": "0.0%"}), "ods")),
    "percent-by-number-format-in-xls": ("xls", lambda: office(written(
        column("進捗率", [1, 0.45, 45, 0.8, 1]), formats={(3, 2): "0%", (4, 2): "0.0%"}), "xls")),
    "percent-sign-behind-the-number": ("xlsx", lambda: written(
        column("進捗率", [45, 1, 0.5, 1, 1]), formats=_SIGN_BEHIND)),
    "percent-sign-behind-the-number-in-xls": ("xls", lambda: office(written(
        column("進捗率", [45, 1, 0.5, 1, 1]), formats=_SIGN_BEHIND), "xls")),
    "null-spellings": ("xlsx", lambda: book(column("完了日", [
        "-", "－", "―", "…", "不詳", "要確認", "TBD", "#N/A", "未定", "　", "なし"]))),
    "phase-with-arrows-and-notes": ("xlsx", lambda: written(column("段階", [
        "検討→導入", "導入（R8.10～）", "運用中", "本稼働済", "事業検討 ⇒ 中止", "導入※1", "【済】完了", "がんばり中"], phase=False))),
    "rating-and-budget-signs": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "自己評価", "予算"],
        [NAMES[0], "○", "要求済"], [NAMES[1], "△", "議決済"], [NAMES[2], "×", "未"], [NAMES[3], "Ａ", None]])),
    "notes-that-take-the-value-back": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "段階", "進捗率", "自己評価", "予算"],
        [NAMES[0], "運用（R8.10予定）", "45%", "順調", None], [NAMES[1], "導入", "100%（見込み）", "順調", None],
        [NAMES[2], "導入", "45%", "順調（一部遅れ）", None], [NAMES[3], "導入", "45%", "順調", "議決（3月予定）"],
        [NAMES[4], "検討→導入予定", None, None, None], [NAMES[5], "導入（10月契約予定）", "50%（前回30%）", None, None]])),
    "count-spellings": ("xlsx", lambda: book(column("実施回数", [
        3, "3回", "計１２回", "延べ3回開催", "数回", 2.5, 0], phase=False))),
}  # fmt: skip
