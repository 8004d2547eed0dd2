// Draws interactive outputs when they come into view, with libraries that the site serves.
(() => {
  "use strict";

  const settings = document.querySelector("meta[name='d2lbook-interactive']");
  if (!settings) return;
  const libraries = JSON.parse(settings.content);
  const scripts = new Map();

  const load = (address) => {
    if (!scripts.has(address)) {
      scripts.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${address} cannot be loaded`));
        document.head.append(script);
      }));
    }
    return scripts.get(address);
  };
  const loadAll = (addresses) => addresses.reduce((before, address) => before.then(() => load(address)), Promise.resolve());

  // Parts of Bokeh beside its first file: what of the data asks for them.
  const bokehParts = [
    ["bokeh-widgets", /"name":"(?:\w*(?:Slider|Button|Group|Select|Input|Picker|Choice|Dropdown|Spinner|Toggle|Switch)|Div|Paragraph|PreText)"/],
    ["bokeh-tables", /"name":"(?:DataTable|DataCube|TableColumn)"/],
    ["bokeh-gl", /"output_backend":"webgl"/],
    ["bokeh-mathjax", /\$\$|\\\\\(|\\\\\[|"name":"(?:TeX|MathML|Ascii)"/],
  ];

  const ways = {
    plotly: async (place, data) => {
      place.style.minHeight = `${data.layout?.height ?? 450}px`;
      await Plotly.newPlot(place, data.data, data.layout, { responsive: true, ...data.config });
      if (data.frames) await Plotly.addFrames(place, data.frames);
    },
    vega: async (place, data) => {
      await vegaEmbed(place, data.spec, {
        renderer: "svg",
        actions: { export: true, source: false, compiled: false, editor: false },
        ...data.options,
      });
      // Its menu has a title, and the button that opens it no name.
      for (const menu of place.querySelectorAll("details[title] > summary")) menu.ariaLabel = menu.parentElement.title;
    },
    bokeh: (place, data) => {
      // The elements that the data name stood in an output of their own.
      for (const id of data.items.flatMap((item) => Object.values(item.roots ?? {}))) {
        const element = document.createElement("div");
        element.id = id;
        place.append(element);
      }
      return Bokeh.embed.embed_items(data.docs, data.items);
    },
    widget: (place, data) => d2lbookWidgets(place, data),
    // Scripts that are put into a page as text do not run; copies of them do, one after the other.
    html: async (place, data) => {
      place.innerHTML = data.html;
      for (const written of place.querySelectorAll("script")) {
        const script = document.createElement("script");
        for (const { name, value } of written.attributes) script.setAttribute(name, value);
        script.textContent = written.textContent;
        const ready = script.src ? new Promise((resolve) => { script.onload = script.onerror = resolve; }) : null;
        written.replaceWith(script);
        await ready;
      }
    },
  };

  const draw = async (output) => {
    const kind = output.dataset.kind;
    const [still, place] = output.querySelectorAll(":scope > .d2lbook-still, :scope > .d2lbook-drawn");
    const text = output.querySelector(":scope > script").textContent;
    let files = libraries[kind] ?? [];
    if (kind === "bokeh") {
      const needed = bokehParts.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
      files = files.filter((file) => /bokeh\.js$/.test(file) || needed.some((name) => file.includes(`${name}.js`)));
    }
    await loadAll(files);
    place.hidden = false;
    try {
      await ways[kind](place, JSON.parse(text));
    } catch (error) {
      place.hidden = true;
      throw error;
    }
    still.hidden = true;
    output.classList.add("d2lbook-is-drawn");
  };

  const ask = (output) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "d2lbook-interactive-button";
    button.textContent = settings.dataset.show.replace("{hosts}", output.dataset.hosts.trim().split(" ").join(", "));
    button.addEventListener("click", () => {
      button.remove();
      draw(output).catch(console.error);
    });
    output.append(button);
  };

  const views = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        views.unobserve(target);
        draw(target).catch(console.error);
      }
    }
  }, { rootMargin: "200px" });

  for (const output of document.querySelectorAll(".d2lbook-interactive")) {
    const kind = output.dataset.kind;
    if (kind !== "html" && !libraries[kind]) continue;
    if (output.dataset.hosts) ask(output);
    else views.observe(output);
  }
})();
