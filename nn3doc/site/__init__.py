"""What builds the site: typesetting, Markdown extensions, figures, and the glue to MkDocs."""
