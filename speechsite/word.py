from pathlib import Path
from speechsite.speech import Speech
def write_docx(speech: Speech, path: Path) -> None:
    import docx
    path.write_bytes(b"x")
