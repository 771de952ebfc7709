"use strict";
/* Loads parts of the pages' scripts. */

const fs = require("node:fs");
const path = require("node:path");

const FOLDER = path.join(__dirname, "../../assets/launcher/scripts");

/* Runs parts as one function, as the program joins them, and returns some of its names. `globals` stand in for what
   browsers provide. */
exports.load = (parts, names, globals = {}) => {
  const source = parts.map((part) => fs.readFileSync(path.join(FOLDER, part), "utf8")).join("\n");
  const body = `"use strict";\n${source}\nreturn { ${names.join(", ")} };`;
  return new Function(...Object.keys(globals), body)(...Object.values(globals));
};

/* The source of every part by name. */
exports.sources = () => {
  const files = ["", "check", "search"].flatMap((folder) =>
    fs.readdirSync(path.join(FOLDER, folder)).filter((name) => name.endsWith(".js")).map((name) => path.join(folder, name)));
  return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(FOLDER, file), "utf8")]));
};

/* Names that every ordinary object inherits. */
exports.INHERITED = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];
