"""The site: MkDocs makes the pages; here each is parsed, completed from the speech, sealed, and written once."""
