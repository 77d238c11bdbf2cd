// Makes the portal's pages handier. Every page works without it.
(function () {
  "use strict";
  document.documentElement.classList.add("js");

  // Copy buttons: they stay invisible without this script, and the values can be selected.
  function say(button, text) {
    if (!button.dataset.label) {
      button.dataset.label = button.textContent;
    }
    button.textContent = text;
    window.setTimeout(function () {
      button.textContent = button.dataset.label;
    }, 2000);
  }
  var status = document.createElement("p");
  status.className = "hidden";
  status.setAttribute("role", "status");
  document.body.appendChild(status);
  function copied(button) {
    say(button, "Copied");
    status.textContent = (button.getAttribute("aria-label") || "Copy") + ": done";
  }
  function copyByHand(button) {
    // Pages on plain http have no clipboard; a selection still copies.
    var area = document.createElement("textarea");
    area.value = button.dataset.value;
    area.className = "hidden";
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    button.focus();
    if (done) {
      copied(button);
    } else {
      say(button, "Select it");
    }
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button.copy");
    if (!button) {
      return;
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(button.dataset.value).then(
        function () { copied(button); },
        function () { copyByHand(button); }
      );
    } else {
      copyByHand(button);
    }
  });

  // Long work says that it goes on, and is not sent twice.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    var button = event.submitter;
    if (button && button.dataset.busy) {
      button.dataset.label = button.textContent;
      button.textContent = button.dataset.busy;
      button.setAttribute("aria-disabled", "true");
    }
  });
  // A page that comes back from the browser's memory can be sent again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
    document.querySelectorAll("button[data-busy][aria-disabled]").forEach(function (button) {
      button.removeAttribute("aria-disabled");
      button.textContent = button.dataset.label;
    });
  });
})();
