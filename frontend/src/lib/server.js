/** Requests of our own scripts: JSON both ways, with the session's token. */

export function token() {
  return meta('csrf-token').content;
}

/** Who is signed in on this page; empty for nobody. */
export function person() {
  return meta('person').content;
}

function texts() {
  return document.querySelector('#notes').dataset;
}

function meta(name, page = document) {
  return page.querySelector(`meta[name="${name}"]`);
}

/** Take the token of the session that the same person began in another tab; false where somebody else did. */
async function renewed() {
  const answer = await fetch('/account').catch(() => null);
  const page = new DOMParser().parseFromString(answer?.ok ? await answer.text() : '', 'text/html');

  if (!person() || meta('person', page)?.content !== person()) {
    return false;
  }
  meta('csrf-token').content = meta('csrf-token', page).content;
  return true;
}

/** What the server refused, or that it did not answer (status 0). `fields` maps places to messages. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.title = body.title || '';
    this.fields = body.fields || {};
  }
}

/** Send JSON and return the JSON answer; raises Refusal. */
export async function send(address, body, given = {}) {
  try {
    return await sendOnce(address, body, given);
  } catch (refusal) {
    if (refusal.title !== texts().outdated || !(await renewed())) {
      throw refusal;
    }
    return sendOnce(address, body, given);
  }
}

async function sendOnce(address, body, { method = 'POST', key, keepalive = false }) {
  const headers = { Accept: 'application/json', 'X-CSRFToken': token() };

  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (key) {
    headers['Idempotency-Key'] = key;
  }

  let response;

  try {
    response = await fetch(address, {
      method,
      headers,
      keepalive,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, { detail: texts().lost });
  }

  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));

  if (!response.ok) {
    throw new Refusal(response.status, answer);
  }

  return answer;
}

export function get(address) {
  return send(address, undefined, { method: 'GET' });
}

/** Send the files that answers name, before the answers themselves; `chosen` are [id, File[]]. Raises Refusal. */
export async function upload(address, chosen, answers) {
  const text = JSON.stringify(answers);

  for (const [id, files] of chosen) {
    if (!files.length || !text.includes(JSON.stringify(id))) {
      continue;
    }

    const body = new FormData();
    files.forEach((file) => body.append('files', file));

    const headers = { 'X-CSRFToken': token(), Accept: 'application/json' };
    const response = await fetch(`${address}/${encodeURIComponent(id)}`, { method: 'POST', headers, body });

    if (!response.ok) {
      throw new Refusal(response.status, await response.json().catch(() => ({})));
    }
  }
}
