// What belongs together on a page, and the light on it: the occurrences of a symbol, in formulas and
// in code; an equation, and the lines of code that compute it.
const lights = (() => {
  const article = () => document.querySelector("article");
  const rowOf = (id) => document.querySelector(`tr[data-row="${CSS.escape(id)}"]`);

  // What the page tells of its equations; read when it is first asked for.
  let told = null;
  const equations = () => {
    const element = document.getElementById("told-of-equations");
    if (told?.element !== element) told = { element, ...JSON.parse(element?.content.textContent ?? '{"equations":{}}') };
    return told.equations;
  };
  const built = () => told.built;

  const darken = () => {
    for (const rect of document.querySelectorAll("svg.m > rect.lit")) rect.remove();
    for (const part of document.querySelectorAll(".lit")) part.classList.remove("lit");
  };

  const namesIn = (id) => (rowOf(id)?.dataset.names ?? "").split(" ").filter(Boolean);

  const lightSymbol = (id, here) => {
    for (const symbol of article().querySelectorAll(`svg.m [data-symbol="${CSS.escape(id)}"]`)) {
      places.ground(symbol, symbol === here ? "lit here" : "lit");
    }
    const names = new Set(namesIn(id));
    if (!names.size) return;
    for (const part of article().querySelectorAll("pre .n, :not(pre) > code")) {
      if (names.has(part.textContent)) part.classList.add("lit");
    }
  };

  const linesOf = (name) =>
    (equations()[name]?.lines ?? []).flatMap((line) => {
      const [file, number] = line.split(/:(?=\d+$)/);
      return [...article().querySelectorAll(`[data-file="${CSS.escape(file)}"] [data-line="${number}"]`)];
    });

  const equationsOf = (line) => {
    const wanted = `${line.closest("[data-file]").dataset.file}:${line.dataset.line}`;
    return Object.entries(equations())
      .filter(([, { lines }]) => lines.includes(wanted))
      .map(([name]) => document.getElementById(name))
      .filter(Boolean);
  };

  const light = (parts) => parts.forEach((part) => part.classList.add("lit"));

  // The symbol that a name in code stands for: of one layer rather than of any.
  const symbolOfName = (text) => {
    if (!text) return null;
    const rows = [...document.querySelectorAll("tr[data-names]")].filter((row) => row.dataset.names.split(" ").includes(text));
    return (rows.find((row) => row.dataset.names === text) ?? rows[0])?.dataset.row ?? null;
  };

  return { article, built, darken, equations, equationsOf, light, lightSymbol, linesOf, rowOf, symbolOfName };
})();
