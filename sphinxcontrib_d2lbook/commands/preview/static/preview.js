// Shows how the preview's builds go, puts messages at their place, and loads the page again when it has changed.
(() => {
    "use strict";
    const PLACE = "d2lbook-preview-place";
    const path = decodeURIComponent(location.pathname).replace(/\/$/, "/index.html").replace(/^\//, "");
    const docname = path.replace(/\.html$/, "");
    const bar = element("aside", "d2lbook-preview d2lbook-preview-bar");
    bar.setAttribute("role", "status");
    bar.hidden = true;
    let number = null;
    let frame = null;

    function element(name, classes, text) {
        const made = document.createElement(name);
        made.className = classes || "";
        if (text !== undefined) made.textContent = text;
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

    function message(one) {
        const box = element("div", `d2lbook-preview d2lbook-preview-message ${one.level}`);
        if (one.place) box.append(element("span", "d2lbook-preview-place", one.place));
        box.append(element("span", "", one.text));
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

    function show(state) {
        document.querySelectorAll(".d2lbook-preview-message").forEach((box) => box.remove());
        bar.replaceChildren();
        if (state.building) {
            bar.append(element("div", "", "Building…"), element("div", "d2lbook-preview-line", state.line));
            bar.hidden = false;
            return;
        }
        const here = state.messages.filter((one) => one.docname === docname);
        const others = state.messages.filter((one) => one.docname !== docname);
        here.forEach(putAtPlace);
        if (others.length) {
            const count = others.length === 1 ? "1 message" : `${others.length} messages`;
            bar.append(element("div", "", here.length ? `${count} on other pages` : count));
            const list = element("ol");
            for (const one of others) {
                const item = element("li");
                if (one.docname) {
                    const link = element("a", "", one.place);
                    link.href = `/${one.docname}.html${one.anchor ? `#${one.anchor}` : ""}`;
                    item.append(link, element("span", "", ` ${one.text}`));
                } else {
                    item.append(message(one));
                }
                list.append(item);
            }
            bar.append(list);
        }
        if (state.pages) showPdfButton(state.pages[docname]);
        bar.hidden = !bar.childNodes.length;
    }

    function showPdfButton(page) {
        const button = element("button", "", frame ? "Hide the PDF" : "Show the PDF");
        button.type = "button";
        button.addEventListener("click", () => {
            sessionStorage.setItem("d2lbook-preview-pdf", frame ? "" : "shown");
            togglePdf(page);
            button.textContent = frame ? "Hide the PDF" : "Show the PDF";
        });
        bar.append(button);
        if (!frame && sessionStorage.getItem("d2lbook-preview-pdf")) button.click();
    }

    function togglePdf(page) {
        document.body.classList.toggle("d2lbook-preview-beside", !frame);
        if (frame) {
            frame.remove();
            frame = null;
            return;
        }
        frame = element("iframe", "d2lbook-preview d2lbook-preview-pdf");
        frame.title = "The printed page";
        frame.src = `/_preview/book.pdf?${number}#page=${page || 1}`;
        document.body.append(frame);
    }

    function take(state) {
        const known = number;
        if (!state.building) number = state.number;
        const isNew = known !== null && number !== known;
        const concerns = (name) => name === path || !/\.html$/.test(name);
        const missing = !document.querySelector("meta[charset], meta[name=viewport]") && state.number > 0;
        if (!state.building && ((isNew && state.changed.some(concerns)) || (missing && state.code < 2))) {
            rememberPlace();
            location.reload();
            return;
        }
        show(state);
    }

    function begin() {
        document.body.append(bar);
        returnToPlace();
        const events = new EventSource("/_preview/events");
        events.addEventListener("message", (event) => take(JSON.parse(event.data)));
        events.addEventListener("error", () => {
            bar.replaceChildren(element("div", "", "The preview has ended, or cannot be reached."));
            bar.hidden = false;
        });
        addEventListener("pagehide", () => events.close());
    }

    begin();
})();
