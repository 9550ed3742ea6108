/**
 * What is typed into a task saves itself: at once in this tab, and half a second later on the server. The tab's copy
 * survives a lost connection and an expired session; it goes when the server has the text.
 */

import { send } from './server.js';

const DELAY = 700;
const RETRY = 10_000;

export class Draft {
  /** `read` gives what is typed, `tell(state, error)` is told `saving`, `saved` or `failed`. */
  constructor(address, read, tell) {
    this.address = address;
    this.read = read;
    this.tell = tell;
    this.place = `draft ${address}`;
    this.timer = null;
    this.stopped = false;
    document.addEventListener('visibilitychange', () => this.leave());
  }

  /** What this tab kept because the server could not be reached. */
  static kept(address) {
    const text = sessionStorage.getItem(`draft ${address}`);

    return text ? JSON.parse(text) : null;
  }

  /** Something was typed. */
  changed() {
    if (this.stopped) {
      return;
    }
    sessionStorage.setItem(this.place, JSON.stringify(this.read()));
    this.schedule(DELAY);
  }

  schedule(delay) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), delay);
  }

  async save({ keepalive = false } = {}) {
    const text = sessionStorage.getItem(this.place);

    window.clearTimeout(this.timer);
    this.timer = null;

    if (!text || this.stopped) {
      return;
    }

    this.tell('saving');

    try {
      const { savedAt } = await send(this.address, JSON.parse(text), { method: 'PUT', keepalive });

      if (sessionStorage.getItem(this.place) === text) {
        sessionStorage.removeItem(this.place);
      }
      this.tell('saved', savedAt);
    } catch (refusal) {
      this.tell('failed', refusal);

      if (refusal.status === 0 || refusal.status === 401 || refusal.status >= 500) {
        this.schedule(RETRY);
      }
    }
  }

  /** The page is about to go: save what waits. */
  leave() {
    if (document.visibilityState === 'hidden' && this.timer) {
      this.save({ keepalive: true });
    }
  }

  /** The task is done: nothing more to keep. */
  forget() {
    this.stopped = true;
    window.clearTimeout(this.timer);
    sessionStorage.removeItem(this.place);
  }
}
