/* --- Functions that several scripts use. All scripts keep to the syntax of 2009, so that old browsers can parse them. */

/* A map without inherited keys: "constructor" and "__proto__" are keys like any other. Browsers before 2011 get an
   ordinary object. */
function newMap(entries) {
  var map = Object.create ? Object.create(null) : {};
  eachEntry(entries, function (key, value) { map[key] = value; });
  return map;
}

function eachEntry(map, visit) {
  for (var key in map) {
    if (Object.prototype.hasOwnProperty.call(map, key)) { visit(key, map[key]); }
  }
}

/* Letters that the search, and the filter of the list of documents, replace by others. */
var REPLACEMENTS = newMap({
  "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th",
  "\u0649": "\u064a", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06a9": "\u0643"
});

function createElement(name, text, attributes) {
  var element = document.createElement(name);
  if (text) { element.textContent = text; }
  eachEntry(attributes, function (key, value) { element.setAttribute(key, value); });
  return element;
}

/* Hides an element, or shows it again. Browsers before 2013 do not know the property `hidden`, so this sets the attribute. */
function setHidden(element, isHidden) {
  if (isHidden) { element.setAttribute("hidden", ""); } else { element.removeAttribute("hidden"); }
}

/* A number with the digits and separators of the page's language; any other value as it is. */
function formatNumber(value) {
  try {
    return typeof value === "number" ? new Intl.NumberFormat(document.documentElement.lang).format(value) : value;
  } catch (unsupported) {
    return value;
  }
}

/* A year as the page's language writes it: in its digits, and with a sign where one is usual. */
function formatYear(year) {
  try {
    var day = new Date(0);
    day.setUTCFullYear(+year, 6, 1);
    // As on the pages, years that could be mistaken for other numbers have their era.
    var options = { year: "numeric", timeZone: "UTC", era: +year < 1000 ? "short" : undefined };
    return new Intl.DateTimeFormat(document.documentElement.lang + "-u-ca-gregory", options).format(day);
  } catch (unsupported) {
    return String(year);
  }
}

/* The plural category of a number in the page's language: "one", "few" and so on. */
function pluralCategory(number) {
  try {
    return new Intl.PluralRules(document.documentElement.lang).select(number);
  } catch (unsupported) {
    return number === 1 ? "one" : "other";
  }
}

/* Replaces the names in braces in a text: {name}, and {name, plural, one {# page} other {# pages}}. Names without a value stay as they
   are. */
function fillPlaceholders(text, values) {
  var known = newMap(values);
  return text.replace(/\{(\w+)(?:\s*,\s*plural\s*,\s*((?:\w+\s*\{(?:[^{}]|\{\w+\})*\}\s*)+))?\}/g, function (placeholder, name, written) {
    if (!(name in known)) { return placeholder; }
    var shown = formatNumber(known[name]);
    if (!written) { return shown; }
    var forms = newMap();
    written.replace(/(\w+)\s*\{((?:[^{}]|\{\w+\})*)\}/g, function (whole, category, form) { forms[category] = form; });
    var category = pluralCategory(known[name]), form = category in forms ? forms[category] : forms.other || "";
    return fillPlaceholders(form.replace(/#/g, function () { return shown; }), values);
  });
}

/* The text that the page's template has put into a data attribute, with its placeholders replaced. Empty if it has none, as
   in a template of an older version. */
function dataText(element, name, values) {
  return fillPlaceholders(element.getAttribute("data-" + name) || "", values);
}

/* The parameters of the page's address. */
function readQuery() {
  var parameters = newMap();
  location.search.slice(1).split("&").forEach(function (pair) {
    var parts = pair.split("=");
    try {
      parameters[parts[0]] = decodeURIComponent(parts.slice(1).join("=").replace(/\+/g, " "));
    } catch (malformed) { /* Ignore what this page has not written. */ }
  });
  return parameters;
}

/* Adds a query, the part of an address from ? on, to the links to the same page in other languages, so that what the reader has chosen
   is kept there. */
function keepQueryInLanguages(query) {
  if (!document.querySelectorAll) { return; }
  Array.prototype.forEach.call(document.querySelectorAll(".languages a"), function (link) {
    link.setAttribute("href", link.getAttribute("href").replace(/[?#].*$/, "") + query);
  });
}
