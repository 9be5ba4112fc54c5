"""The site is put in its place whole, bundled for an intranet, or published as a release."""
