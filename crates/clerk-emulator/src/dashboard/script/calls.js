// Calls to the emulator, with the secret key that stands in the page.

export const secret = document.querySelector('meta[name=secret]').content;

export async function call(method, path, body) {
  const options = { method, headers: { authorization: `Bearer ${secret}`, 'x-emulator-dashboard': '1' } };
  if (body !== undefined) {
    options.headers['content-type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options).catch(() => {
    throw new Error('The emulator does not answer. Is it still running?');
  });
  const text = await answer.text();
  const value = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(value?.errors?.[0]?.long_message ?? `The emulator answered ${answer.status}.`);
  return value;
}
export const get = (path) => call('GET', path);
