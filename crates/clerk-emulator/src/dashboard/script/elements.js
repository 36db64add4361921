// Elements that every view is made of. Text is always set as text, never as HTML.

/** How many rows a table shows at once. */
export const PAGE = 20;

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (['value', 'checked', 'disabled', 'selected', 'textContent'].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((it) => it !== null && it !== undefined && it !== false));
  return element;
}

// Kept on one line by spaces that do not break.
export const when = (at) => (at ? new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).replace(/\s/g, '\u00a0') : '—');
export const tag = (text, kind = '') => h('span', { class: `tag ${kind}` }, text);
export const json = (value) => h('pre', { tabindex: '0', role: 'region', 'aria-label': 'JSON' }, JSON.stringify(value, null, 2));
export const button = (text, onclick, kind = '', label) => h('button', { type: 'button', class: kind, onclick, 'aria-label': label }, text);

export function head(title, lead, ...actions) {
  document.title = `${title} · Clerk emulator`;
  return [h('div', { class: 'head' }, h('h1', {}, title), h('div', { class: 'actions' }, actions)), h('p', { class: 'lead' }, lead)];
}

export function table(caption, columns, rows, empty, footer) {
  if (!rows.length) return h('div', { class: 'card' }, h('p', { class: 'empty' }, empty));
  return h('div', { class: 'card table' },
    h('table', {},
      h('caption', { class: 'hidden' }, caption),
      h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, name || h('span', { class: 'hidden' }, 'Actions'))))),
      h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell, index) => h('td', { 'data-label': columns[index] }, cell)))))),
    footer);
}

export function field(label, name, properties = {}, hint) {
  return h('label', {}, label, h('input', { name, autocomplete: 'off', ...properties }), hint && h('span', { class: 'hint' }, hint));
}

export function pager(offset, total, go) {
  if (total <= PAGE) return null;
  return h('div', { class: 'pager' },
    button('Newer', () => go(Math.max(0, offset - PAGE))),
    `${offset + 1}–${Math.min(offset + PAGE, total)} of ${total}`,
    button('Older', () => go(offset + PAGE < total ? offset + PAGE : offset)));
}

export function search(label, value, go) {
  let timer;
  return h('input', {
    type: 'search', class: 'search', 'aria-label': label, placeholder: label, value,
    oninput: (event) => { clearTimeout(timer); const { value } = event.target; timer = setTimeout(() => go(value), 250); },
  });
}

export const device = ({ latest_activity: { browser_name, device_type } }) => [browser_name || 'A client', device_type && `on ${device_type}`].filter(Boolean).join(' ');
export const status = (text) => tag(text, text === 'active' || text === 'delivered' || text === 'accepted' ? 'good' : text === 'failed' || text === 'revoked' ? 'bad' : text === 'pending' ? 'warn' : '');
