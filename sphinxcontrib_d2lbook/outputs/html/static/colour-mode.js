// Chooses light or dark before the page is shown, where the reader has not chosen: the theme does so only afterwards.
(function (chosen) {
  if (!/^(light|dark|auto)$/.test(chosen.mode)) {
    chosen.mode = "auto";
  }
  if (!/^(light|dark)$/.test(chosen.theme)) {
    chosen.theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
})(document.documentElement.dataset);
