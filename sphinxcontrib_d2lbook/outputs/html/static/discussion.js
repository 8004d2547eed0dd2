// Loads the thread of a discussion into its page, when the reader has scrolled to it or asks for it; nothing is fetched
// from the forum before. The page tells by data-embed what the forum's own script needs: the element that it fills, a
// global variable, and the attributes of the script itself.
(() => {
    "use strict";

    // What is to be known of some forums beside that: how their frames are told of another theme.
    const software = {
        giscus: {
            frame: "iframe.giscus-frame",
            attribute: "data-theme",
            themes: { light: "light", dark: "dark" },
            message: (theme) => ({ giscus: { setConfig: { theme } } }),
            replies: (data) => {
                const found = data?.giscus?.discussion;
                return found && found.totalCommentCount + found.totalReplyCount;
            },
        },
        utterances: {
            frame: "iframe.utterances-frame",
            attribute: "theme",
            themes: { light: "github-light", dark: "github-dark" },
            message: (theme) => ({ type: "set-theme", theme }),
        },
    };

    const make = (tag, attributes) => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        return element;
    };

    // Object by object, so that what a script has set there before stays.
    const fill = (target, values) => {
        for (const [name, value] of Object.entries(values)) {
            const inner = value !== null && typeof value === "object" && !Array.isArray(value);
            if (inner && target[name] instanceof Object) fill(target[name], value);
            else target[name] = value;
        }
    };

    const ways = {
        value: (settings) => settings,
        result: (settings) => () => settings,
        this: (settings) => function () { fill(this, settings); },
    };

    const theme = () => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");
    let open = null;

    class Thread {
        constructor(root) {
            this.root = root;
            this.embed = JSON.parse(root.dataset.embed);
            this.software = software[this.embed.kind] ?? {};
            this.button = root.querySelector(".d2lbook-thread-load");
            this.status = root.querySelector(".d2lbook-thread-status");
            this.place = root.querySelector(".d2lbook-thread-place");
            this.button.addEventListener("click", () => {
                this.load();
                this.place.focus({ preventScroll: true });
            });
            this.button.hidden = false;
        }

        load() {
            if (open === this) return;
            // The scripts of forums look for one thread on a page.
            open?.close();
            open = this;
            this.button.hidden = true;
            this.status.textContent = this.root.dataset.loading;
            this.place.setAttribute("aria-busy", "true");
            const { mount, variable, handed, settings, attributes } = this.embed;
            if (mount) this.place.append(make(mount.tag, mount.attributes));
            if (variable) window[variable] = ways[handed](settings);
            const script = make("script", attributes);
            if (this.followsTheme()) script.setAttribute(this.software.attribute, this.software.themes[theme()]);
            script.async = true;
            script.addEventListener("load", () => this.settled(""));
            script.addEventListener("error", () => {
                this.close();
                this.settled(this.root.dataset.failed);
            });
            script.src = this.embed.script;
            this.place.append(script);
        }

        settled(words) {
            this.status.textContent = words;
            this.place.removeAttribute("aria-busy");
        }

        close() {
            this.place.replaceChildren();
            this.settled("");
            this.button.hidden = false;
            if (open === this) open = null;
        }

        // A theme that conf.py chooses for good is left alone.
        followsTheme() {
            const { attribute, themes } = this.software;
            if (!attribute) return false;
            const given = this.embed.attributes[attribute];
            return !given || /^preferred.color.scheme$/.test(given) || Object.values(themes).includes(given);
        }

        frame() {
            return this.software.frame ? this.root.querySelector(this.software.frame) : null;
        }

        changeTheme() {
            const frame = this.frame();
            if (!frame || !this.followsTheme()) return;
            frame.contentWindow.postMessage(this.software.message(this.software.themes[theme()]), new URL(frame.src).origin);
        }

        hear(event) {
            const frame = this.frame();
            if (!frame || event.source !== frame.contentWindow || event.origin !== new URL(frame.src).origin) return;
            const count = this.software.replies?.(event.data);
            const shown = this.root.parentElement.querySelector(".d2lbook-discussion-replies");
            if (!Number.isInteger(count) || !shown) return;
            shown.querySelector(".d2lbook-discussion-count").textContent = String(count);
            shown.hidden = false;
        }
    }

    const threads = [...document.querySelectorAll(".d2lbook-thread")].map((root) => new Thread(root));
    new MutationObserver(() => open?.changeTheme()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    window.addEventListener("message", (event) => open?.hear(event));

    // Who asks sites not to track, or saves data, gets the button only.
    if (navigator.globalPrivacyControl || navigator.doNotTrack === "1" || navigator.connection?.saveData) return;
    const seen = new IntersectionObserver((entries) => {
        for (const { isIntersecting, target } of entries) {
            if (!isIntersecting) continue;
            seen.unobserve(target);
            if (!open) threads.find((thread) => thread.root === target).load();
        }
    });
    // A page on which the discussion is in sight from the beginning has not been scrolled to it.
    window.addEventListener("scroll", () => threads.forEach((thread) => seen.observe(thread.root)), {
        once: true,
        passive: true,
    });
})();
