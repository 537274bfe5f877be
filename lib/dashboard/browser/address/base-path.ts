/** Where the server mounted the pages: it writes it into index.html. Without a slash at the end; '' at the root. */
export const BASE_PATH = (
  document.querySelector('meta[name="kyu-base"]')?.getAttribute('content') ?? ''
).replace(/\/+$/, '');
