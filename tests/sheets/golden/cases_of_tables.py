"""Cases of where a table is, how it is built, and how it names the 事業."""

from __future__ import annotations

from writing import LABEL, NAMES, PLAIN, TURNED, book, office, written

MERGED_DEPARTMENTS = [
    ["担当課", "事業名", "段階"],
    ["行政管理課", NAMES[0], "運用"],
    [None, NAMES[1], "運用"],
    [None, NAMES[2], "継続"],
    ["税務課", "コンビニ交付（税証明）", "導入"],
    ["社会教育課", "公共施設予約システム", "導入"],
]

TABLES = {
    # --- where the table is and how it is built
    "header-two-rows-merged": ("xlsx", lambda: book([
        LABEL, ["事業名", "進捗", None, "完了", None], [None, "段階", "進捗率", "予定日", "実績"],
        [NAMES[0], "導入", "45%", "R9.3.31", None], [NAMES[1], "運用", None, None, "R8.4.1"]],
        merges=["A2:A3", "B2:C2", "D2:E2"])),
    "header-three-rows-merged": ("xlsx", lambda: office(book([
        LABEL, ["事業名", "令和8年度", None, None], [None, "実績", None, "評価"], [None, "段階", "完了日", "自己評価"],
        [NAMES[0], "運用", "R8.4.1", "順調"], [NAMES[1], "導入", None, "遅れ"]],
        merges=["A2:A4", "B2:D2", "B3:C3"]), "xlsx")),
    "header-planned-over-actual": ("xlsx", lambda: book([
        LABEL, ["事業名", "計画", None, "実績", None], [None, "進捗率", "完了日", "進捗率", "完了日"],
        [NAMES[0], "60%", "R8.9.30", "45%", None], [NAMES[1], "100%", "R8.4.1", "100%", "R8.4.10"]],
        merges=["A2:A3", "B2:C2", "D2:E2"])),
    "header-repeated-at-page-break": ("xlsx", lambda: office(book([
        *PLAIN, PLAIN[2], [NAMES[3], "運用停止", None, None, "R8.3.31"]]), "xlsx")),
    "header-with-line-breaks": ("xlsx", lambda: written([
        LABEL, ["事　業　名", "段\n階", "進捗率\n（％）", "完　了\n予定日"], [NAMES[0], "導入", 45, "R9.3.31"]])),
    "merged-department-cells": ("xlsx", lambda: office(book(MERGED_DEPARTMENTS, merges=["A2:A4"]), "xlsx")),
    "merged-department-cells-in-ods": ("ods", lambda: office(book(MERGED_DEPARTMENTS, merges=["A2:A4"]), "ods")),
    "merged-project-over-milestones": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "段階", "節目", "節目期限", "節目完了日"],
        [NAMES[0], "導入", "仕様確定", "R8.6.30", "R8.6.20"], [None, None, "調達公告", "R8.8.31", None],
        [None, None, "契約", "R8.10.31", None]], merges=["A4:A6", "B4:B6"])),
    "merged-title-over-table": ("xls", lambda: office(book([
        ["令和8年度　DX推進計画　進捗状況報告"], LABEL, *PLAIN[2:]], merges=["A1:F1"]), "xls")),
    "notes-totals-examples-between-rows": ("xlsx", lambda: book([
        *PLAIN[:3], ["（記入例）" + NAMES[4], "運用", "100%"], ["基本方針1　住民サービスの向上"], PLAIN[3], PLAIN[4],
        ["小計", None, "45%"], PLAIN[5], ["合計", None, "60%"], ["※ 進捗率は11月末の見込み"], ["（注）予算は除く"]])),
    "start-far-from-the-corner": ("xlsx", lambda: written(PLAIN, at=(19, 7))),
    "two-tables-on-one-sheet": ("xls", lambda: office(book([
        *PLAIN, [], ["担当課：税務課"], ["事業名", "完了予定日", "段階"], ["コンビニ交付（税証明）", "R9.3.31", "導入"]]), "xls")),
    "two-tables-beside-each-other": ("xls", lambda: office(book([
        ["担当課：行政管理課", None, None, None, "担当課：社会教育課"], ["番号", "事業名", "段階", None, "番号", "事業名", "段階"],
        [1, NAMES[0], "導入", None, 1, "公共施設予約システム", "導入"], [2, NAMES[1], "運用"]]), "xls")),
    "sheet-of-last-year-before-this-years": ("ods", lambda: office(book(
        [*PLAIN[:3], [NAMES[1], "導入", "10%", "R8.3.31"], [NAMES[3], "運用"]], PLAIN, names=["令和7年度", "令和8年度"]), "ods")),
    "departments-head-the-rows": ("xlsx", lambda: office(book([
        ["事業名", "段階", "進捗率"], ["【行政管理課】"], [NAMES[0], "運用", "100%"], ["【社会教育課】"],
        ["公共施設予約システム", "導入", "45%"], ["指定避難所等へのフリーWi-Fi整備", "運用", None]], merges=["A2:C2", "A4:C4"]), "xlsx")),
    "table-on-the-third-sheet": ("xlsx", lambda: book(
        [["表紙"], LABEL], [["氏名", "電話"], ["山田", "12"]], PLAIN[2:], names=["表紙", "連絡先", "報告"])),
    "hidden-sheet-with-old-copy": ("xlsx", lambda: book(
        [*PLAIN[:3], [NAMES[1], "導入", "10%", "R9.3.31"]], PLAIN, names=["控え", "今回"], hidden=[0])),
    "hidden-rows-and-columns": ("xlsx", lambda: written(PLAIN, hidden_rows=[4], hidden_columns=[5])),
    "hidden-rows-and-columns-in-ods": ("ods", lambda: office(
        written(PLAIN, hidden_rows=[4], hidden_columns=[5]), "ods")),
    "hidden-rows-and-columns-in-xls": ("xls", lambda: office(
        written(PLAIN, hidden_rows=[4], hidden_columns=[5]), "xls")),
    "projects-as-columns": ("xlsx", lambda: book([LABEL, [], *TURNED])),
    "projects-as-columns-in-ods": ("ods", lambda: office(book([LABEL, [], *TURNED], merges=["A1:D1"]), "ods")),
    "projects-as-columns-with-a-faulty-cell": ("xls", lambda: office(book([
        LABEL, [], ["事業名", *NAMES[:2]], ["段階", "がんばり中", "導入"], ["完了日", "R8.4.1", "R8下期"]]), "xls")),
    "projects-as-columns-one-hidden": ("xlsx", lambda: written([LABEL, [], *TURNED], hidden_columns=[2])),
    "form-for-each-project": ("xlsx", lambda: office(book([
        ["担当課：行政管理課"], [], ["事業名", NAMES[0]], ["段階", "運用"], ["完了日", "R8.4.1"], [],
        ["事業名", NAMES[1]], ["段階", "導入"], ["進捗率", "45%"], ["課題", "協議中"]]), "xlsx")),
    "columns-explained-on-a-sheet-of-their-own": ("xlsx", lambda: book(
        [["事業名", "計画書の名称を記入"], ["段階", "現在の段階を記入"], ["進捗率", "0～100%で記入"]], PLAIN,
        names=["記入要領", "報告"])),
    "squared-paper": ("xlsx", lambda: book([
        [*LABEL], [], ["事業名", *[None] * 5, "段階", None, "完了予定日", *[None] * 3], [],
        [NAMES[0], *[None] * 5, "運用", None, "R8.4.1"], [], [NAMES[1], *[None] * 5, "導入", None, "R9.3.31"], []],
        merges=[f"{a}{r}:{b}{r + 1}" for r in (3, 5, 7) for a, b in ("AF", "GH", "IL")])),
    "header-five-rows-merged": ("xls", lambda: office(book([
        LABEL, [], [None, None, "令和8年度"], ["事業名", "状況", "次の節目"], [None, None, "予定と実績"],
        [None, None, "名称", "計画", "実績"], [None, None, None, "完了日", "完了日"],
        [NAMES[0], "導入", "契約", "R8.10.31", "R8.10.20"], [NAMES[1], "導入", "公告", "R8.12.28", None]],
        merges=["C3:E3", "C4:E4", "C5:E5", "A4:A7", "B4:B7", "C6:C7"]), "xls")),
    "departments-by-sheet-name": ("xlsx", lambda: book(
        [["事業名", "段階"], [NAMES[0], "運用"]], [["事業名", "段階"], ["コンビニ交付（税証明）", "導入"]],
        names=["行政管理課", "税務課"])),
    # --- names
    "names-padded-and-half-width": ("xlsx", lambda: written([
        LABEL, [], ["事業名", "段階"], ["Ｌ Ｉ Ｎ Ｅ 決 済 機 能", "導入"], ["ﾍﾟｰﾊﾟｰﾚｽ会議環境整備", "導入"],
        ["　全庁型ＧＩＳ　", "運用"], ["J‐LIS教育研修", "継続"], ["ぴった\nりサービス", "運用"], ["⑤ セキュリティ対策", "強化"],
        ["ぺーパーレス会議環境整備", "導入"]])),
    "names-with-unseen-characters": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "段階"], ["全庁型\u200bGIS", "運用"], ["\u202eセキュリティ対策\u202c", "強化"], ["全庁型GIS改", "運用"]])),
    "names-in-old-or-wrong-characters": ("xlsx", lambda: book([
        ["担当課：総務課"], [], ["事業名", "段階"], ["庶務管理シスデム", "導入"], ["庶務管理システム", "導入"]])),
    "names-by-id": ("xlsx", lambda: book([
        LABEL, [], ["事業ID", "事業名", "段階"], ["DX-05", None, "運用"], ["dx6", "ぴったりサービス", "運用"],
        ["DX-07", "全庁型GIS", "継続"], ["DX-99", None, "導入"]])),
    "row-of-another-department": ("xlsx", lambda: book([*PLAIN, ["書かない窓口", "導入", "10%"], ["公共施設予約システム", None, None]])),
    "row-twice": ("xlsx", lambda: book([*PLAIN, PLAIN[4], [NAMES[1], "運用", "100%", None, None, None]])),
}  # fmt: skip
