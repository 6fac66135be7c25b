# SPDX-License-Identifier: EUPL-1.2
"""The demo's places in the middle: Stadtmitte, Südstadt, Biestow."""

from smilecity.places.demo.table import GREEN, HOUSE, OLD_HOUSE, DemoPlace, DemoUnit, litter, soil, sound

MIDDLE = (
    DemoPlace(
        slug="stadthafen",
        category="square",
        area="stadtmitte",
        position=(12.1360, 54.0932),
        de=(
            "Stadthafen",
            (
                "Kaikante, Treppen zum Wasser, Wiesen und Schiffe. Im August kommen die Segler aus aller Welt, sonst ist "
                "Platz für alle."
            ),
        ),
        en=(
            "City harbour",
            (
                "The quay, steps to the water, lawns and ships. In August the sailors of the world come, "
                "otherwise there is "
                "room for everyone."
            ),
        ),
        street="Am Strande",
        hours="24/7",
        access=GREEN | {"toilet": "wheelchair", "surface": "paved", "light": "yes"},
        free=True,
        indoors="out",
        keeper="strand-und-hafen",
        units=(DemoUnit("kai", ("Kaikante", "Quay"), 300),),
        senses=(litter("stadthafen"), sound("stadthafen")),
    ),
    DemoPlace(
        slug="smart-city-lab",
        category="learning",
        area="stadtmitte",
        position=(12.1345, 54.0910),
        de=(
            "Smart City Lab",
            (
                "Hier probiert die Stadt Neues aus, und alle dürfen dabei sein: Werkstattabende, Sensoren zum Anfassen, "
                "Fragen ohne dumme Antworten."
            ),
        ),
        en=(
            "Smart City Lab",
            (
                "Here the city tries new things, and everyone may join: workshop evenings, sensors to touch, questions "
                "without silly answers."
            ),
        ),
        hours="Tu-Th 10:00-18:00; Fr 10:00-14:00; PH off",
        access=HOUSE | {"guidance": "no"},
        free=True,
        indoors="in",
        languages=("de", "en"),
        units=(DemoUnit("werkstatt", ("Werkstatt", "Workshop"), 30),),
    ),
    DemoPlace(
        slug="kulturhistorisches-museum",
        category="culture",
        area="stadtmitte",
        position=(12.1305, 54.0872),
        de=(
            "Kulturhistorisches Museum",
            (
                "Im Kloster zum Heiligen Kreuz: Kunst, Spielzeug und Stadtgeschichte um einen stillen Hof. Der Kreuzgang "
                "ist an heißen Tagen der kühlste Ort der Innenstadt."
            ),
        ),
        en=(
            "Museum of cultural history",
            (
                "In the Abbey of the Holy Cross: art, toys and the city's past around a quiet court. On hot days the "
                "cloister is the coolest spot in the centre."
            ),
        ),
        street="Klosterhof 7",
        hours="Tu-Su 10:00-18:00; PH 10:00-18:00",
        quiet="We 10:00-12:00",
        access=OLD_HOUSE | {"toilet": "wheelchair"},
        free=True,
        indoors="in",
        languages=("de", "en"),
        keeper="museen",
        units=(DemoUnit("kreuzgang", ("Kreuzgang", "Cloister"), 100),),
    ),
    DemoPlace(
        slug="universitaetsplatz",
        category="square",
        area="stadtmitte",
        position=(12.1322, 54.0880),
        de=(
            "Universitätsplatz",
            "Der Brunnen der Lebensfreude, die alte Universität, Straßenmusik. Im Sommer stehen Kinder im Wasser.",
        ),
        en=(
            "University square",
            "The fountain of joy, the old university, street music. In summer children stand in the water.",
        ),
        hours="24/7",
        access=GREEN | {"surface": "paved", "light": "yes", "guidance": "yes"},
        free=True,
        indoors="out",
        units=(DemoUnit("brunnen", ("Am Brunnen", "By the fountain"), 200),),
    ),
    DemoPlace(
        slug="neuer-markt",
        category="square",
        area="stadtmitte",
        position=(12.1405, 54.0888),
        de=(
            "Neuer Markt",
            "Vor dem Rathaus mit den sieben Türmen: Wochenmarkt, Feste und ein guter Ort, um jemanden zu treffen.",
        ),
        en=(
            "New market",
            "In front of the town hall with its seven towers: market days, feasts and a good place to meet someone.",
        ),
        hours="24/7",
        access=GREEN | {"surface": "paved", "light": "yes"},
        free=True,
        indoors="out",
    ),
    DemoPlace(
        slug="rosengarten",
        category="garden",
        area="stadtmitte",
        position=(12.1370, 54.0850),
        de=(
            "Rosengarten",
            "Rosen, Rasen und Bänke zwischen Bahnhof und Altstadt. Mittags essen hier viele ihr Brot.",
        ),
        en=(
            "Rose garden",
            "Roses, lawn and benches between the station and the old town. At noon many eat their sandwich here.",
        ),
        hours="24/7",
        access=GREEN,
        free=True,
        indoors="out",
        keeper="stadtgruen",
        senses=(soil("rosengarten"),),
    ),
    DemoPlace(
        slug="wallanlagen",
        category="park",
        area="stadtmitte",
        position=(12.1300, 54.0860),
        de=(
            "Wallanlagen",
            "Auf den alten Wällen wachsen Bäume, unten glänzt der Teich. Spielplätze liegen am Weg, Eichhörnchen auch.",
        ),
        en=(
            "Rampart park",
            "Trees grow on the old ramparts, the pond shines below. Playgrounds are on the way, and so are squirrels.",
        ),
        hours="24/7",
        access={"step_free": "limited", "surface": "firm", "seats": "yes", "light": "no"},
        free=True,
        indoors="out",
        keeper="stadtgruen",
    ),
    DemoPlace(
        slug="petrikirche",
        category="culture",
        area="stadtmitte",
        position=(12.1475, 54.0905),
        de=(
            "Aussicht der Petrikirche",
            (
                "Hoch über den Dächern der Altstadt, mit Blick bis zur Ostsee. Ein Aufzug fährt hinauf, die "
                "letzten Stufen "
                "geht man."
            ),
        ),
        en=(
            "St Peter's viewing platform",
            "High above the roofs of the old town, with a view to the Baltic. A lift goes up, the last steps you walk.",
        ),
        street="Alter Markt",
        hours="Apr-Oct Mo-Su 10:00-18:00; Nov-Mar Mo-Su 10:00-16:00",
        access={"step_free": "limited", "toilet": "no"},
        free=False,
        indoors="in",
    ),
    DemoPlace(
        slug="beratung-stadtmitte",
        category="help",
        area="stadtmitte",
        position=(12.1380, 54.0868),
        de=(
            "Offene Beratung in der Stadtmitte",
            (
                "Wohnen, Geld, Pflege, Papiere: jemand hört zu und weiß, wer weiterhilft. Ohne Termin, auf "
                "Wunsch ohne Namen."
            ),
        ),
        en=(
            "Open advice in the centre",
            (
                "Housing, money, care, papers: someone listens and knows who can help. No appointment, no name "
                "if you prefer."
            ),
        ),
        hours="Mo-Th 09:00-16:00; Fr 09:00-12:00; PH off",
        access=HOUSE,
        free=True,
        indoors="in",
        languages=("de", "en", "uk", "ru", "ar", "dgs"),
    ),
    DemoPlace(
        slug="neuer-treff",
        category="meeting",
        area="stadtmitte",
        position=(12.1420, 54.0850),
        de=(
            "Neuer Treff in der Altstadt (Entwurf)",
            "Ein Eintrag, der noch entsteht: nur wer sich um ihn kümmert, sieht ihn.",
        ),
        en=(
            "New meeting point in the old town (draft)",
            "An entry in the making: only those who look after it see it.",
        ),
        visibility="draft",
    ),
    DemoPlace(
        slug="stadtteilzentrum-suedstadt",
        category="meeting",
        area="suedstadt",
        position=(12.1080, 54.0745),
        de=(
            "Stadtteilzentrum Südstadt",
            (
                "Ein altes Heizhaus, in dem jetzt gekocht, getöpfert und gefeiert wird. Studierende und Alteingesessene "
                "treffen sich am Tresen."
            ),
        ),
        en=(
            "Südstadt district centre",
            "An old boiler house where people now cook, make pots and celebrate. Students and old hands meet at the bar.",
        ),
        street="Tychsenstraße 22",
        hours="Mo-Fr 10:00-20:00; Sa 14:00-20:00; PH off",
        access=HOUSE,
        free=True,
        indoors="in",
        languages=("de", "en"),
        units=(DemoUnit("saal", ("Großer Raum", "Large room"), 70),),
        senses=(sound("stadtteilzentrum-suedstadt"),),
    ),
    DemoPlace(
        slug="kringelgraben",
        category="park",
        area="suedstadt",
        position=(12.1160, 54.0730),
        de=(
            "Kringelgrabenpark",
            "Wasser, Weiden und ein Spielplatz zwischen den Häusern der Südstadt. Der Weg am Graben ist eben.",
        ),
        en=(
            "Kringelgraben park",
            "Water, willows and a playground between the houses of Südstadt. The path by the ditch is level.",
        ),
        hours="24/7",
        access=GREEN,
        free=True,
        indoors="out",
        keeper="stadtgruen",
        units=(DemoUnit("spiel", ("Spielplatz", "Playground"), 35),),
        senses=(soil("kringelgraben"),),
    ),
    DemoPlace(
        slug="seniorentreff-suedstadt",
        category="meeting",
        area="suedstadt",
        position=(12.1030, 54.0755),
        de=(
            "Seniorentreff Südstadt",
            "Gymnastik im Sitzen, Skat im Stehen, Ausflüge im Mai. Abgeholt wird, wer schlecht zu Fuß ist.",
        ),
        en=(
            "Südstadt seniors",
            "Exercise sitting down, cards standing up, outings in May. Whoever walks badly is fetched.",
        ),
        hours="Mo-Fr 10:00-16:00; PH off",
        access=HOUSE | {"parking": "yes"},
        free=True,
        indoors="in",
        ages=(60, None),
        keeper="mit-siebzig",
    ),
    DemoPlace(
        slug="dorfteich-biestow",
        category="park",
        area="biestow",
        position=(12.0960, 54.0610),
        de=(
            "Dorfteich Biestow",
            "Eine alte Kirche, ein Teich und Bänke. Am Rand der Stadt ist es, als wäre sie weit.",
        ),
        en=(
            "Biestow village pond",
            "An old church, a pond and benches. At the edge of the city it feels far away.",
        ),
        hours="24/7",
        access={"surface": "firm", "seats": "yes"},
        free=True,
        indoors="out",
        keeper="stadtgruen",
    ),
    DemoPlace(
        slug="spielplatz-biestow",
        category="play",
        area="biestow",
        position=(12.1000, 54.0640),
        de=(
            "Spielplatz Biestow",
            "Seilbahn, Nestschaukel und ein Hügel. Die Nestschaukel trägt auch Große, die nicht allein sitzen können.",
        ),
        en=(
            "Biestow playground",
            "A zip line, a nest swing and a hill. The nest swing also carries bigger children who cannot sit alone.",
        ),
        hours="sunrise-sunset",
        access=GREEN | {"step_free": "yes"},
        free=True,
        indoors="out",
        ages=(2, 14),
        keeper="stadtgruen",
    ),
)
