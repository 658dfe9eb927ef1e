// What a screen reader says for a formula, from MathJax's tree of it.
//
// MathJax's own speech knows no superscripts in brackets: it calls A^{[1]T} "A raised to the 1 times T
// power". These pages use brackets for layers, parentheses for examples, T for the transpose (as their
// notation page tells), so that is what is said: "A layer 1 transpose".

const OPERATORS = {
  "=": "equals", "≠": "is not equal to", "<": "is less than", ">": "is greater than",
  "≤": "is at most", "≥": "is at least", "≈": "is about", "≔": "is set to", "≡": "is identical to",
  "+": "plus", "-": "minus", "−": "minus", "±": "plus or minus", "×": "by", "⋅": "dot", "·": "dot",
  "⊙": "elementwise times", "∘": "composed with", "/": "over", "∗": "star", "*": "star",
  "∑": "the sum", "∏": "the product", "∫": "the integral", "∂": "partial", "∇": "gradient of", "∞": "infinity",
  "∈": "in", "∉": "not in", "⊂": "subset of", "∀": "for all", "∃": "there is", "∣": "given", "|": "bar", "‖": "norm",
  "→": "to", "←": "from", "↦": "maps to", "⇒": "implies", "⟹": "implies", "⇔": "if and only if",
  "⋯": "and so on", "…": "and so on", "⋮": "and so on down", "⋱": "and so on diagonally",
  "(": "open", ")": "close", "[": "open bracket", "]": "close bracket", "{": "open brace", "}": "close brace",
  ",": ",", ".": ",", ":": "such that", ":=": "is set to", ";": ";", "′": "prime", "⊤": "transpose", "!": "factorial", "%": "percent",
  "\u2061": "of", "\u2062": "", "\u2063": "", "\u2064": "", "": "",
};
const LETTERS = {
  α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ϵ: "epsilon", η: "eta", θ: "theta", λ: "lambda",
  μ: "mu", π: "pi", ρ: "rho", σ: "sigma", τ: "tau", φ: "phi", ϕ: "phi", ω: "omega", Δ: "Delta", Σ: "Sigma",
  ℝ: "the real numbers", R: "R", ℕ: "the natural numbers", ℤ: "the integers", "∂": "partial", "∞": "infinity",
  "…": "and so on", "⋯": "and so on",
};
const ACCENTS = { "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "¯": "bar", "―": "bar", "→": "vector", "⃗": "vector", "˙": "dot", "⏞": "", "⏟": "" };

export function speech(root) {
  return said(root).replace(/\s+/g, " ").replace(/open (bracket )?matrix of/g, "matrix of").replace(/end matrix, close( bracket)?/g, "end matrix,").replace(/ ([,;])/g, "$1").replace(/^[ ,]+|[ ,]+$/g, "").trim();
}

const children = (node) => (node?.childNodes ?? []).filter((child) => child !== null);
const all = (nodes) => nodes.map(said).join(" ");

// Rows and groups around a single thing are that thing.
function core(node) {
  while (node && /^(mrow|inferredMrow|TeXAtom|mstyle|mpadded)$/.test(node.kind) && children(node).length === 1) {
    node = children(node)[0];
  }
  return node;
}

function text(node) {
  if (node.kind === "text") return node.getText();
  return children(node).map(text).join("");
}

function said(node) {
  const parts = children(node);
  switch (node.kind) {
    case "mi": return letter(node);
    case "mn": return text(node);
    case "mtext": return text(node).trim();
    case "mo": return OPERATORS[text(node)] ?? text(node);
    case "mspace": case "maligngroup": case "malignmark": case "none": case "mprescripts": return parts.length ? all(parts) : " ";
    case "mphantom": return "";
    case "mfrac": return fraction(...parts);
    case "msqrt": return `the square root of ${all(parts)} end root,`;
    case "mroot": return `the root of ${said(parts[0])} of order ${said(parts[1])},`;
    case "msup": return `${said(parts[0])} ${above(parts[1])}`;
    case "msub": return `${said(parts[0])} ${below(parts[0], parts[1])}`;
    case "msubsup": return `${said(parts[0])} ${isBig(parts[0]) ? limits(parts[1], parts[2]) : `${above(parts[2])} ${below(parts[0], parts[1])}`}`;
    case "munderover": return `${said(parts[0])} ${limits(parts[1], parts[2])}`;
    case "munder": return `${said(parts[0])} ${isBig(parts[0]) ? `over ${said(parts[1])} of` : `with ${said(parts[1])} below`}`;
    case "mover": return over(...parts);
    case "mtable": return table(parts);
    default: return all(parts);
  }
}

function letter(node) {
  const written = text(node);
  const plain = written.normalize("NFKD");
  if (node.attributes?.get("mathvariant")?.includes("double-struck") && plain === "R") return "the real numbers";
  // "W" and "w" sound the same, and mean a matrix and an entry of it.
  return LETTERS[written] ?? LETTERS[plain] ?? (/^[A-Z]$/.test(plain) ? `capital ${plain}` : plain);
}

const isBig = (node) => /^[∑∏∫⋃⋂]$/.test(text(core(node))) || /^(max|min|lim|sup|inf)$/.test(text(core(node)));

const limits = (from, to) => `from ${said(from)} to ${said(to)} of`;

// Superscripts of these pages, one after another: [l] a layer, (i) an example, T the transpose.
function above(node) {
  const inner = core(node);
  const items = /^(mrow|inferredMrow|TeXAtom)$/.test(inner.kind) ? flat(inner) : [inner];
  const words = [];
  let rest = items;
  while (rest.length) {
    const open = text(rest[0]);
    const close = { "[": "]", "(": ")" }[open];
    const end = close ? rest.findIndex((item) => text(item) === close) : -1;
    if (end > 0) {
      words.push(`${open === "[" ? "layer" : "example"} ${all(rest.slice(1, end))}`);
      rest = rest.slice(end + 1);
    } else if (/^[T⊤]$/.test(open) && (words.length || rest.length === 1)) {
      words.push("transpose");
      rest = rest.slice(1);
    } else if (/^[′″]+$/.test(open)) {
      words.push(...[...open].map(() => "prime"));
      rest = rest.slice(1);
    } else {
      const power = all(rest);
      words.push(power === "2" ? "squared" : power === "" ? "" : `to the power ${power}${rest.length > 1 ? " end power," : ""}`);
      rest = [];
    }
  }
  return words.join(" ");
}

const flat = (node) =>
  children(node).flatMap((child) => (/^(mrow|inferredMrow|TeXAtom|mstyle)$/.test(child.kind) ? flat(child) : [child]));

function below(base, node) {
  if (isBig(base)) return `over ${said(node)} of`;
  const isLong = /[+\-−]/.test(text(node)); // "n sub l minus 1" could be two things
  return `sub ${said(node)}${isLong ? " end sub," : ""}`;
}

function fraction(top, bottom) {
  const simple = [top, bottom].every((node) => /^(mi|mn|msup|msub)$/.test(core(node).kind));
  return simple ? `${said(top)} over ${said(bottom)},` : `the fraction ${said(top)} over ${said(bottom)} end fraction,`;
}

function over(base, mark) {
  const accent = ACCENTS[text(core(mark))];
  return accent === undefined ? `${said(base)} with ${said(mark)} above` : `${said(base)} ${accent}`;
}

function table(rows) {
  const cells = rows.map((row) => children(row).map((cell) => said(cell).trim()));
  if (rows.length && rows[0].parent?.attributes?.get("columnalign")?.startsWith("right")) {
    return cells.map((row) => row.join(" ")).join("; "); // lines of an aligned display
  }
  const width = Math.max(...cells.map((row) => row.length));
  const name = `matrix of ${cells.length} ${cells.length === 1 ? "row" : "rows"} and ${width} ${width === 1 ? "column" : "columns"}`;
  return `${name}: ${cells.map((row, i) => `row ${i + 1}: ${row.join(", ")}`).join("; ")}; end matrix,`;
}
