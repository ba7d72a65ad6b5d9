"""Ids of stories that are paths, and paths of pages that lead to them: what newspapers' addresses contain in
addition to letters and digits."""

URDU = "خبر" * 166 + "خب"
"""500 letters, 1,000 bytes."""

IDS = {
    "/world/2026/nov/05/ferries-return": "/world/2026/nov/05/ferries-return/",
    "/world/2026/nov/05/ferries.html": "/world/2026/nov/05/./ferries.html",
    "/world/2026/nov/05/index.html": "/world/2026/nov/04/../05/index.html",
    "/2026/11/05/100%25-more-ferries": "/2026/11/05/100%-more-ferries",
    "/2026/11/05/100%2525": "/2026/11/05/100%2525",
    "/2026/11/05/and%2For": "/2026/11/05/and%2for",
    "/2026/11/05/a;b=c:d@e+f,g": "/2026/11/05/a%3Bb%3Dc%3Ad%40e%2Bf%2Cg",
    "/2026/11/05/it's-%22quoted%22-(twice)": "/2026/11/05/it%27s-%22quoted%22-%28twice%29",
    "/2026/11/05/%3Cb%3E-&-what%3F%23": "/2026/11/05/%3cb%3e-%26-what%3F%23",
    "/2026/11/05/caf%E9": "/2026/11/05/caf%e9",
    "/2026/11/05/café": "/2026/11/05/cafe%CC%81",
    "/2026/11/05/مِصر-کی-خبر": "/2026/11/05/%D9%85%D9%90%D8%B5%D8%B1-کی-خبر",
    "/2026/11/05/می%E2%80%8Cخواهم": "/2026/11/05/می\u200cخواهم",
    "/2026/11/05/a%00b%1Bc": "/2026/11/05/a%00b%1bc",
    "/2026/11/05/a&amp;b-Ãªtre": "/2026/11/05/a&amp;b-%C3%83%C2%AAtre",
    "/2026/11/05/" + "x" * 500: "/2026/11/05/" + "x" * 500 + "/",
    "/2026/11/05/" + URDU: "/2026/11/05/" + URDU,
}
"""Ids, each with a path that has it."""
