"""The site: MkDocs makes the pages; each is parsed, completed from the speech, written once."""
