/* --- Filters and sorts the list of documents. Without this script, readers have the whole list, and the pages by subject, year,
   author and language. On a page with several reports, lets the links to the other languages lead to the same report. */

function keepReportInLanguages() { keepQueryInLanguages(location.hash); }
if (document.querySelector && document.querySelector(".record_of")) {
  keepReportInLanguages();
  window.addEventListener("hashchange", keepReportInLanguages);
}

var form = document.getElementById("narrow");
if (!form || !document.querySelectorAll || !Array.prototype.map) { return; }
/* The element that folds the filter; null in themes of older versions. */
var fold = form.parentNode.nodeName === "DETAILS" ? form.parentNode : null;
var listing = form.parentNode;
while (listing !== document.body && !listing.querySelector("ul.reports")) { listing = listing.parentNode; }
var pageLanguage = document.documentElement.lang;
var entries = [];
var sections = [];

function each(list, visit) { Array.prototype.forEach.call(list, visit); }

/* The zeros of digits other than 0 to 9, and marks on letters: only the most frequent ones, unlike the tables of the search page. */
var ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0x1040, 0x17e0];
var MARKS = /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u065f\u0670\u0640\xad\u200b-\u200f\u20d0-\u20ff]/g;

/* A text in the form in which it is compared: in lower case, without accents if the browser can remove them, and with variants of a
   letter replaced by one letter. */
function foldText(text) {
  var lower = text.toLowerCase(), folded = "";
  lower = (lower.normalize ? lower.normalize("NFKD") : lower).replace(MARKS, "");
  for (var i = 0; i < lower.length; i++) {
    var character = lower.charAt(i), code = lower.charCodeAt(i);
    for (var zero = 0; code > 0x65f && zero < ZEROS.length; zero++) {
      if (code >= ZEROS[zero] && code < ZEROS[zero] + 10) { character = String(code - ZEROS[zero]); }
    }
    folded += character in REPLACEMENTS ? REPLACEMENTS[character] : character;
  }
  return folded.replace(/[\s.,;:()\[\]{}"“”„«»!?]+/g, " ");
}

/* A text in which the words of the filter are looked for. It contains compounds such as co-operation also as one word. */
function searchable(text) {
  var folded = foldText(text), joined = withoutHyphens(folded);
  return folded === joined ? folded : folded + " " + joined;
}

function withoutHyphens(text) { return text.replace(/['’\-\u2010\u2011]/g, ""); }

/* The title, the year and the symbol of an entry. Authors have a field of their own. */
function wordsOf(item) {
  var words = item.querySelector("h3").textContent;
  each(item.querySelectorAll(".facts .part:not(.author)"), function (part) { words += " " + part.textContent; });
  return words;
}

each(listing.querySelectorAll("ul.reports"), function (list) {
  var heading = list.previousElementSibling;
  sections.push({ list: list, heading: heading });
  each(list.children, function (item) {
    entries.push({
      item: item,
      home: list,
      position: entries.length,
      words: searchable(wordsOf(item)),
      /* For sorting: the title without its article. */
      title: item.getAttribute("data-filed") || item.querySelector("h3 a").textContent,
      date: item.getAttribute("data-date") || "",
      groups: " " + (item.getAttribute("data-groups") || "") + " "
    });
  });
});

/* One list for the orders that ignore sections. */
var flatList = createElement("ul", "", { "class": "reports" });
setHidden(flatList, true);
listing.appendChild(flatList);

function comparer(order) {
  return function (a, b) {
    var result = 0;
    if (order === "title") {
      result = a.title.localeCompare(b.title, pageLanguage);
    } else if (order) {
      /* Entries without a date come last in both orders. */
      if (!a.date !== !b.date) { return a.date ? -1 : 1; }
      result = a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
      if (order === "newest") { result = -result; }
    }
    return result || a.position - b.position;
  };
}

/* The fields that are filled in, as pairs of name and value. */
function chosenValues() {
  var chosen = [];
  each(form.querySelectorAll("select"), function (select) {
    if (select.value) { chosen.push([select.name, select.value]); }
  });
  var words = form.elements.words.value;
  if (words) { chosen.push(["words", words]); }
  return chosen;
}

/* In a list that is divided into pages, the filter works on one page. Shows a link to the search page, with the same words if there
   are any. */
function offerSearch(words, isNarrowed) {
  var offer = document.getElementById("narrow_all"), link = offer && offer.querySelector("a"), shown = offer && offer.querySelector("bdi");
  var plain = document.getElementById("narrow_search");
  if (plain) { setHidden(plain, words || !isNarrowed); }
  if (!link || !shown) { return; }
  setHidden(offer, !words);
  shown.textContent = words;
  link.setAttribute("href", link.getAttribute("href").replace(/[?#].*$/, "") + "?q=" + encodeURIComponent(words));
}

/* The folded filter is beside the first heading. It takes the whole width if it is open or has something to say. */
function widenFilter(isNarrowed) {
  var tools = fold && fold.parentNode;
  if (tools && /(^| )tools( |$)/.test(tools.className)) { tools.className = fold.open || isNarrowed ? "tools open" : "tools"; }
}

/* The values of the fields for which the list was last updated. */
var shownChoice = "";

function updateList() {
  var chosen = chosenValues();
  // If a reader leaves a field without changing it, nothing may move: the reader may be about to press a link.
  if (shownChoice === String(chosen)) { return; }
  shownChoice = String(chosen);
  var words = foldText(form.elements.words.value).split(/\s+/);
  var order = form.elements.order.value;
  var groups = chosen.filter(function (pair) { return pair[0] !== "words" && pair[0] !== "order"; });
  var shown = 0;
  entries.forEach(function (entry) {
    var matches = groups.every(function (pair) { return entry.groups.indexOf(" " + pair[1] + " ") >= 0; }) &&
      words.every(function (word) { return entry.words.indexOf(word) >= 0; });
    setHidden(entry.item, !matches);
    shown += matches ? 1 : 0;
  });
  entries.slice().sort(comparer(order)).forEach(function (entry) {
    (order ? flatList : entry.home).appendChild(entry.item);
  });
  setHidden(flatList, !order);
  sections.forEach(function (section) {
    var hasMatch = !order && Array.prototype.some.call(section.list.children, function (item) { return !item.hasAttribute("hidden"); });
    setHidden(section.list, !hasMatch);
    setHidden(section.heading, !hasMatch);
  });
  var contents = listing.querySelector(".contents");
  if (contents && !fold) { setHidden(contents, chosen.length); }
  widenFilter(chosen.length > 0);
  offerSearch(form.elements.words.value.replace(/^\s+|\s+$/g, ""), chosen.length > 0);
  document.getElementById("narrow_found").textContent = chosen.length
    ? dataText(form, shown ? "found" : "none", { number: shown, all: entries.length }) : "";
}

/* The identifier of a value in the address. It is the same in all languages, unlike the value, which is a number in the order of the
   choices. */
function idOfChoice(name, value) {
  var field = form.elements.namedItem(name), option = field.options && field.options[field.selectedIndex];
  return (option && option.value === value && option.getAttribute("data-id")) || value;
}

/* Keeps the choice in the address, so that it is still there when the reader comes back from a document. */
function saveChoice() {
  var query = chosenValues().map(function (pair) { return pair[0] + "=" + encodeURIComponent(idOfChoice(pair[0], pair[1])); }).join("&");
  try {
    history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
  } catch (refused) { /* Some browsers do not allow this for file addresses. */ }
  keepQueryInLanguages(query ? "?" + query : "");
}

function restoreChoice() {
  eachEntry(readQuery(), function (name, value) {
    var field = form.elements.namedItem(name);
    if (!field || field.type === "reset") { return; }
    field.value = value;
    each(field.options || [], function (option) {
      if (option.getAttribute("data-id") === value) { field.value = option.value; }
    });
    if (field.selectedIndex === -1) { field.selectedIndex = 0; }
  });
}

function onChange() {
  updateList();
  saveChoice();
}

form.addEventListener("input", onChange);
form.addEventListener("change", onChange);
form.addEventListener("submit", function (event) {
  event.preventDefault();
  onChange();
});
/* The fields are emptied only after the event. */
form.addEventListener("reset", function () { setTimeout(onChange, 0); });
form.className += " ready";
if (fold) {
  fold.className += " ready";
  fold.addEventListener("toggle", function () { widenFilter(chosenValues().length > 0); });
}
restoreChoice();
if (fold && chosenValues().length) { fold.open = true; }
updateList();
keepQueryInLanguages(location.search);
