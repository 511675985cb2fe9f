// Puts the page for a visitor's own script together.

import { keepPageOnDrop } from "./pictures.js";
import { StatusStrip } from "./progress.js";
import { Runtime } from "./runtime.js";
import { Editor } from "./script/editor.js";
import { Files } from "./script/files.js";
import { Packages } from "./script/packages.js";
import { Report } from "./script/report.js";

const runtime = new Runtime(new StatusStrip(document));
void runtime.start(); // before the page is laid out for its parts
const report = new Report(document, runtime);
const packages = new Packages(document, runtime, () => report.refresh());
const files = new Files(document, runtime, packages);
const editor = new Editor(document, runtime, files, (source) => report.read(source));
files.openSource = (source) => editor.open(source);
keepPageOnDrop();
