// Shows stored widgets of ipywidgets by the library that its package has for Jupyter's notebook, without a kernel.
//
// The library is a module for that notebook: it registers a function that shows a widget, and asks the notebook for its
// menus, its kernel and its area of outputs. Those that it gets here do nothing, but for the area.
(() => {
  "use strict";

  const nothing = () => {};
  let show = null;
  let manager = null;

  const asText = (value) => (Array.isArray(value) ? value.join("") : value);

  const shown = (output) => {
    const data = output.data ?? {};
    let element = document.createElement("div");
    if (data["application/vnd.jupyter.widget-view+json"]) {
      window.requestAnimationFrame(() => attach(element, data["application/vnd.jupyter.widget-view+json"]));
    } else if (data["image/png"]) {
      element = new Image();
      element.src = `data:image/png;base64,${asText(data["image/png"])}`;
      element.alt = asText(data["text/plain"] ?? "");
    } else if (data["text/html"]) {
      element.innerHTML = asText(data["text/html"]);
    } else {
      element = document.createElement("pre");
      const text = asText(output.text ?? data["text/plain"] ?? (output.traceback ?? []).join("\n"));
      element.textContent = text.replace(/\x1b\[[0-9;]*m/g, "");
    }
    return element;
  };

  class OutputArea {
    constructor({ selector }) {
      this.place = selector;
      this.list = [];
      this.element = { trigger: nothing };
    }
    clear_output() { this.list = []; this.place.replaceChildren(); }
    fromJSON(list) { this.list = list; this.place.append(...list.map(shown)); }
    toJSON() { return this.list; }
    handle_output() {}
    handle_clear_output() {}
    register_mime_type(_mime, append) { show = append; }
  }

  const actions = { register: nothing, get: () => ({ handler: nothing }) };
  const keyboard = { actions, register_events: nothing };
  const events = { on: nothing, off: nothing };
  const kernel = { comm_manager: { register_target: nothing } };
  const Jupyter = {
    version: "6.5.0",
    menubar: { actions },
    notification_area: { widget: nothing },
    notebook: { metadata: {}, keyboard_manager: keyboard, events, kernel, container: { on: nothing }, get_cells: () => [] },
  };
  const modules = {
    "base/js/namespace": Jupyter,
    "base/js/events": events,
    "notebook/js/outputarea": { OutputArea },
  };
  const requirejs = (names, done, failed) => {
    if (names.every((name) => name in modules)) done(...names.map((name) => modules[name]));
    else failed?.(new Error(`${names.join(", ")} is not on this site`));
  };
  requirejs.config = nothing;

  // The library is loaded as soon as this function is called, by the script that has called it.
  window.requirejs = window.requirejs ?? requirejs;
  window.define = window.define ?? ((_names, factory) => {
    const library = factory({ id: "widgets", uri: "" });
    for (const part of ["base", "controls", "output"]) modules[`@jupyter-widgets/${part}`] = library;
    // The library adds an entry to the menu of help.
    const menu = document.createElement("ul");
    menu.hidden = true;
    menu.innerHTML = "<li><a id='help_menu'></a></li>";
    document.body.append(menu);
    library.load_ipython_extension();
    menu.remove();
    manager = kernel.widget_manager;
    manager._get_comm_info = () => Promise.resolve({});
  });
  window.Jupyter = window.Jupyter ?? Jupyter;

  let state = null;
  const restore = () => {
    state = state ?? manager.set_state(
      JSON.parse(document.querySelector("script[type='application/vnd.jupyter.widget-state+json']").textContent),
    );
    return state;
  };

  const attach = (place, view) => {
    const area = {
      create_output_subarea: () => [document.createElement("div")],
      handle_output: nothing,
      handle_clear_output: nothing,
      keyboard_manager: keyboard,
    };
    show.call(area, view, {}, { append: (list) => place.append(list[0]) });
    return manager.get_model(view.model_id);
  };

  // The handles of sliders, and fields without a description, have no names of their own.
  const name = (place) => {
    const text = place.closest(".d2lbook-interactive")?.querySelector(".d2lbook-still :is(pre, p)")?.textContent.trim();
    for (const field of place.querySelectorAll(".noUi-handle:not([aria-label]), input:not([aria-label])")) {
      const label = field.closest(".jupyter-widgets")?.querySelector(".widget-label")?.textContent.trim();
      if (label || (text && !field.labels?.[0]?.textContent.trim())) field.setAttribute("aria-label", label || text);
    }
  };

  window.d2lbookWidgets = async (place, view) => {
    new MutationObserver(() => name(place)).observe(place, { childList: true, subtree: true });
    await restore();
    await attach(place, view);
  };
})();
