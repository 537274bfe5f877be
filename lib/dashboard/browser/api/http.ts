import { addressOf } from '../address/navigation.js';
import type { Answer } from '../../contract.js';
import { refusalFrom, unreachable } from './api-error.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

let csrfToken = '';

/** The server gives it with its configuration and wants it back with every change. */
export function keepCsrfToken(token: string): void {
  csrfToken = token;
}

export async function read<Data>(path: string, signal?: AbortSignal): Promise<Data> {
  const { data } = JSON.parse(await send('GET', path, undefined, signal)) as Answer<Data>;
  return data;
}

/** The answer as it stands: payloads must not pass through JSON.parse. */
export function readText(path: string): Promise<string> {
  return send('GET', path);
}

export async function change<Data>(
  method: Exclude<Method, 'GET'>,
  path: string,
  body?: unknown,
): Promise<Data> {
  const text = await send(method, path, body === undefined ? '{}' : JSON.stringify(body));
  return (text === '' ? undefined : (JSON.parse(text) as Answer<Data>).data) as Data;
}

/** With a body that is JSON text already: numbers in it stay as they were typed. */
export async function changeWithText(
  method: 'PUT' | 'PATCH' | 'POST',
  path: string,
  body: string,
): Promise<void> {
  await send(method, path, body);
}

async function send(method: Method, path: string, body?: string, signal?: AbortSignal): Promise<string> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (method !== 'GET') headers['x-kyu-csrf'] = csrfToken;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const address = addressOf(`/api/v1/${path}`);
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw unreachable();
  }
  if (!response.ok) throw refusalFrom(response.status, text);
  return text;
}
