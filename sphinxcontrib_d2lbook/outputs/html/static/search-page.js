// Makes the results of a search those of a book: ranked by where its words stand, with the numbers of sections, with
// figures, theorems and equations among them, and with formulas once in excerpts.
(function () {
  "use strict";

  var NO_EXCERPT = "annotation, #jb-print-docs-body, .bd-header-article, .bd-sidebar-secondary, .prev-next-footer";
  var ASKING = "how what when where which who why can could do does did have has i my me we you should is use using".split(" ");
  // What a word is worth in the title of a page, in another heading, in the text, and as a part of a longer word.
  var IN_TITLE = 15;
  var IN_HEADING = 9;
  var IN_TEXT = 5;
  var PARTIAL = 0.4;
  var NUMBER = /^\(?((?:[a-z]|\d+)(?:\.\d+)*[a-z]?)\)?\.?$/i;

  function words(text) {
    var stemmer = new Stemmer();
    return (text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) || []).map(function (word) {
      return stemmer.stemWord(word);
    });
  }

  function listed(files) {
    return files === undefined ? [] : Array.isArray(files) ? files : [files];
  }

  // Returns the worth of a word on each page that has it, as pairs of a page's place in the index and a number.
  function worths(word, index, titles) {
    var found = new Map();
    function add(files, worth) {
      listed(files).forEach(function (file) {
        found.set(file, Math.max(found.get(file) || 0, worth));
      });
    }
    function look(term, part) {
      var inText = Object.hasOwn(index.terms, term) ? listed(index.terms[term]) : [];
      // A word that stands on most pages says little of one.
      var rare = 1 - Math.log(Math.max(inText.length, 1)) / Math.log(index.docnames.length + 1);
      add(inText, part * IN_TEXT * (0.2 + 0.8 * rare));
      if (Object.hasOwn(index.titleterms, term)) {
        listed(index.titleterms[term]).forEach(function (file) {
          add(file, part * (titles[file].includes(term) ? IN_TITLE : IN_HEADING));
        });
      }
    }
    look(word, 1);
    if (!found.size && word.length > 2) {
      Object.keys(index.terms)
        .concat(Object.keys(index.titleterms))
        .forEach(function (term) {
          if (term.includes(word)) {
            look(term, PARTIAL);
          }
        });
    }
    return found;
  }

  // Returns the pages that have all words; if these are few, also pages that have most of them.
  function rank(searched, excluded, query) {
    var index = Search._index;
    var titles = index.titles.map(words);
    var asked = Array.from(searched);
    if (/^en\b/.test(document.documentElement.lang)) {
      asked = asked.filter(function (word) {
        return !ASKING.includes(word);
      });
    }
    asked = asked.length ? asked : Array.from(searched);
    var pages = new Map();
    asked.forEach(function (word) {
      worths(word, index, titles).forEach(function (worth, file) {
        var page = pages.get(file) || { sum: 0, count: 0 };
        pages.set(file, { sum: page.sum + worth, count: page.count + 1 });
      });
    });
    excluded.forEach(function (word) {
      worths(word, index, titles).forEach(function (_worth, file) {
        pages.delete(file);
      });
    });
    var whole = Array.from(pages.values()).filter(function (page) {
      return page.count === asked.length;
    }).length;
    var results = [];
    pages.forEach(function (page, file) {
      var share = page.count / asked.length;
      if (share < 1 && (whole > 2 || share < 0.5)) {
        return;
      }
      var score = (page.sum / asked.length) * share * share + emphasized(index.docnames[file], asked, query);
      if (index.titles[file].toLowerCase().includes(query)) {
        score += 5;
      }
      results.push([
        index.docnames[file], index.titles[file], "", null, score, index.filenames[file], SearchResultKind.text,
      ]);
    });
    return results;
  }

  // Returns what is added for a page that emphasizes the words, as books do where they introduce a term.
  function emphasized(docname, asked, query) {
    var best = 0;
    ((window.d2lbookEmphasizedTerms || {})[docname] || []).forEach(function (term) {
      var its = words(term);
      if (asked.every(function (word) { return its.includes(word); })) {
        best = Math.max(best, term === query ? 9 : its.length === asked.length ? 6 : 3);
      }
    });
    return best;
  }

  // Returns figures, tables, theorems and equations by their number or their caption, and sections by their number.
  function things(query, asked) {
    var index = Search._index;
    var number = NUMBER.exec(query.split(/\s+/).pop());
    var results = [];
    function add(docname, anchor, name, score) {
      var file = index.docnames.indexOf(docname);
      if (file >= 0) {
        results.push([
          docname, name, anchor ? "#" + anchor : "", index.titles[file], score, index.filenames[file],
          SearchResultKind.title,
        ]);
      }
    }
    (window.d2lbookNumberedThings || []).forEach(function (thing) {
      // Of a long caption, its first sentence tells what it is.
      var name = thing[2] + (thing[4] ? ": " + thing[4].split(/(?<=[.!?])\s/)[0].replace(/\.$/, "") : "");
      var named = thing[2].toLowerCase().replace(/[().]/g, "");
      var isAsked = number && thing[3].toLowerCase() === number[1].toLowerCase();
      if (isAsked && (!/\s/.test(query) || named.startsWith(query.slice(0, 2)) || /^eq/.test(query))) {
        add(thing[0], thing[1], name, query === thing[2].toLowerCase() ? 62 : 60);
      } else if (asked.length && thing[4]) {
        var its = words(thing[4]);
        if (asked.every(function (word) { return its.includes(word); })) {
          add(thing[0], thing[1], name, 8 + (8 * asked.length) / its.length);
        }
      }
    });
    Object.entries(number ? window.d2lbookSectionNumbers || {} : {}).forEach(function (page) {
      Object.entries(page[1]).forEach(function (place) {
        if (place[1].replace(/\.$/, "").toLowerCase() === number[1].toLowerCase() && /^(sec|cha|app|\S+$)/.test(query)) {
          add(page[0], place[0], titleOf(index, page[0], place[0]), 61);
        }
      });
    });
    return results;
  }

  function titleOf(index, docname, section) {
    var file = index.docnames.indexOf(docname);
    var title = Object.keys(index.alltitles).find(function (title) {
      return index.alltitles[title].some(function (place) {
        return place[0] === file && (place[1] || "") === section;
      });
    });
    return title || index.titles[file];
  }

  // Sphinx lists titles by their text, each with the pages and the sections that have it; those of theorems come with
  // their numbers from `things`.
  function number(index, numbers) {
    var others = new Set(
      (window.d2lbookNumberedThings || []).map(function (thing) {
        return thing[0] + "#" + thing[1];
      })
    );
    function of(page, section) {
      var known = numbers[index.docnames[page]] || {};
      var found = known[section || ""];
      return found ? found + " " : "";
    }
    index.titles = index.titles.map(function (title, page) {
      return of(page) + title;
    });
    var titles = {};
    Object.keys(index.alltitles).forEach(function (title) {
      index.alltitles[title].forEach(function (place) {
        if (others.has(index.docnames[place[0]] + "#" + place[1])) {
          return;
        }
        var whole = of(place[0], place[1]) + title;
        titles[whole] = (titles[whole] || []).concat([place]);
      });
    });
    index.alltitles = titles;
  }

  // Runs before the search, whose script comes later and waits for the same event.
  document.addEventListener("DOMContentLoaded", function () {
    if (typeof Search === "undefined") {
      return;
    }
    if (Search._index && window.d2lbookSectionNumbers) {
      number(Search._index, window.d2lbookSectionNumbers);
    }
    var query = (new URLSearchParams(window.location.search).get("q") || "").toLowerCase().trim();
    Search.performTermsSearch = function (searched, excluded) {
      return rank(searched, excluded, query).concat(things(query, Array.from(searched)));
    };
    var plain = Search.htmlToText;
    Search.htmlToText = function (text, anchor) {
      var page = new DOMParser().parseFromString(text, "text/html");
      page.querySelectorAll(NO_EXCERPT).forEach(function (element) {
        element.remove();
      });
      return plain(page.documentElement.outerHTML, anchor);
    };
    // A page that was opened from a folder may not read others.
    if (window.location.protocol === "file:") {
      DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
    }
  });
})();
