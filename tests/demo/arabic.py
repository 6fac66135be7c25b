# SPDX-License-Identifier: EUPL-1.2
"""Pages of the running city as they would be in Arabic: `python arabic.py FOLDER PATH...` writes each as HTML.

Arabic is none of the city's languages yet; a few words and the direction are enough to see whether pages turn.
"""

import sys
from pathlib import Path

import polib

WORDS = {
    "Start": "البداية",
    "Orte": "أماكن",
    "Sagen Sie es uns": "أخبرنا",
    "Anmelden": "تسجيل الدخول",
    "Menü": "القائمة",
    "Suchen": "بحث",
    "Gerade jetzt": "الآن",
    "Heute bei Ihnen": "اليوم بالقرب منك",
    "So machen Sie mit": "هكذا تشارك",
    "Einen Ort finden": "ابحث عن مكان",
    "Sagen Sie, was Ihnen fehlt": "قل ما ينقصك",
    "Impressum": "بيانات الناشر",
    "Datenschutz": "حماية البيانات",
    "Barrierefreiheit": "سهولة الوصول",
    "Zum Inhalt springen": "انتقل إلى المحتوى",
    "Finden Sie einen Ort für heute, sagen Sie, was Ihnen fehlt, und sehen Sie, was daraus wird.": (
        "ابحث عن مكان لهذا اليوم، وقل ما ينقصك، وانظر ماذا يحدث بعد ذلك."
    ),
    "Schön, dass Sie da sind. Das ist %(city_name)s.": "سعداء بوجودك. هذه هي %(city_name)s.",
}


def main(folder: Path, paths: list[str]) -> None:
    """Write `0.html`, `1.html`, ... in the order of the paths."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 :"
        " n%100>=11 && n%100<=99 ? 4 : 5;",
    }
    catalogue.extend(polib.POEntry(msgid=german, msgstr=arabic) for german, arabic in WORDS.items())
    place = folder / "locale/ar/LC_MESSAGES"
    place.mkdir(parents=True)
    catalogue.save_as_mofile(str(place / "django.mo"))

    import django
    from django.conf import settings

    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    settings.LOCALE_PATHS = [folder / "locale", *settings.LOCALE_PATHS]
    django.setup()
    from django.test import Client

    for number, path in enumerate(paths):
        answer = Client(HTTP_HOST="localhost").get(f"/ar{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        (folder / f"{number}.html").write_bytes(answer.content)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
