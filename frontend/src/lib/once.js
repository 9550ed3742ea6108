/**
 * Do something once however often the button is pressed. The key stays the same until the server has answered, so that
 * a repetition after a lost connection does nothing twice.
 */
export function once(act) {
  let busy = false;
  let key = newKey();

  return async (...given) => {
    if (busy) {
      return;
    }
    busy = true;

    try {
      await act(key, ...given);
      key = newKey();
    } catch (refusal) {
      if (refusal.status !== 0) {
        key = newKey();
      }
      throw refusal;
    } finally {
      busy = false;
    }
  };
}

/** A random key; `randomUUID` exists only on secure addresses. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
