// Shows how the preview's builds go, puts messages and running cells at their place, and loads the page again when it
// has changed.
(() => {
    "use strict";
    const PLACE = "d2lbook-preview-place";
    const PDF = "d2lbook-preview-pdf";
    const served = document.currentScript.dataset.version;
    const missing = document.documentElement.hasAttribute("data-missing");
    const path = decodeURIComponent(location.pathname).replace(/\/$/, "/index.html").replace(/^\//, "");
    const docname = path.replace(/\.html$/, "");
    const bar = element("aside", "d2lbook-preview d2lbook-preview-bar");
    bar.setAttribute("role", "status");
    bar.hidden = true;
    const clocks = new Map();
    const boxes = new Map();
    const parts = {
        head: element("div", "d2lbook-preview-head", element("span", "d2lbook-preview-spinner"), element("span")),
        running: element("div"),
        messages: element("div"),
        foot: element("div"),
    };
    let number = null;
    let frame = null;

    function element(name, classes, ...content) {
        const made = document.createElement(name);
        made.className = classes || "";
        made.append(...content.filter((one) => one !== undefined && one !== ""));
        return made;
    }

    // Where the reader is: the last heading above the middle of the window, and how far from the top it stands.
    function rememberPlace() {
        const headings = [...document.querySelectorAll("section[id], div.section[id]")];
        const above = headings.filter((one) => one.getBoundingClientRect().top < innerHeight / 2).pop();
        const place = above ? { id: above.id, top: above.getBoundingClientRect().top } : { top: scrollY };
        sessionStorage.setItem(PLACE, JSON.stringify({ path, ...place }));
    }

    function returnToPlace() {
        const text = sessionStorage.getItem(PLACE);
        sessionStorage.removeItem(PLACE);
        if (!text) return;
        const place = JSON.parse(text);
        if (place.path !== path) return;
        const target = place.id && document.getElementById(place.id);
        const go = () => scrollTo({
            top: target ? scrollY + target.getBoundingClientRect().top - place.top : place.top,
            behavior: "instant",
        });
        history.scrollRestoration = "manual";
        go();
        addEventListener("load", go);
    }

    // A time that goes on, from the seconds that had passed when the event came.
    function clock(seconds) {
        const shown = element("span", "d2lbook-preview-time");
        clocks.set(shown, Date.now() - 1000 * seconds);
        return shown;
    }

    function tick() {
        for (const [shown, begun] of clocks) {
            if (!shown.isConnected) {
                clocks.delete(shown);
                continue;
            }
            const seconds = Math.max(0, Math.round((Date.now() - begun) / 1000));
            const rest = String(seconds % 60).padStart(2, "0");
            shown.textContent = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${rest}`;
        }
    }

    function level(one) {
        return element("span", "d2lbook-preview-level", one.level === "error" ? "Error" : "Warning");
    }

    function message(one) {
        const box = element("div", `d2lbook-preview d2lbook-preview-message ${one.level}`);
        box.append(
            level(one),
            element("span", "d2lbook-preview-place", one.place),
            element("div", "d2lbook-preview-text", one.text),
        );
        return box;
    }

    function putAtPlace(one) {
        const target = one.anchor && document.getElementById(one.anchor);
        const box = message(one);
        if (!target) {
            (document.querySelector("article, main, body") || document.body).prepend(box);
        } else {
            const heading = target.querySelector(":scope > :is(h1, h2, h3, h4, h5, h6)");
            (heading || target).after(box);
        }
    }

    // The cell with this code on the page, which may be that of an earlier build; null if it is not there.
    function cellOf(one) {
        const code = (text) => text.replace(/\s+/g, " ").trim();
        const cells = [...document.querySelectorAll("div.cell")].filter((cell) => !cell.parentElement.closest("div.cell"));
        const source = (cell) => code(cell.querySelector(".cell_input pre")?.textContent || "");
        return cells.find((cell) => source(cell) === code(one.source))
            || (cells.length === one.cells ? cells[one.cell - 1] : null);
    }

    // What stands below the cells of this page that run, by number of the cell. Boxes are changed and not made again with
    // each line that is printed, so that nothing moves and text can be selected.
    function showCells(running) {
        const here = running.filter((one) => one.page === docname && one.cell);
        const now = new Map(here.map((one) => [cellOf(one), one]).filter(([cell]) => cell));
        for (const [cell, box] of boxes) {
            if (now.has(cell)) continue;
            box.remove();
            cell.classList.remove("d2lbook-preview-cell");
            boxes.delete(cell);
        }
        for (const [cell, one] of now) {
            if (!boxes.has(cell)) {
                const box = element(
                    "div", "d2lbook-preview d2lbook-preview-running",
                    element("span", "d2lbook-preview-spinner"), element("span", "", "Running"),
                    clock(one.seconds), element("code", "d2lbook-preview-line"),
                );
                cell.classList.add("d2lbook-preview-cell");
                (cell.querySelector(":scope > .cell_input") || cell.firstElementChild).after(box);
                boxes.set(cell, box);
            }
            boxes.get(cell).querySelector(".d2lbook-preview-line").textContent = one.text;
        }
        return new Set(now.values());
    }

    function showBuilding(state) {
        parts.head.hidden = !state.building;
        parts.running.replaceChildren();
        const shown = showCells(state.running);
        if (!state.building) return;
        parts.head.lastChild.textContent = state.running.length ? "Running" : "Building";
        for (const one of state.running) {
            const link = element("a", "", one.docname);
            link.href = `/${one.page}.html`;
            const place = element("span", "", link, one.cell ? `, cell ${one.cell} of ${one.cells}` : "");
            const line = shown.has(one) ? "" : element("code", "d2lbook-preview-line", one.text);
            parts.running.append(element("div", "d2lbook-preview-running", place, clock(one.seconds), line));
        }
        if (!state.running.length) parts.running.append(element("div", "d2lbook-preview-line", state.line));
    }

    // The messages of the last build stay, dimmed, until the next one has ended: only then it is known what is mended.
    function showMessages(state) {
        if (state.number === number) return;
        number = state.number;
        document.querySelectorAll(".d2lbook-preview-message").forEach((box) => box.remove());
        parts.messages.replaceChildren();
        const here = state.messages.filter((one) => one.docname === docname);
        const others = state.messages.filter((one) => one.docname !== docname);
        here.forEach(putAtPlace);
        if (!others.length) return;
        const count = others.length === 1 ? "1 message" : `${others.length} messages`;
        parts.messages.append(element("div", "d2lbook-preview-head", here.length ? `${count} on other pages` : count));
        const list = element("ol");
        for (const one of others) {
            const item = element("li", one.docname ? one.level : "");
            if (one.docname) {
                const link = element("a", "", one.place);
                link.href = `/${one.docname}.html${one.anchor ? `#${one.anchor}` : ""}`;
                item.append(level(one), link, element("div", "", one.text.split("\n")[0]));
            } else {
                item.append(message(one));
            }
            list.append(item);
        }
        parts.messages.append(list);
    }

    function showFoot(state) {
        const key = `${state.number} ${state.building}`;
        if (parts.foot.dataset.shows === key) return;
        parts.foot.dataset.shows = key;
        parts.foot.replaceChildren();
        if (missing && !state.building) {
            const home = element("a", "", "first page");
            home.href = "/index.html";
            parts.foot.append(element("div", "", `The website has no page “${path}”. `, home));
        }
        if (state.pages) showPdfButton(state);
    }

    function show(state) {
        document.documentElement.classList.toggle("d2lbook-preview-building", state.building);
        showBuilding(state);
        showMessages(state);
        showFoot(state);
        if (!parts.head.isConnected) bar.replaceChildren(...Object.values(parts));
        bar.hidden = parts.head.hidden && !parts.messages.hasChildNodes() && !parts.foot.hasChildNodes();
        tick();
    }

    function showPdfButton(state) {
        const button = element("button", "", frame ? "Hide the PDF" : "Show the PDF");
        button.type = "button";
        button.addEventListener("click", () => {
            sessionStorage.setItem(PDF, frame ? "" : "shown");
            togglePdf(state);
            button.textContent = frame ? "Hide the PDF" : "Show the PDF";
        });
        parts.foot.append(button);
        if (!frame && sessionStorage.getItem(PDF)) togglePdf(state);
        else if (frame && !state.building) showPdf(state);
        if (frame) button.textContent = "Hide the PDF";
    }

    function togglePdf(state) {
        document.body.classList.toggle("d2lbook-preview-beside", !frame);
        if (frame) {
            frame.remove();
            frame = null;
            return;
        }
        frame = element("iframe", "d2lbook-preview d2lbook-preview-pdf");
        frame.title = "The printed page";
        showPdf(state);
        document.body.append(frame);
    }

    // The PDF of the last build, which may be written after the page.
    function showPdf(state) {
        const address = `/_preview/book.pdf?${state.number}#page=${state.pages[docname] || 1}`;
        if (frame.getAttribute("src") !== address) frame.src = address;
    }

    function take(state) {
        if (!state.writing && state.version !== served) {
            rememberPlace();
            location.reload();
            return;
        }
        show(state);
    }

    function begin() {
        document.body.append(bar);
        returnToPlace();
        setInterval(tick, 1000);
        const events = new EventSource(`/_preview/events?page=${encodeURIComponent(path)}`);
        events.addEventListener("message", (event) => take(JSON.parse(event.data)));
        events.addEventListener("error", () => {
            bar.replaceChildren(element("div", "", "The preview has ended, or cannot be reached."));
            bar.hidden = false;
        });
        addEventListener("pagehide", () => events.close());
    }

    begin();
})();
