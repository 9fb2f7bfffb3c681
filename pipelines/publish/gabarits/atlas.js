// Sorting tables, searching a list, interactive figures. Pages can be read in full without this script.
"use strict";
(function () {
  var plain = function (text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[’']/g, " ").toLowerCase();
  };
  var key = function (row, column) {
    var cell = row.cells[column];
    return "v" in cell.dataset ? parseFloat(cell.dataset.v) : cell.textContent.trim();
  };
  var compare = function (a, b) {
    var numbers = [typeof a === "number", typeof b === "number"];
    if (numbers[0] && numbers[1]) return a - b;
    if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
    return a.localeCompare(b, "fr", { numeric: true });
  };

  document.querySelectorAll("table.triable").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "tri";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = table.tBodies[0];
        Array.prototype.slice.call(body.rows)
          .map(function (row, order) { return { row: row, order: order, key: key(row, column) }; })
          .sort(function (a, b) {
            // What has no value stays last, whatever the direction.
            if ((typeof a.key === "number") !== (typeof b.key === "number")) return compare(a.key, b.key);
            return (down ? -1 : 1) * compare(a.key, b.key) || a.order - b.order;
          })
          .forEach(function (line) { body.appendChild(line.row); });
      });
    });
  });

  var form = document.querySelector("[data-recherche]");
  if (form) {
    var field = form.querySelector("input"), count = form.querySelector("[data-compte]");
    var lines = Array.prototype.map.call(document.querySelectorAll("main tbody tr"), function (row) {
      return { row: row, text: plain(row.textContent) };
    });
    var look = function () {
      var words = plain(field.value).split(/\s+/).filter(Boolean), found = 0;
      lines.forEach(function (line) {
        var kept = words.every(function (word) { return line.text.indexOf(word) >= 0; });
        line.row.hidden = !kept;
        if (kept) found += 1;
      });
      count.textContent = found === 0 ? "Aucun résultat." : found === 1 ? "1 résultat." : found + " résultats.";
    };
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    field.addEventListener("input", look);
    look();
  }

  // A figure becomes interactive when asked: its specification and the shared script are loaded then.
  var root = document.querySelector('link[rel="stylesheet"]').getAttribute("href").replace("statique/atlas.css", "");
  var waiting = {};
  window.atlasFigure = function (name, spec) { waiting[name](spec); };
  var load = function (address, done) {
    if (document.querySelector('script[src="' + address + '"]')) { done(); return; }
    var script = document.createElement("script");
    script.src = address;
    script.onload = done;
    document.head.appendChild(script);
  };
  document.querySelectorAll("[data-figure]").forEach(function (place) {
    var name = place.dataset.figure, links = place.parentNode.querySelector(".telecharger");
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "version interactive";
    button.setAttribute("aria-label", "Version interactive : " + place.getAttribute("aria-label").replace("Graphique : ", ""));
    links.appendChild(button);
    button.addEventListener("click", function () {
      load(root + "statique/vega.js", function () {
        waiting[name] = function (spec) {
          var box = document.createElement("div");
          place.replaceChildren(box);
          window.vegaEmbed(box, spec, { actions: false, renderer: "svg" }).then(function () { button.remove(); place.focus(); });
        };
        load(root + "figures/" + name + ".js", function () {});
      });
    });
  });
})();
