/* Opens what is folded where a link leads to it, and all of it on paper, where a dark page is light. */
(function () {
  "use strict";

  var printed = [];
  var root = document.documentElement;
  var theme;

  function open(fold) {
    fold.open = true;
  }

  function reveal() {
    var id;
    try {
      id = decodeURIComponent(window.location.hash.slice(1));
    } catch (err) {
      return;
    }
    var target = id && document.getElementById(id);
    if (!target) {
      return;
    }
    for (var around = target; around; around = around.parentElement) {
      if (around.matches("details")) {
        open(around);
      }
    }
    if (target.matches(".dropdown")) {
      target.querySelectorAll(":scope > details.d2lbook-fold").forEach(open);
    }
    target.scrollIntoView();
  }

  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", function () {
    printed = Array.from(document.querySelectorAll("article details:not([open])"));
    printed.forEach(open);
    theme = root.dataset.theme;
    if (theme) {
      root.dataset.theme = "light";
    }
  });
  window.addEventListener("afterprint", function () {
    printed.forEach(function (fold) {
      fold.open = false;
    });
    if (theme) {
      root.dataset.theme = theme;
    }
  });
  reveal();
})();
