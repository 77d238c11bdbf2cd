// Shows a branding while it is chosen. The page works without it, by its "Preview" button.
(function () {
  "use strict";
  var form = document.querySelector("form[data-preview]");
  if (!form) {
    return;
  }
  var WAIT_MS = 400;
  var waiting;
  var latest = 0;
  function refresh() {
    var number = ++latest;
    var data = new FormData(form);
    data.set("action", "preview");
    fetch(form.getAttribute("action"), { method: "POST", body: data, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (text) {
        // An answer that was overtaken shows what is not typed any more.
        if (text === null || number !== latest) {
          return;
        }
        var fresh = new DOMParser().parseFromString(text, "text/html").getElementById(form.dataset.preview);
        var place = document.getElementById(form.dataset.preview);
        if (fresh && place) {
          place.replaceChildren.apply(place, Array.prototype.slice.call(fresh.childNodes));
        }
      })
      .catch(function () {});
  }
  function soon() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(refresh, WAIT_MS);
  }
  form.addEventListener("input", function (event) {
    var picks = event.target.dataset.picks;
    if (picks) {
      document.getElementById(picks).value = event.target.value;
    }
    soon();
  });
  form.addEventListener("change", soon);
})();
