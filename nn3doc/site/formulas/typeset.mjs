// Typesets formulas with MathJax, all of a build in one run; typeset.py starts it.
//
// In, on stdin:  {"formulas": [{"tex": "…", "display": true}, …]}
// Out, on stdout: {"results": […], "glyphs": {"id": "outline"}}, a result for each formula:
//   {"width", "height", "depth", "parts", "speech", "colours"}, lengths in thousandths of an em, or
//   {"error": "what MathJax says", "at": offset in the TeX}.
//
// MathJax's SVG is a deep tree, one group for each piece of the formula. Here it becomes a flat list
// of parts: glyphs with their places, and lines. Only what an author's \class, \data, \cssId or
// \textcolor marks stays a group of its own:
//   ["text", attributes, [[x, y, glyph], …]]   ["lines", attributes, "path data"]
//   ["foreign", attributes, x, y, size, "characters that the fonts lack"]   ["group", attributes, parts]
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { speech } from "./speech.mjs";

const modules = process.argv[2]; // the folder node_modules
const require = createRequire(join(modules, "-"));
const mathjax = dirname(require.resolve("mathjax/package.json"));
const { default: MathJax } = await import(pathToFileURL(join(mathjax, "node-main.mjs")));

const packages = ["base", "ams", "html", "color", "newcommand", "textmacros", "mathtools"];
await MathJax.init({
  loader: {
    load: ["input/tex-base", ...packages.slice(1).map((name) => `[tex]/${name}`), "output/svg", "adaptors/liteDOM"],
    paths: { mathjax, fonts: join(modules, "@mathjax") },
  },
  tex: {
    packages,
    maxBuffer: 64 * 1024,
    formatError: (jax, error) => {
      throw Object.assign(new Error(error.message), { at: place(jax.parseOptions.parsers) });
    },
  },
  // In lines of prose a formula stays whole: broken, it would come as several pictures.
  svg: { fontCache: "none", linebreaks: { inline: false } },
  startup: { typeset: false },
});
const page = MathJax.startup.document;
const adaptor = MathJax.startup.adaptor;
const { handleRetriesFor } = MathJax._.util.Retries;

// Where reading stopped: parsers of arguments stand within the text of the outer ones.
function place(parsers) {
  let at = 0;
  let outer = null;
  for (const parser of [...parsers].reverse()) {
    const within = outer === null ? 0 : outer.string.lastIndexOf(parser.string, outer.i);
    if (within < 0) break;
    at += within - (outer === null ? 0 : outer.i) + parser.i;
    outer = parser;
  }
  return Math.max(at, 0);
}

const glyphs = {};

function glyph(outline, scale) {
  const id = createHash("sha256").update(`${outline} ${scale}`).digest("hex").slice(0, 10);
  glyphs[id] = [outline, scale];
  return id;
}

// A transform is a scale and a shift: MathJax uses no others for what these pages hold.
const compose = (outer, inner) => ({
  sx: outer.sx * inner.sx,
  sy: outer.sy * inner.sy,
  x: outer.x + outer.sx * inner.x,
  y: outer.y + outer.sy * inner.y,
});

function transform(text) {
  let result = { sx: 1, sy: 1, x: 0, y: 0 };
  for (const [, name, list] of (text ?? "").matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [a, b] = list.trim().split(/[ ,]+/).map(Number);
    if (name === "translate") result = compose(result, { sx: 1, sy: 1, x: a, y: b ?? 0 });
    else if (name === "scale") result = compose(result, { sx: a, sy: b ?? a, x: 0, y: 0 });
    else throw new Error(`unforeseen transform ${text}`);
  }
  return result;
}

const round = (value) => Math.round(value) || 0; // never -0

function box(at, x, y, width, height) {
  const left = round(at.x + at.sx * x);
  const top = round(-(at.y + at.sy * (y + height)));
  return `M${left} ${top}h${Math.max(round(at.sx * width), 1)}v${Math.max(round(at.sy * height), 1)}H${left}z`;
}

// The straight middle of a tall bracket or a wide brace: a stretched glyph seen through a window.
function stretched(node, at) {
  const [left, bottom, width, height] = adaptor.getAttribute(node, "viewBox").split(/\s+/).map(Number);
  const path = adaptor.firstChild(node);
  const scale = transform(adaptor.getAttribute(path, "transform"));
  const numbers = adaptor.getAttribute(path, "d").match(/[MLHVZ]|-?[\d.]+/g);
  const xs = [];
  const ys = [];
  let command = "";
  for (let i = 0; i < numbers.length; i++) {
    if (/[A-Z]/.test(numbers[i])) command = numbers[i];
    else if (command === "H") xs.push(+numbers[i]);
    else if (command === "V") ys.push(+numbers[i]);
    else {
      xs.push(+numbers[i]);
      ys.push(+numbers[++i]);
    }
  }
  const clip = (values, factor, low, size) =>
    [Math.min(...values), Math.max(...values)].map((v) => Math.min(Math.max(v * factor, low), low + size));
  const [x0, x1] = clip(xs, scale.sx, left, width);
  const [y0, y1] = clip(ys, scale.sy, bottom, height);
  const x = Number(adaptor.getAttribute(node, "x") ?? 0) - left;
  const y = Number(adaptor.getAttribute(node, "y") ?? 0) - bottom;
  return box(at, x + x0, y + y0, x1 - x0, y1 - y0);
}

function append(parts, kind, value) {
  const last = parts.at(-1);
  const same = last?.[0] === kind && !Object.keys(last[1]).length;
  if (same) last[2] = kind === "text" ? [...last[2], ...value] : last[2] + value;
  else parts.push([kind, {}, value]);
}

function flatten(node, outer, parts, colours) {
  const kind = adaptor.kind(node);
  if (kind === "#text" || kind === "#comment" || kind === "title") return;
  if (kind === "svg") return append(parts, "lines", stretched(node, outer));
  const at = compose(outer, transform(adaptor.getAttribute(node, "transform")));
  if (kind === "path") {
    const scale = Math.round(at.sx * 1000) / 1000;
    append(parts, "text", [[round(at.x), round(-at.y), glyph(adaptor.getAttribute(node, "d"), scale)]]);
    return;
  }
  if (kind === "rect") {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((a) => Number(adaptor.getAttribute(node, a) ?? 0));
    if (adaptor.getAttribute(node, "fill") !== "none") append(parts, "lines", box(at, x, y, width, height));
    return;
  }
  if (kind === "text") {
    const size = parseFloat(adaptor.getAttribute(node, "font-size") ?? adaptor.getStyle(node, "font-size") ?? "");
    const height = round(at.sx * (Number.isFinite(size) ? size : 884));
    parts.push(["foreign", {}, round(at.x), round(-at.y), height, adaptor.textContent(node)]);
    return;
  }
  const attributes = marks(node, colours);
  const marked = Object.keys(attributes).length > 0;
  const inner = marked ? [] : parts;
  for (const child of adaptor.childNodes(node)) flatten(child, at, inner, colours);
  if (!marked || !inner.length) return;
  const [only] = inner;
  const free = inner.length === 1 && !Object.keys(only[1]).some((name) => name in attributes);
  if (free) parts.push([only[0], { ...attributes, ...only[1] }, ...only.slice(2)]);
  else parts.push(["group", attributes, inner]);
}

function marks(node, colours) {
  const attributes = {};
  for (const { name, value } of adaptor.allAttributes(node)) {
    if (name === "class" || name === "id") attributes[name] = value;
    if (name.startsWith("data-") && !/^data-(mml-node|latex|latex-item|mjx-.*|c|variant)$/.test(name)) {
      attributes[name] = value;
    }
  }
  const colour = adaptor.getAttribute(node, "fill");
  if (colour && colour !== "currentColor") {
    colours.add(colour);
    attributes.class = `${attributes.class ?? ""} c-${colour}`.trim();
  }
  return attributes;
}

function setting(item) {
  const svg = adaptor.childNodes(item.typesetRoot).find((child) => adaptor.kind(child) === "svg");
  const [left, top, width, height] = adaptor.getAttribute(svg, "viewBox").split(/\s+/).map(Number);
  const parts = [];
  const colours = new Set();
  const upright = { sx: 1, sy: 1, x: -left, y: 0 };
  for (const child of adaptor.childNodes(svg)) {
    // MathJax turns its outermost group upside down, since glyphs count upwards.
    if (adaptor.kind(child) !== "g") continue;
    for (const inner of adaptor.childNodes(child)) flatten(inner, upright, parts, colours);
  }
  return {
    width: Math.ceil(width),
    height: Math.ceil(-top),
    depth: Math.ceil(top + height),
    parts,
    speech: speech(item.root),
    colours: [...colours],
  };
}

async function typeset({ tex, display }) {
  try {
    page.inputJax[0].reset();
    const item = new page.options.MathItem(tex, page.inputJax[0], display);
    item.setMetrics(16, 8, 1e6, 1); // lengths are taken in ems: the size does not matter
    await handleRetriesFor(() => item.convert(page));
    return setting(item);
  } catch (error) {
    if (error.at === undefined) throw error; // not the author's fault
    return { error: error.message, at: Math.min(error.at, tex.length) };
  }
}

let input = "";
for await (const chunk of process.stdin.setEncoding("utf-8")) input += chunk;
const results = [];
for (const formula of JSON.parse(input).formulas) results.push(await typeset(formula));
process.stdout.write(JSON.stringify({ results, glyphs }));
