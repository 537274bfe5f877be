import type { Route } from './route.js';

/** What is neither data nor a change: the stream of news, and the document about all of this. */
export function documentRoutes(document: () => unknown): readonly Route[] {
  return [
    {
      name: 'listenToEvents',
      method: 'GET',
      path: 'events',
      permission: 'read',
      tag: 'Dashboard',
      summary: 'Server-sent events: `changed`, at most once a second, says what the pages should read again.',
      answers: 'stream',
      handle: () => Promise.resolve(undefined),
    },
    {
      name: 'readDocument',
      method: 'GET',
      path: 'openapi.json',
      permission: 'read',
      tag: 'Dashboard',
      summary: 'This document.',
      answers: 'document',
      handle: () => Promise.resolve(document()),
    },
  ];
}
