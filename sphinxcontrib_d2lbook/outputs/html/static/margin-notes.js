// sphinx-book-theme hides the contents of a page behind notes in its margin, and fails on pages that have no contents.
// Such pages get an empty element in their place, which is never shown.
(function () {
  "use strict";

  if (!document.querySelector("div.bd-sidebar-secondary")) {
    var contents = document.createElement("div");
    contents.className = "bd-sidebar-secondary";
    contents.style.display = "none";
    document.body.append(contents);
  }
})();
