"use strict";
// Speaks with the host by the protocol of MCP Apps (2026-01-26): JSON-RPC over postMessage.
const host = (() => {
  const waiting = new Map();
  const listeners = {};
  let last = 0;
  const send = (message) => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const notify = (method, params = {}) => send({ method, params });
  const request = (method, params) => new Promise((resolve, reject) => {
    const id = ++last;
    waiting.set(id, { resolve, reject });
    send({ id, method, params });
  });
  const answered = ({ id, result, error }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (one && error) one.reject(new Error(error.message || "the host refused it"));
    else if (one) one.resolve(result);
  };
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !data || data.jsonrpc !== "2.0") return;
    if (!data.method) return answered(data);
    if (data.id === undefined) return listeners[data.method]?.(data.params ?? {});
    const known = ["ping", "ui/resource-teardown"].includes(data.method);
    const error = { code: -32601, message: `unknown method ${data.method}` };
    send(known ? { id: data.id, result: {} } : { id: data.id, error });
  });
  return { notify, request, on: (method, listener) => { listeners[method] = listener; } };
})();

// The host's theme: its colours, or ours for light and dark.
const dress = ({ theme, styles }) => {
  const root = document.documentElement;
  const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  if (theme || !root.dataset.theme) root.dataset.theme = dark ? "dark" : "light";
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (name.startsWith("--") && typeof value === "string") root.style.setProperty(name, value);
  }
};

// The host makes the frame as high as the page.
const tellSize = () => {
  const { width, height } = document.documentElement.getBoundingClientRect();
  host.notify("ui/notifications/size-changed", { width: Math.ceil(width), height: Math.ceil(height) });
};
