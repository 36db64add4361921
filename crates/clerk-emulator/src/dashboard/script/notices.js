// What is said of what a person asked for.

import { h } from './elements.js';

export function notice(text, bad = false) {
  const shown = h('p', { class: bad ? 'bad' : '' }, text);
  document.querySelector('#notices').append(shown);
  setTimeout(() => shown.remove(), bad ? 9000 : 3500);
}

/** Runs something a person asked for; what fails is said. */
export function doing(work, done) {
  return async (event) => {
    event?.preventDefault?.();
    const button = event?.submitter ?? event?.currentTarget;
    if (button) button.disabled = true;
    try {
      await work(event);
      if (done) notice(done);
    } catch (error) {
      notice(error.message, true);
    } finally {
      if (button) button.disabled = false;
    }
  };
}
