// Shows what a reference leads to where a reader stops on it: by pointer, by keyboard, or by a first tap.
(function () {
  "use strict";

  var WAIT = 300;
  var REFERENCES = "article a.reference.internal, article a.footnote-reference, article a.d2lbook-object-link";
  var root = new URL(document.documentElement.dataset.content_root || "./", window.location.href);
  var known = {};
  var waiting = {};
  var box = null;
  var shownFor = null;
  var timer = 0;
  var touched = false;

  // The script of a page calls this with the page's address and its previews.
  window.d2lbookPreviews = function (page, previews) {
    known[page] = previews;
    arrive(page);
  };

  function arrive(page) {
    var acts = waiting[page] || [];
    delete waiting[page];
    acts.forEach(function (act) {
      act();
    });
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch (err) {
      return null;
    }
  }

  // Returns the file of the page that a link leads to; null if it leads elsewhere, or to what is no page.
  function pageOf(link) {
    var address = new URL(link.href);
    if (address.origin !== root.origin || !address.pathname.startsWith(root.pathname)) {
      return null;
    }
    var page = decoded(address.pathname.slice(root.pathname.length).replace(/(^|\/)$/, "$1index.html"));
    return page !== null && page.endsWith(".html") ? page : null;
  }

  function textOf(link, page) {
    var texts = known[page] || {};
    var place = decoded(new URL(link.href).hash.slice(1));
    return place !== null && Object.hasOwn(texts, place) ? texts[place] : "";
  }

  // Acts when the previews of a page are here, or cannot be had: then its links have none.
  function load(page, act) {
    if (page in known) {
      act();
    } else if (waiting[page]) {
      waiting[page].push(act);
    } else {
      waiting[page] = [act];
      var script = document.createElement("script");
      var name = page.replace(/\.html$/, "");
      script.src = new URL("_previews/" + name.split("/").map(encodeURIComponent).join("/") + ".js", root).href;
      script.onerror = function () {
        script.remove();
        arrive(page);
      };
      document.head.append(script);
    }
  }

  function fill(link, text) {
    var content = document.createElement("template");
    content.innerHTML = text;
    ["src", "href"].forEach(function (name) {
      content.content.querySelectorAll("[" + name + "]").forEach(function (element) {
        element.setAttribute(name, new URL(element.getAttribute(name), link.href).href);
      });
    });
    content.content.querySelectorAll("a").forEach(function (inner) {
      inner.tabIndex = -1;
    });
    box = document.createElement("div");
    box.id = "d2lbook-excerpt";
    box.className = "d2lbook-excerpt";
    box.setAttribute("role", "tooltip");
    box.append(content.content);
    box.addEventListener("pointerenter", function () {
      window.clearTimeout(timer);
    });
    box.addEventListener("pointerleave", later);
    document.querySelector("article").append(box);
  }

  function place(link) {
    var around = link.getClientRects()[0] || link.getBoundingClientRect();
    var width = document.documentElement.clientWidth;
    var left = Math.max(8, Math.min(around.left, width - box.offsetWidth - 8));
    var below = window.innerHeight - around.bottom > box.offsetHeight + 12;
    var top = below || around.top < box.offsetHeight + 12 ? around.bottom + 6 : around.top - box.offsetHeight - 6;
    box.style.left = left + "px";
    box.style.top = top + "px";
  }

  function show(link) {
    var page = pageOf(link);
    if (page === null) {
      return;
    }
    load(page, function () {
      var text = textOf(link, page);
      if (!text || shownFor !== link) {
        return;
      }
      fill(link, text);
      link.setAttribute("aria-describedby", box.id);
      if (link.title) {
        link.dataset.d2lbookTitle = link.title;
        link.removeAttribute("title");
      }
      place(link);
    });
  }

  function hide() {
    window.clearTimeout(timer);
    if (shownFor) {
      shownFor.removeAttribute("aria-describedby");
      if (shownFor.dataset.d2lbookTitle) {
        shownFor.title = shownFor.dataset.d2lbookTitle;
      }
      shownFor = null;
    }
    if (box) {
      box.remove();
      box = null;
    }
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(hide, WAIT);
  }

  function soon(link, wait) {
    window.clearTimeout(timer);
    if (shownFor === link) {
      return;
    }
    timer = window.setTimeout(function () {
      hide();
      shownFor = link;
      show(link);
    }, wait);
  }

  function reference(event) {
    return event.target instanceof Element ? event.target.closest(REFERENCES) : null;
  }

  document.addEventListener("pointerover", function (event) {
    var link = reference(event);
    if (link && event.pointerType === "mouse" && !(box && box.contains(link))) {
      soon(link, WAIT);
    }
  });
  document.addEventListener("pointerout", function (event) {
    if (reference(event) && event.pointerType === "mouse") {
      later();
    }
  });
  document.addEventListener("focusin", function (event) {
    var link = reference(event);
    if (link && link.matches(":focus-visible") && !touched) {
      soon(link, 0);
    }
  });
  document.addEventListener("focusout", function (event) {
    if (reference(event)) {
      later();
    }
  });
  document.addEventListener("pointerdown", function (event) {
    touched = event.pointerType === "touch";
    if (box && !box.contains(event.target) && !reference(event)) {
      hide();
    }
  });
  document.addEventListener("click", function (event) {
    var link = reference(event);
    var page = link && pageOf(link);
    if (!link || !touched || (box && box.contains(link)) || page === null || shownFor === link) {
      return;
    }
    // The first tap shows the preview, where there is one; a second follows the reference.
    event.preventDefault();
    hide();
    shownFor = link;
    show(link);
    load(page, function () {
      if (!textOf(link, page)) {
        window.location.href = link.href;
      }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && (box || shownFor)) {
      hide();
    }
  });
  function follow() {
    if (box) {
      place(shownFor);
    }
  }
  window.addEventListener("scroll", follow, { passive: true });
  window.addEventListener("resize", follow);
})();
