// The version of this package, as package.json and pyproject.toml have it too; a test compares them.

export const VERSION = "0.1.0";
