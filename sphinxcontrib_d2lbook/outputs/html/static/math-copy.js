// Copying a formula gives its TeX, in dollars as an author would write it: each glyph on a line is of no use.
document.addEventListener("copy", (event) => {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !event.clipboardData) return;
  const inside = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("math");
  const tex = (math) => {
    const source = math.querySelector("annotation[encoding='application/x-tex']")?.textContent.trim() ?? "";
    return math.getAttribute("display") === "block" ? `$$${source}$$` : `$${source}$`;
  };
  const within = inside(selection.getRangeAt(0).commonAncestorContainer);
  const copied = selection.getRangeAt(0).cloneContents();
  const formulas = copied.querySelectorAll("math");
  if (!within && formulas.length === 0) return;
  formulas.forEach((math) => math.replaceWith(tex(math)));
  event.clipboardData.setData("text/plain", within ? tex(within) : copied.textContent);
  event.preventDefault();
});
