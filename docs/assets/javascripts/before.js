"use strict";
// What makes the theme work from disk, and start with less work. Runs before the theme's script.
(() => {
  const fromDisk = location.protocol === "file:";

  // The theme tells the browser by a <meta> whether the page is light or dark, and all styles and the
  // layout of the page are worked out anew, twice. The sheet tells it (colours.css).
  const { head } = document;
  head.appendChild = (node) => (node.name === "color-scheme" ? node : Node.prototype.appendChild.call(head, node));

  // For instant navigation the theme writes every relative address anew as an absolute one; a link to a
  // sheet then loads and applies it again, font and all. The same address stays as it is.
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLLinkElement.prototype, "href");
  Object.defineProperty(HTMLLinkElement.prototype, "href", {
    get,
    set(address) {
      if (address !== this.href) set.call(this, address);
    },
  });

  // Instant navigation fetches pages, which a page on disk may not. The theme then takes the stream
  // of pages for ended before the first (search words, contents, copy buttons stay dead), unless it
  // is not told of instant navigation at all.
  if (fromDisk) {
    const element = document.getElementById("__config");
    const config = JSON.parse(element.textContent);
    config.features = config.features.filter((name) => name !== "navigation.instant");
    element.textContent = JSON.stringify(config);
  }

  // The index weighs more than a page, and most pages are read without a search: it is fetched when
  // the search field is first used. `?h=` marks a page reached by a search, whose words are to be
  // shown on it.
  const wanted = new Promise((resolve) => {
    if (new URLSearchParams(location.search).has("h")) resolve();
    document.addEventListener("focusin", ({ target }) => {
      if (target.matches(".md-search__input")) resolve();
    });
  });
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.isIndex = String(url).endsWith("/search/search_index.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (this.isIndex) wanted.then(() => send.call(this, body));
    else send.call(this, body);
  };

  // From a file:// address a browser starts no worker, and the theme's search runs in one. A hidden
  // frame stands in for it: the same script, the same messages, on the page's own thread. (The usual
  // stand-in, npm's iframe-worker, writes a script into the frame's text, which the site's
  // Content-Security-Policy refuses; this one only ever loads the site's own file.)
  class Frame extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.title = "Search";
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.loaded = new Promise((resolve, reject) => {
        const script = inside.document.createElement("script");
        script.src = new URL(url, location.href);
        script.onload = () => resolve(inside);
        script.onerror = reject;
        inside.document.body.append(script);
      });
    }

    async postMessage(data) {
      const inside = await this.loaded;
      inside.dispatchEvent(new inside.MessageEvent("message", { data }));
    }

    terminate() {
      this.frame.remove();
    }
  }

  // Either way, a worker is started at the first message to it: that brings the index.
  const Thread = fromDisk ? Frame : window.Worker;
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.url = url;
    }

    postMessage(data) {
      if (!this.thread) {
        this.thread = new Thread(this.url);
        this.thread.addEventListener("message", (event) => {
          this.dispatchEvent(new MessageEvent("message", { data: event.data }));
        });
      }
      this.thread.postMessage(data);
    }

    terminate() {
      this.thread?.terminate();
    }
  };
})();
