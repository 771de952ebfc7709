"use strict";
const test = require("node:test");
const assert = require("node:assert");
const { load, sources, INHERITED } = require("./load.js");

const common = (globals) => load(["common.js"], ["newMap", "eachEntry", "fillPlaceholders", "formatYear", "readQuery"], globals);

test("a map has only its own keys", () => {
  const { newMap, eachEntry } = common();
  const map = newMap();
  for (const name of INHERITED) { assert.ok(!(name in map), name); }
  for (const name of INHERITED) { map[name] = name; }
  const entries = [];
  eachEntry(map, (key, value) => entries.push([key, value]));
  assert.deepStrictEqual(entries, INHERITED.map((name) => [name, name]));
});

test("placeholders are replaced once, and unknown ones stay", () => {
  const { fillPlaceholders } = common();
  assert.strictEqual(fillPlaceholders("{a} and {b}, {c}", { a: "{b}", b: 2 }), "{b} and 2, {c}");
  assert.strictEqual(fillPlaceholders("{constructor} {toString}", {}), "{constructor} {toString}");
  assert.strictEqual(fillPlaceholders("{query}", { query: "$& constructor" }), "$& constructor");
});

test("numbers and plurals are written as in the language of the page", () => {
  const fill = (lang, text, values) => common({ document: { documentElement: { lang } } }).fillPlaceholders(text, values);
  const english = "{n, plural, one {# page found} other {# pages found}}, {m}";
  assert.strictEqual(fill("en", english, { n: 1, m: 3816 }), "1 page found, 3,816");
  assert.strictEqual(fill("en", english, { n: 1234, m: "3816" }), "1,234 pages found, 3816");
  assert.strictEqual(fill("de", english, { n: 1234, m: 1 }), "1.234 pages found, 1");
  const lines = "{n , plural ,\n  one {# page}\n  other {# pages}\n}";
  assert.strictEqual(fill("en", lines, { n: 2 }), "2 pages");
  const russian = "{n, plural, one {# файл} few {# файла} many {# файлов} other {# файла}}";
  assert.deepStrictEqual([1, 2, 5, 21].map((n) => fill("ru", russian, { n })), ["1 файл", "2 файла", "5 файлов", "21 файл"]);
  assert.strictEqual(fill("fr", "{n, plural, one {#} other {# de {name}}}", { n: 2, name: "#1" }), "2 de #1");
  assert.strictEqual(fill("en", english, { m: 1 }), "{n, plural, one {# page found} other {# pages found}}, 1");
  const year = (lang, number) => common({ document: { documentElement: { lang } } }).formatYear(number);
  assert.deepStrictEqual(["en", "ar", "zh", "ko", "fa"].map((lang) => year(lang, 2010)), ["2010", "2010", "2010年", "2010년", "۲۰۱۰"]);
  assert.deepStrictEqual([year("en", "99"), year("en", 850), year("zh", 850), year("en", 1000)], ["99 AD", "850 AD", "公元850年", "1000"]);
  // Browsers without plural rules.
  const old = common({ document: { documentElement: { lang: "en" } }, Intl: undefined });
  assert.strictEqual(old.fillPlaceholders(english, { n: 1, m: 2000 }), "1 page found, 2000");
  assert.strictEqual(old.formatYear(2010), "2010");
});

test("the parameters of an address are read", () => {
  const query = (search) => common({ location: { search } }).readQuery();
  assert.strictEqual(query("?q=a+b%26c&in=all").q, "a b&c");
  assert.strictEqual(query("?q=a=b").q, "a=b");
  assert.strictEqual(query("").q, undefined);
  assert.ok(!("q" in query("?q=%ff")), "malformed parameters must be ignored");
  for (const name of INHERITED) {
    assert.ok(!(name in query("?q=1")), name);
    assert.strictEqual(query(`?${name}=x`)[name], "x");
  }
});

test("old browsers can parse every script", () => {
  for (const [name, source] of Object.entries(sources())) {
    const code = source
      .replace(/\/\*[^]*?\*\//g, "")
      .replace(/^\s*\/\/.*$/gm, "")
      .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
      .replace(/([=(,]\s*)\/(?:\[(?:[^\]\\\n]|\\.)*\]|[^\/\\\n\[]|\\.)+\/[a-z]*/g, '$1""');
    for (const [what, pattern] of [
      ["an arrow function", /=>/],
      ["a template", /`/],
      ["a declaration of 2015", /\b(?:let|const|class|async|await|yield|import|export)\b/],
      ["a spread", /\.\.\./],
      ["a trailing comma", /,\s*[\]})]/],
      ["a reserved word as a property", /\.(?:catch|delete|finally|in|class|default|for)\b/],
    ]) {
      const found = pattern.exec(code);
      assert.ok(!found, `${name} has ${what}: ${found && code.slice(Math.max(0, found.index - 30), found.index + 30)}`);
    }
  }
});
