"""Papers to fetch and print: PDFs on A4, with the font that draws them in the package."""
