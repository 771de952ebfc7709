/* --- Folds the commands for systems other than the reader's. If the system is not known, all stay open, as without scripts. */

function foldOtherSystems() {
  var about = navigator.userAgentData || {}, named = (about.platform || navigator.platform || "") + " " + navigator.userAgent;
  // An Android phone is a Linux system too, but has no terminal.
  var system = /android|iphone|ipad/i.test(named) ? "" : /win/i.test(named) ? "Windows" : /mac/i.test(named) ? "macOS" :
    /linux|x11|bsd|cros/i.test(named) ? "Linux" : "";
  if (!system || !document.querySelectorAll) { return; }
  Array.prototype.forEach.call(document.querySelectorAll("details.system"), function (fold) {
    fold.open = fold.getAttribute("data-system") === system;
  });
}

foldOtherSystems();
