// Lets readers open long outputs: their boxes scroll, and a button shows all of one, or less again.
(function () {
  "use strict";

  var words = document.querySelector("meta[name='d2lbook-long-outputs']");

  function button(box) {
    var button = document.createElement("button");
    var lines = box.textContent.replace(/\n$/, "").split("\n").length;
    var more = words.content.replace("{lines}", lines.toLocaleString(document.documentElement.lang || undefined));
    function name(whole) {
      button.textContent = whole ? words.dataset.less : more;
      button.setAttribute("aria-expanded", whole);
    }
    button.type = "button";
    button.className = "d2lbook-long-button";
    button.addEventListener("click", function () {
      var whole = box.classList.toggle("d2lbook-whole");
      name(whole);
      if (!whole) {
        box.scrollIntoView({ block: "nearest" });
      }
    });
    name(false);
    return button;
  }

  document.querySelectorAll(".cell_output pre").forEach(function (box) {
    if (words && box.scrollHeight > box.clientHeight + 1) {
      box.tabIndex = 0;
      box.classList.add("d2lbook-long");
      box.after(button(box));
    }
  });
})();
