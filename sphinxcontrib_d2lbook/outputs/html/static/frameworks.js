/* Shows of a page in several frameworks the one that the reader has chosen, on this page or on another of the site.

   `?framework=numpy` and `#framework=numpy` choose one; a link to something that only another framework shows chooses
   that. Runs in the head of the page, before its text is shown. */
(function () {
  "use strict";

  var KEY = "d2lbook-framework";
  var root = document.documentElement;
  var meta = document.querySelector('meta[name="d2lbook-frameworks"]');
  var there = meta ? meta.content.split(" ") : [];
  var style = document.createElement("style");
  var chosen = "";

  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch (err) {
      return null;
    }
  }

  function remember(name) {
    try {
      window.localStorage.setItem(KEY, name);
    } catch (err) {
      /* A browser that stores nothing shows the choice on this page only. */
    }
  }

  function asked() {
    var hash = /^#framework=(.*)$/.exec(window.location.hash);
    if (!hash) {
      return new URLSearchParams(window.location.search).get("framework");
    }
    try {
      return decodeURIComponent(hash[1]);
    } catch (err) {
      return null;
    }
  }

  function each(selector, act) {
    document.querySelectorAll(selector).forEach(act);
  }

  function show(name) {
    chosen = name;
    root.setAttribute("data-d2lbook-framework", name);
    style.textContent =
      '.d2lbook-framework:not([data-frameworks~="' + name + '"]), ' +
      '[class*="d2lbook-for-"]:not(.d2lbook-for-' + name + ") { display: none !important; }";
    mark();
  }

  function mark() {
    each(".d2lbook-tabs", function (tabs) {
      var items = Array.from(tabs.children);
      var own = items.some(function (tab) {
        return tab.dataset.framework === chosen;
      });
      tabs.toggleAttribute("data-absent", !own);
      items.forEach(function (tab, index) {
        var selected = tab.dataset.framework === chosen;
        tab.setAttribute("aria-selected", String(selected));
        tab.tabIndex = selected || (!own && index === 0) ? 0 : -1;
      });
    });
  }

  /* Chooses a framework for the whole site, without moving the place at which the reader is. */
  function choose(name, place) {
    var before = place ? place.getBoundingClientRect().top : 0;
    remember(name);
    show(name);
    if (place) {
      window.scrollBy(0, place.getBoundingClientRect().top - before);
    }
  }

  function onKey(event) {
    var tabs = Array.from(event.currentTarget.parentElement.children);
    var at = tabs.indexOf(event.currentTarget);
    var moves = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    var tab = tabs[(moves[event.key] + tabs.length) % tabs.length];
    choose(tab.dataset.framework, tab);
    tab.focus({ preventScroll: true });
  }

  /* Chooses what the address asks for, or what shows the place to which it leads. */
  function follow() {
    var name = asked();
    if (name && there.indexOf(name) >= 0) {
      choose(name);
      return;
    }
    var target = null;
    try {
      target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    } catch (err) {
      return;
    }
    var shown = target && counterpart(target);
    if (shown) {
      shown.scrollIntoView();
      return;
    }
    for (var around = target; around; around = around.parentElement) {
      if (around.matches(".d2lbook-framework")) {
        var names = around.dataset.frameworks.split(" ");
        if (names.indexOf(chosen) < 0) {
          choose(names[0]);
          target.scrollIntoView();
        }
      }
    }
  }

  function isShown(element) {
    for (var around = element; around; around = around.parentElement) {
      if (around.matches(".d2lbook-framework") && around.dataset.frameworks.split(" ").indexOf(chosen) < 0) {
        return false;
      }
    }
    return true;
  }

  /* Returns what has the number of a thing that is hidden, in the framework that is shown; null if nothing has it. */
  function counterpart(target) {
    var place = target.closest("[data-same]");
    if (!place || isShown(target)) {
      return null;
    }
    var same = JSON.parse(place.dataset.same);
    var first = same[target.id] || target.id;
    var others = [first].concat(
      Object.keys(same).filter(function (id) {
        return same[id] === first;
      })
    );
    return (
      others
        .map(function (id) {
          return document.getElementById(id);
        })
        .filter(Boolean)
        .find(isShown) || null
    );
  }

  if (!there.length) {
    return;
  }
  document.head.appendChild(style);
  show([asked(), remembered(), there[0]].find(function (name) {
    return there.indexOf(name) >= 0;
  }));
  document.addEventListener("DOMContentLoaded", function () {
    each(".d2lbook-tabs button", function (tab) {
      tab.addEventListener("click", function () {
        choose(tab.dataset.framework, tab);
      });
      tab.addEventListener("keydown", onKey);
    });
    mark();
    follow();
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("storage", function (event) {
    if (event.key === KEY && there.indexOf(event.newValue) >= 0) {
      show(event.newValue);
    }
  });
})();
