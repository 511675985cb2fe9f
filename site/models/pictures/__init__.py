"""Pictures of household objects, and of what is none, drawn for the classifier: every one different."""
