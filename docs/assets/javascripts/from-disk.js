"use strict";
// Search on a page opened from disk. A browser starts no worker from a file:// address, and the
// theme's search runs in one. Here a hidden frame stands in for it: the same script, the same
// messages, one after the other on the page's own thread.
//
// The usual stand-in (npm's iframe-worker) writes a script into the frame's text, which the site's
// Content-Security-Policy refuses; this one only ever loads the site's own file.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => {
        this.dispatchEvent(new MessageEvent("message", { data }));
      };
      this.loaded = new Promise((resolve, reject) => {
        const script = this.inside.document.createElement("script");
        script.src = new URL(url, location.href);
        script.onload = resolve;
        script.onerror = reject;
        this.inside.document.body.append(script);
      });
      this.frame = frame;
    }

    postMessage(data) {
      this.loaded.then(() => {
        this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }));
      });
    }

    terminate() {
      this.frame.remove();
    }
  };
}
