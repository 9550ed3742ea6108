const PERIOD = 15_000;

/**
 * Ask the server for parts marked `data-refresh` again, every quarter of a minute and when the reader comes back to the
 * page; not while he is elsewhere.
 */
export function keepFresh(htmx) {
  const refresh = () => {
    if (document.visibilityState === 'visible') {
      document.querySelectorAll('[data-refresh]').forEach((part) => htmx.trigger(part, 'refresh'));
    }
  };

  window.setInterval(refresh, PERIOD);
  document.addEventListener('visibilitychange', refresh);
}
