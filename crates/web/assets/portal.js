// Makes the portal's pages handier. Every page works without it.
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  // What this script says comes with the page, in the page's language.
  var texts = document.body.dataset;

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
  // What a button copies comes with it, or stands in the page already.
  function valueOf(button) {
    var shown = button.dataset.copies && document.getElementById(button.dataset.copies);
    return shown ? shown.textContent : button.dataset.value;
  }
  function copied(button) {
    say(button, texts.copied);
    status.textContent = button.getAttribute("aria-label") + ": " + texts.copied;
  }
  function copyByHand(button) {
    // Pages on plain http have no clipboard; a selection still copies.
    var area = document.createElement("textarea");
    area.value = valueOf(button);
    area.className = "hidden";
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    button.focus();
    if (done) {
      copied(button);
    } else {
      say(button, texts.byHand);
    }
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button.copy");
    if (!button) {
      return;
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(valueOf(button)).then(
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
    // What opens a tab of its own leaves this page as it is, to be sent from again.
    if (form.target === "_blank") {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    var button = event.submitter;
    if (button && button.dataset.busy) {
      var fetches = Array.prototype.some.call(form.querySelectorAll("input[data-fetched]"), function (input) {
        return input.value.trim() !== "";
      });
      button.dataset.label = button.textContent;
      button.style.minWidth = button.offsetWidth + "px";
      button.textContent = (fetches && button.dataset.fetching) || button.dataset.busy;
      button.setAttribute("aria-disabled", "true");
      status.textContent = button.textContent;
    }
  });
  // A file can be dropped anywhere on a form that takes one: on its own field, or else on the first.
  function hasFiles(event) {
    return !!event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0;
  }
  function placeFor(event) {
    var near = event.target.closest && event.target.closest(".drop");
    var form = event.target.closest && event.target.closest("form.bring");
    return near || (form && form.querySelector(".drop"));
  }
  function mark(place) {
    document.querySelectorAll(".drop-over").forEach(function (other) {
      if (other !== place) {
        other.classList.remove("drop-over");
      }
    });
    if (place) {
      place.classList.add("drop-over");
      var fold = place.closest("details");
      if (fold) {
        fold.open = true;
      }
    }
  }
  document.addEventListener("dragover", function (event) {
    if (!hasFiles(event)) {
      return;
    }
    // Beside the form a file must not replace the page, and with it what was typed.
    event.preventDefault();
    var place = placeFor(event);
    event.dataTransfer.dropEffect = place ? "copy" : "none";
    mark(place);
  });
  document.addEventListener("dragleave", function (event) {
    if (!event.relatedTarget) {
      mark(null);
    }
  });
  document.addEventListener("drop", function (event) {
    if (!hasFiles(event)) {
      return;
    }
    event.preventDefault();
    var place = placeFor(event);
    mark(null);
    if (place && event.dataTransfer.files.length > 0) {
      var input = place.querySelector("input[type=file]");
      input.files = event.dataTransfer.files;
      input.focus();
      status.textContent = input.files[0].name;
    }
  });

  // A page whose only purpose is to carry a form on.
  document.querySelectorAll("form[data-submit=at-once]").forEach(function (form) {
    form.submit();
  });
  // The list of steps marks the one that is being read. Who stays at one is there, and comes back
  // to it with the same link.
  var STAY_MS = 4000;
  var steps = document.querySelectorAll(".step");
  var links = document.querySelectorAll(".steps .here > a");
  var walk = document.querySelector("[data-reached]");
  var staying;
  function note(number) {
    if (number > Number(walk.dataset.reached)) {
      walk.dataset.reached = number;
      var token = document.querySelector("input[name=form_token]").value;
      var form = new URLSearchParams({ form_token: token, step: number });
      // Where it leads is here. What is not noted now is noted at the next step.
      fetch("/portal/sso/steps", { method: "POST", body: form, redirect: "manual" }).catch(function () {});
    }
  }
  function markStep() {
    var at = 0;
    steps.forEach(function (step, index) {
      if (step.getBoundingClientRect().top < window.innerHeight / 3) {
        at = index;
      }
    });
    if (window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 2) {
      at = steps.length - 1;
    }
    links.forEach(function (link, index) {
      if (index === at) {
        link.setAttribute("aria-current", "step");
      } else {
        link.removeAttribute("aria-current");
      }
    });
    window.clearTimeout(staying);
    staying = window.setTimeout(note, STAY_MS, Number(steps[at].id.slice("step-".length)));
  }
  if (steps.length > 1) {
    window.addEventListener("scroll", markStep, { passive: true });
  }

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
