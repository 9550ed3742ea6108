// Runs before the first paint: a chosen look wins, else the system's is followed.
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia('(prefers-color-scheme: dark)');

  function apply() {
    var chosen = root.dataset.look;
    root.dataset.bsTheme = chosen === 'auto' ? (dark.matches ? 'dark' : 'light') : chosen;
  }

  apply();
  dark.addEventListener('change', apply);
})();
