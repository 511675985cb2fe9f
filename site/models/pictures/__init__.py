"""Pictures of household objects, and of what is none, that the classifier learns from: drawn, every one different."""
