"""The handouts: PDFs in official form and others for the hall, and a document that one can edit.

`make_handouts` prints a speech; `handouts_html` lists what came of it.
"""

from speechsite.paper.cards import handouts_html
from speechsite.paper.faces import Fonts
from speechsite.paper.handouts import Printing, make_handouts

__all__ = ["Fonts", "Printing", "handouts_html", "make_handouts"]
