// Builds a lunr index of a language's pages: node lunr.js MODULES LANGUAGE IN OUT
const [modules, language, source, target] = process.argv.slice(2);
const fs = require("fs");
const lunr = require(modules + "/lunr");
if (["fr", "es", "ru", "ar"].includes(language)) {
  require(modules + "/lunr-languages/lunr.stemmer.support")(lunr);
  require(modules + "/lunr-languages/lunr." + language)(lunr);
}
const pages = JSON.parse(fs.readFileSync(source, "utf8"));
const index = lunr(function () {
  if (lunr[language]) { this.use(lunr[language]); }
  this.ref("id");
  this.field("text");
  pages.forEach((text, id) => this.add({ id, text }));
});
fs.writeFileSync(target, JSON.stringify(index));
