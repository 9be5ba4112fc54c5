"""The handouts: the speech on paper, as PDF and DOCX."""
