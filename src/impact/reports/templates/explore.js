// What the page for exploring does with the figures in it: it filters, sorts and draws them as they were published, and
// works none of them out. What is shown stands in the fragment of the address, so that it can be shared and Back works.
// Texts reach the page as text only, never as markup.
(function () {
  "use strict";

  const data = JSON.parse(document.getElementById("figures").textContent);
  const element = (id) => document.getElementById(id);
  const indicators = new Map(data.indicators.map((one) => [one.id, one]));
  const periods = new Map(data.periods.map((one) => [one.id, one]));
  const sectors = new Map(data.sectors.map((one) => [one.id, one]));
  const models = new Map(Object.entries(data.models));
  const sets = new Map(data.sets.map((set) => [set.id, { title: set.title, fields: set.fields, rows: rowsOf(set) }]));

  const ALL = "all";
  const QUARTERS = "quarters";
  const SHORTHAND = ["[c]", "[x]", "[z]", "[u]"];
  const NOTHING = ["[x]", "[z]", "", "-"];

  // A column is of places in the texts; -3 says that the text before stands in 3 more rows.
  function rowsOf(set) {
    const rows = [];
    set.fields.forEach((field, index) => {
      let [at, text] = [0, ""];
      set.columns[index].forEach((place) => {
        text = place < 0 ? text : data.texts[place];
        for (let more = Math.max(1, -place); more; more -= 1) {
          rows[at] = rows[at] || {};
          rows[at][field] = text;
          at += 1;
        }
      });
    });
    rows.forEach((row) => (row.period = row.grain + "." + row.period_id));
    return rows;
  }

  // ---- Texts ----

  const isFigure = (text) => !SHORTHAND.includes(text);
  const number = (text) => (isFigure(text) ? Number(text) : null);
  const commas = (text) => text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
  const shown = (text, indicator) => (indicator.unit === "GBP" && isFigure(text) ? commas(text) : text);
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const unit = (indicator) => " (" + indicator.sign + ")";
  const noted = (text, note, join, end) => (note && isFigure(text) ? text + join + note + end : text);
  const distinct = (rows, field) => [...new Set(rows.map((row) => row[field]))];

  function between(low, high, indicator) {
    const none = [low, high].find((text) => !isFigure(text));
    return none || shown(low, indicator) + " to " + shown(high, indicator);
  }

  function verdict(row) {
    return row.verdict === "not compared"
      ? noted(row.verdict, row.verdict_note, ": ", "")
      : noted(row.verdict, row.verdict_note, " (", ")");
  }

  // ---- The columns of a table. `by` is what a column of figures is sorted by; others are sorted by their texts. ----

  function figureColumn(id, heading, cell, by) {
    return { id, heading, cell, by, isFigure: true, isNeeded: id === "value" };
  }

  function columnsOf(set, indicator) {
    const sign = unit(indicator);
    const figure = (id, heading) =>
      figureColumn(id, heading + sign, (row) => shown(row[id], indicator), (row) => number(row[id]));
    const range = (id, heading, low, high) =>
      figureColumn(id, heading + sign, (row) => between(row[low], row[high], indicator), (row) => number(row[low]));
    const aboutRow = (id, heading, cell) => ({ id, heading, cell, isLeftOutIfAlike: true });
    const sector = aboutRow("sector", "Sector", (row) => sectors.get(row.sector).name);
    const model = aboutRow("model", "Delivery model", (row) => models.get(row.delivery_model));
    const basis = aboutRow("basis_name", "Basis", (row) => row.basis_name);
    const period = aboutRow("period", "Period", (row) => capital(periods.get(row.period).label));
    const months = figureColumn(
      "months_reported",
      "Months reported",
      (row) => row.months_reported + " of " + row.months_expected,
      (row) => Number(row.months_reported)
    );
    if (set === "organisations") {
      return [
        aboutRow("organisation_name", "Organisation", (row) => row.organisation_name),
        period,
        model,
        sector,
        basis,
        figure("value", "Figure"),
        range("lower_95", "95% interval", "lower_95", "upper_95"),
        figure("peer_median", "Median of peers"),
        range("peer_lower_quartile", "Middle half of peers", "peer_lower_quartile", "peer_upper_quartile"),
        { id: "verdict", heading: "Verdict", cell: verdict },
        { id: "variation", heading: "Over time", cell: (row) => noted(row.variation, row.variation_note, ": ", "") },
        months,
        { id: "note", heading: "Note on figure and peers", cell: (row) => row.peer_note || "-", isNote: true },
      ];
    }
    const each = indicator.sums ? "of an organisation" : "of organisations";
    return [
      sector,
      model,
      period,
      basis,
      figure("value", indicator.sums ? "Total" : "Pooled"),
      figure("median", "Median " + each),
      range("lower_quartile", "Middle half " + each, "lower_quartile", "upper_quartile"),
      figureColumn(
        "organisations",
        "Organisations reporting",
        (row) => row.organisations + " of " + row.organisations_registered,
        (row) => Number(row.organisations)
      ),
      months,
      { id: "note", heading: "Note", cell: (row) => row.note || "-", isNote: true },
    ];
  }

  // A column is left out where it says nothing of any row, or of all rows the same that the heading or the choice says
  // already; a note that is the same for all is said once, below.
  function columnsThere(columns, rows) {
    const isAlike = (column) => new Set(rows.map(column.cell)).size < 2;
    const there = columns.filter((column) => {
      if (column.isLeftOutIfAlike || (column.isNote && rows.length > 1)) {
        return !isAlike(column);
      }
      return column.isNeeded || rows.some((row) => !NOTHING.includes(column.cell(row)));
    });
    // What a row is about stands first, be it the same for all.
    return there[0].isFigure ? [columns[0], ...there] : there;
  }

  // ---- What is chosen, and the fragment that says so ----

  function chosenIn(fragment) {
    const asked = new URLSearchParams(fragment);
    const pick = (name, options) => (options.includes(asked.get(name)) ? asked.get(name) : options[0]);
    const set = pick("show", [...sets.keys()]);
    const rows = sets.get(set).rows;
    const indicator = pick("indicator", indicatorsOf(rows).map((one) => one.id));
    const ids = columnsOf(set, indicators.get(indicator)).map((column) => column.id);
    return {
      set,
      indicator,
      period: pick("period", periodsOf(rows, indicator).map((one) => one.id)),
      sector: pick("sector", [ALL, ...distinct(rows, "sector")]),
      models: modelsOf(rows).filter((model) => !asked.has("models") || asked.get("models").split(".").includes(model)),
      sort: pick("sort", ["", ...ids]),
      order: pick("order", ["ascending", "descending"]),
    };
  }

  function fragmentOf(chosen) {
    const asked = new URLSearchParams({ show: chosen.set, indicator: chosen.indicator, period: chosen.period });
    if (chosen.sector !== ALL) {
      asked.set("sector", chosen.sector);
    }
    if (chosen.models.length < modelsOf(sets.get(chosen.set).rows).length) {
      asked.set("models", chosen.models.join("."));
    }
    if (chosen.sort) {
      asked.set("sort", chosen.sort);
      asked.set("order", chosen.order);
    }
    return asked.toString();
  }

  function indicatorsOf(rows) {
    const there = new Set(distinct(rows, "indicator_id"));
    return data.indicators.filter((one) => there.has(one.id));
  }

  // Where there are several quarters, all of them can be seen together; a year is never put beside a quarter.
  function periodsOf(rows, indicator) {
    const there = new Set(distinct(rows.filter((row) => row.indicator_id === indicator), "period"));
    const found = data.periods.filter((one) => there.has(one.id));
    const quarters = found.filter((one) => one.grain === "quarter");
    return quarters.length > 1 ? [...found, { id: QUARTERS, label: "every quarter" }] : found;
  }

  function modelsOf(rows) {
    const there = new Set(distinct(rows, "delivery_model"));
    return [...models.keys()].filter((model) => there.has(model));
  }

  const isOfPeriod = (row, period) => (period === QUARTERS ? row.grain === "quarter" : row.period === period);

  function sorted(rows, column, order) {
    if (!column) {
      return rows;
    }
    const sign = order === "descending" ? -1 : 1;
    const of = new Map(rows.map((row) => [row, column.by ? column.by(row) : column.cell(row)]));
    return [...rows].sort((one, other) => {
      const [a, b] = [of.get(one), of.get(other)];
      if (a === null || b === null) {
        return (a === null) - (b === null);
      }
      return sign * (column.by ? a - b : a.localeCompare(b, "en-GB"));
    });
  }

  // All that is drawn follows from this: the rows, their columns, and what they are called.
  function viewOf(chosen) {
    const { rows } = sets.get(chosen.set);
    const indicator = indicators.get(chosen.indicator);
    const period = periodsOf(rows, chosen.indicator).find((one) => one.id === chosen.period);
    const columns = columnsOf(chosen.set, indicator);
    const ofPeriod = rows.filter((row) => row.indicator_id === indicator.id && isOfPeriod(row, period.id));
    const found = ofPeriod.filter(
      (row) => [ALL, row.sector].includes(chosen.sector) && chosen.models.includes(row.delivery_model)
    );
    const inOrder = sorted(found, columns.find((column) => column.id === chosen.sort), chosen.order);
    return {
      ...chosen,
      rows: inOrder,
      of: ofPeriod.length,
      indicator,
      period,
      columns: columnsThere(columns, inOrder),
      note: columns.find((column) => column.isNote),
    };
  }

  // ---- The controls ----

  function make(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // Options are made anew only where they have changed, so that nothing is taken from under whoever is choosing.
  function offer(select, groups, chosen) {
    const offered = JSON.stringify(groups);
    if (select.offered !== offered) {
      select.offered = offered;
      const option = (one) => make("option", { value: one.id, textContent: capital(one.name || one.label) });
      select.replaceChildren(
        ...groups.flatMap(([label, some]) => {
          const options = some.map(option);
          return label ? [make("optgroup", { label }, ...options)] : options;
        })
      );
      select.parentElement.hidden = groups.flatMap(([, some]) => some).length < 2;
    }
    select.value = chosen;
  }

  function offerInputs(fieldset, type, options, chosen) {
    const offered = JSON.stringify(options);
    if (fieldset.offered !== offered) {
      fieldset.offered = offered;
      fieldset.querySelectorAll("label").forEach((label) => label.remove());
      fieldset.append(
        ...options.map(([id, label]) => make("label", {}, make("input", { type, name: fieldset.id, value: id }), label))
      );
      fieldset.hidden = options.length < 2;
    }
    fieldset.querySelectorAll("input").forEach((input) => (input.checked = chosen.includes(input.value)));
  }

  function drawControls(view) {
    const { rows } = sets.get(view.set);
    const there = new Set(distinct(rows, "sector"));
    const found = data.sectors.filter((one) => there.has(one.id));
    const areas = found.filter((one) => one.area);
    const topics = new Map();
    indicatorsOf(rows).forEach((one) => topics.set(one.topic, [...(topics.get(one.topic) || []), one]));
    offerInputs(element("show"), "radio", [...sets].map(([id, set]) => [id, set.title]), [view.set]);
    offer(element("indicator"), [...topics], view.indicator.id);
    offer(element("period"), [["", periodsOf(rows, view.indicator.id)]], view.period.id);
    const all = { id: ALL, name: areas.length ? "Every sector and area" : "Every sector" };
    const every = found.length > 1 ? [["", [all]]] : [];
    const parts = areas.length ? [["Sectors", found.filter((one) => !one.area)], ["Areas", areas]] : [["", found]];
    offer(element("sector"), [...every, ...parts], view.sector);
    document.querySelector("label[for=sector]").textContent = areas.length ? "Sector or area" : "Sector";
    offerInputs(element("models"), "checkbox", modelsOf(rows).map((model) => [model, models.get(model)]), view.models);
    element("reset").hidden = found.length < 2 && element("models").hidden;
  }

  // ---- Words and table ----

  // What all rows have in common, for the caption of a table that leaves it out.
  function inCommon(view) {
    const names = view.set === "organisations" ? distinct(view.rows, "organisation_name") : [];
    const bases = distinct(view.rows, "basis_name").filter(isFigure);
    return [...(names.length === 1 ? names : []), ...(bases.length === 1 ? bases : [])];
  }

  function drawWords(view) {
    const what = view.indicator.name + ", " + view.period.label;
    element("what").textContent = what;
    element("about").textContent = view.indicator.about;
    const parts = [view.indicator.name + unit(view.indicator), ...inCommon(view), view.period.label];
    element("caption").textContent = parts.join(", ");
    // A status is read out when it changes: whoever hears it is told of what, too.
    const count = view.rows.length + " of " + view.of + (view.of === 1 ? " row" : " rows") + " shown";
    element("count").replaceChildren(count, make("span", { className: "hidden", textContent: ": " + what }), ".");
    if (!view.rows.length) {
      element("count").append(" Nothing fits all that is chosen: choose more, or show everything.");
    }
    const notes = new Set(view.rows.map(view.note.cell));
    const isSaidBelow = notes.size === 1 && !notes.has("-") && !view.columns.includes(view.note);
    element("notes").replaceChildren(
      ...(isSaidBelow ? [make("p", { className: "quiet", textContent: "All rows: " + [...notes][0] + "." })] : [])
    );
  }

  function heading(column, view) {
    const isSorted = view.sort === column.id;
    const sign = isSorted ? (view.order === "ascending" ? " ▲" : " ▼") : "";
    const button = make("button", { type: "button", className: "sort", id: "sort-" + column.id }, column.heading);
    const arrow = make("span", { textContent: sign });
    arrow.setAttribute("aria-hidden", "true");
    button.append(arrow);
    button.addEventListener("click", () => choose(nextOrder(view, column.id)));
    const cell = make("th", { scope: "col", className: column.isFigure ? "figure" : "" }, button);
    if (isSorted) {
      cell.setAttribute("aria-sort", view.order);
    }
    return cell;
  }

  // Up, down, and as published again.
  function nextOrder(view, id) {
    if (view.sort !== id) {
      return { sort: id, order: "ascending" };
    }
    return view.order === "ascending" ? { order: "descending" } : { sort: "", order: "ascending" };
  }

  function drawTable(view) {
    const table = document.querySelector("#shown table");
    const focused = document.activeElement && document.activeElement.id;
    const isInHead = table.tHead.contains(document.activeElement);
    table.tHead.replaceChildren(make("tr", {}, ...view.columns.map((column) => heading(column, view))));
    if (isInHead && element(focused)) {
      element(focused).focus();
    }
    table.tBodies[0].replaceChildren(
      ...view.rows.map((row) =>
        make(
          "tr",
          {},
          ...view.columns.map((column, index) => {
            const text = column.cell(row);
            return index === 0
              ? make("th", { scope: "row", textContent: text })
              : make("td", { className: column.isFigure ? "figure" : column.id, textContent: text });
          })
        )
      )
    );
  }

  // ---- Charts, drawn as those of the report are: one for each basis, because two bases on one axis would invite a
  // comparison that cannot be made ----

  const ROOMY = 560;
  const LEAST = 280; // a page that is opened behind others has no width yet
  const SHAPES = {
    in_house: "0,-6.9 6.6,5.1 -6.6,5.1",
    outsourced: "0,-7.8 7.8,0 0,7.8 -7.8,0",
    other: "-5.7,-5.7 5.7,-5.7 5.7,5.7 -5.7,5.7",
  };
  const pen = document.createElement("canvas").getContext("2d");

  function svg(tag, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }

  function shape(model, x, y) {
    if (model === "mutual") {
      return svg("circle", { class: "mutual", cx: x, cy: y, r: 6 });
    }
    const known = Object.hasOwn(SHAPES, model);
    return svg("polygon", {
      class: known ? model.replace("_", "-") : "unclassified",
      points: SHAPES[known ? model : "other"],
      transform: "translate(" + x + " " + y + ")",
    });
  }

  function bandOf(from, to, y) {
    const edges = "M" + from + " " + (y - 7) + "v14M" + to + " " + (y - 7) + "v14";
    return [
      svg("rect", { class: "band", x: from, y: y - 7, width: to - from, height: 14 }),
      svg("path", { class: "edge", d: edges }),
    ];
  }

  function intervalOf(from, to, y) {
    const ends = [from, to].map((x) => "M" + x + " " + (y - 3.5) + "v7").join("");
    return svg("path", { class: "interval", d: "M" + from + " " + y + "H" + to + ends });
  }

  const medianOf = (x, y) => svg("line", { class: "median", x1: x, x2: x, y1: y - 9, y2: y + 9 });

  // Text cut to the room that there is; it stands whole in the table.
  function fitted(text, room) {
    const letters = Array.from(text);
    const width = (count) => pen.measureText(letters.slice(0, count).join("") + "…").width;
    if (pen.measureText(text).width <= room) {
      return text;
    }
    let [fits, over] = [0, letters.length];
    while (over - fits > 1) {
      const middle = (fits + over) >> 1;
      [fits, over] = width(middle) <= room ? [middle, over] : [fits, middle];
    }
    return letters.slice(0, fits).join("").trimEnd() + "…";
  }

  // From, to and step of an axis of round numbers that holds all of them.
  function axisOf(values, wanted) {
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    const rough = (greatest - least) / wanted || Math.abs(greatest) / 10 || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.9999) * power;
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const [low, high] = [Math.floor(least / step) * step, Math.ceil(greatest / step) * step];
    return high > low ? { low, high, step, decimals } : { low: low - step, high: high + step, step, decimals };
  }

  function markOf(row, view) {
    const ofPeers = view.set === "organisations";
    const hasPeers = ofPeers || !view.indicator.sums;
    const [low, middle, high] = ofPeers
      ? [row.peer_lower_quartile, row.peer_median, row.peer_upper_quartile]
      : [row.lower_quartile, row.median, row.upper_quartile];
    return {
      name: labelOf(row, view),
      model: row.delivery_model,
      value: number(row.value),
      text: shown(row.value, view.indicator),
      lower: ofPeers ? number(row.lower_95) : null,
      upper: ofPeers ? number(row.upper_95) : null,
      low: hasPeers ? number(low) : null,
      middle: hasPeers ? number(middle) : null,
      high: hasPeers ? number(high) : null,
    };
  }

  function labelOf(row, view) {
    if (view.set === "groups") {
      return sectors.get(row.sector).name + ": " + models.get(row.delivery_model);
    }
    if (view.period.id !== QUARTERS) {
      return row.organisation_name;
    }
    const period = capital(periods.get(row.period).label);
    return distinct(view.rows, "organisation_code").length > 1 ? row.organisation_name + ", " + period : period;
  }

  function drawCharts(view) {
    const found = element("charts");
    found.replaceChildren();
    const drawable = view.rows.filter((row) => isFigure(row.value));
    const undrawn = view.rows.length - drawable.length;
    const ofBasis = (basis) => drawable.filter((row) => row.basis === basis);
    found.append(...distinct(drawable, "basis").map((basis) => chart(ofBasis(basis), view, found)));
    if (undrawn) {
      const [have, them] = undrawn === 1 ? [" row has", "it"] : [" rows have", "them"];
      const said = undrawn + have + " no figure to draw; the table has " + them + ".";
      found.append(make("p", { className: "quiet", textContent: said }));
    }
  }

  function chart(rows, view, room) {
    const marks = rows.map((row) => markOf(row, view));
    const title = view.indicator.name + unit(view.indicator) + ", " + rows[0].basis_name;
    return make(
      "figure",
      {},
      make(
        "figcaption",
        {},
        make("h3", { textContent: title }),
        make("p", { className: "subtitle", textContent: capital(view.period.label) }),
        keyOf(marks, view)
      ),
      drawing(marks, title, Math.max(room.clientWidth, LEAST))
    );
  }

  function keyOf(marks, view) {
    const size = { viewBox: "0 0 24 20", width: 24, height: 20 };
    const sign = (...parts) => svg("svg", { class: "chart sign", "aria-hidden": "true", ...size }, ...parts);
    const whose = view.set === "organisations" ? " of its peers" : " of its organisations";
    const entry = (label, ...parts) => make("li", {}, sign(...parts), label);
    const isThere = (field) => marks.some((mark) => mark[field] !== null);
    const there = [...models].filter(([id]) => marks.some((mark) => mark.model === id));
    return make(
      "ul",
      { className: "key" },
      ...there.map(([id, name]) => entry(name, shape(id, 12, 10))),
      ...(isThere("lower") ? [entry("95% interval of its own figure", intervalOf(2, 22, 10))] : []),
      ...(isThere("middle") ? [entry("Median" + whose, medianOf(12, 10))] : []),
      ...(isThere("low") ? [entry("Middle half" + whose, ...bandOf(1, 23, 10))] : [])
    );
  }

  // On a wide page the name stands before its line and the figure after it; on a narrow one both stand above it.
  function drawing(marks, title, width) {
    const family = getComputedStyle(document.body).fontFamily;
    pen.font = "13px " + family;
    const isRoomy = width >= ROOMY;
    const widest = (texts) => Math.max(...texts.map((text) => pen.measureText(text).width));
    const right = isRoomy ? widest(marks.map((mark) => mark.text)) * 1.1 + 24 : 10;
    const left = isRoomy ? Math.min(widest(marks.map((mark) => mark.name)) + 24, width * 0.4) : 10;
    const [row, top, bottom] = [isRoomy ? 30 : 48, 26, 26];
    const height = top + row * marks.length + bottom;
    const values = marks
      .flatMap((mark) => [mark.value, mark.lower, mark.upper, mark.low, mark.middle, mark.high])
      .filter((value) => value !== null);
    const tickRoom = Math.max(45, pen.measureText(commas(Math.max(...values).toFixed(0))).width + 30);
    const axis = axisOf(values, Math.min(8, Math.max(2, Math.floor((width - left - right) / tickRoom))));
    const scale = (width - left - right) / (axis.high - axis.low);
    const x = (value) => Math.round((left + (value - axis.low) * scale) * 10) / 10;
    const made = svg("svg", {
      class: "chart",
      role: "img",
      "aria-label": title + ". Rows drawn: " + marks.length + ". The table gives every figure.",
      viewBox: "0 0 " + width + " " + height,
      width,
      height,
    });
    for (let index = 0; index <= Math.round((axis.high - axis.low) / axis.step); index += 1) {
      const tick = axis.low + index * axis.step;
      // Sums of steps can end just below 0.
      const text = commas(tick.toFixed(axis.decimals).replace(/^-(?=[0.]+$)/, ""));
      const half = pen.measureText(text).width / 2;
      const at = Math.min(Math.max(x(tick), half), width - half);
      made.append(svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: top, y2: height - bottom }));
      made.append(svg("text", { class: "tick", x: at, y: top - 8, "text-anchor": "middle" }, text));
      if (marks.length > 12) {
        made.append(svg("text", { class: "tick", x: at, y: height - bottom + 16, "text-anchor": "middle" }, text));
      }
    }
    const frame = { x, width, left, isRoomy };
    marks.forEach((mark, index) => made.append(line(mark, top + row * index, frame)));
    return made;
  }

  function line(mark, y, { x, width, left, isRoomy }) {
    const [first, centre] = isRoomy ? [y + 20, y + 15] : [y + 18, y + 35];
    const room = isRoomy ? left - 16 : width - pen.measureText(mark.text).width - 20;
    const made = svg("g", {}, svg("title", {}, mark.name + ": " + mark.text));
    made.append(svg("line", { class: "grid", x1: 0, x2: width, y1: y, y2: y }));
    made.append(svg("text", { class: "name", x: 0, y: first }, fitted(mark.name, room)));
    made.append(svg("text", { class: "name strong", x: width, y: first, "text-anchor": "end" }, mark.text));
    if (mark.low !== null && mark.high !== null) {
      made.append(...bandOf(x(mark.low), x(mark.high), centre));
    }
    if (mark.middle !== null) {
      made.append(medianOf(x(mark.middle), centre));
    }
    if (mark.lower !== null && mark.upper !== null) {
      made.append(intervalOf(x(mark.lower), x(mark.upper), centre));
    }
    made.append(shape(mark.model, x(mark.value), centre));
    return made;
  }

  // ---- Download: the rows that are shown, with the names of the data files ----

  // As the data files have it: what Excel would take for a formula gets an apostrophe before it, a negative figure not.
  function cell(text) {
    const isFormula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
    const safe = isFormula ? "'" + text : text;
    return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  }

  function csvOf(view) {
    const fields = sets.get(view.set).fields.flatMap((field) =>
      field === "indicator_id" ? [field, "indicator_name", "unit"] : [field]
    );
    const about = { indicator_name: view.indicator.name, unit: view.indicator.unit };
    const lines = view.rows.map((row) => fields.map((field) => cell({ ...row, ...about }[field])).join(","));
    return [fields.join(","), ...lines].join("\r\n") + "\r\n";
  }

  function download() {
    const view = viewOf(chosen);
    const address = URL.createObjectURL(new Blob([csvOf(view)], { type: "text/csv;charset=utf-8" }));
    const name = [data.audience, view.set, view.indicator.id, view.period.id].join("-") + ".csv";
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  // ---- All together ----

  let chosen = chosenIn(location.hash.slice(1));

  function draw() {
    const view = viewOf(chosen);
    drawControls(view);
    drawWords(view);
    drawTable(view);
    drawCharts(view);
  }

  // What no longer fits gives way: another indicator may have no figures of the period.
  function choose(changes) {
    chosen = chosenIn(fragmentOf({ ...chosen, ...changes }));
    location.hash = fragmentOf(chosen);
    draw();
  }

  // A fragment without a choice in it is a place on the page, such as the main content: what is shown stays.
  function follow() {
    const fragment = location.hash.slice(1);
    if (fragment !== fragmentOf(chosen) && (!fragment || fragment.includes("="))) {
      chosen = chosenIn(fragment);
      draw();
    }
  }

  function listen() {
    const form = element("choices");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      const { id, name, value } = event.target;
      if (name === "show") {
        const isEvery = chosen.models.length === modelsOf(sets.get(chosen.set).rows).length;
        choose({ set: value, sort: "", ...(isEvery ? { models: modelsOf(sets.get(value).rows) } : {}) });
      } else if (name === "models") {
        choose({ models: [...form.querySelectorAll("[name=models]:checked")].map((input) => input.value) });
      } else {
        choose({ [id]: value });
      }
    });
    element("reset").addEventListener("click", () => {
      choose({ sector: ALL, models: modelsOf(sets.get(chosen.set).rows), sort: "" });
    });
    element("download").addEventListener("click", download);
    window.addEventListener("hashchange", follow);
    let width = element("charts").clientWidth;
    window.addEventListener("resize", () => {
      if (element("charts").clientWidth !== width) {
        width = element("charts").clientWidth;
        drawCharts(viewOf(chosen));
      }
    });
  }

  element("choices").hidden = false;
  element("shown").hidden = false;
  draw();
  listen();
})();
