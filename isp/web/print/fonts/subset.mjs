// node subset.mjs FONT FIRST-LAST OUT: the part of a font that draws these code points.
import { readFileSync, writeFileSync } from "node:fs";
import subset from "subset-font";

const [, , font, range, out] = process.argv;
const [first, last] = range.split("-").map((text) => parseInt(text, 16));
const letters = Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join("");
writeFileSync(out, await subset(readFileSync(font), letters, { targetFormat: "truetype" }));
