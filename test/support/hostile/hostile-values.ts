/** Values of handlers that want to harm whoever looks at them; each must end its run as a settled one. */

function raise(what: string): never {
  throw new Error(`${what} is not for you`);
}

function cyclicCauses(): Error {
  const [one, other] = [new Error('one'), new Error('other')];
  one.cause = other;
  other.cause = one;
  return one;
}

function selfContained(): AggregateError {
  const error = new AggregateError([], 'all of them');
  error.errors.push(error);
  return error;
}

function withGetter(name: 'message' | 'name' | 'stack' | 'cause' | 'then'): Error {
  return Object.defineProperty(new Error('hidden'), name, { get: () => raise(name) });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwingProxy = new Proxy(new Error('hidden'), {
  get: (_target, key) => raise(String(key)),
  has: (_target, key) => raise(String(key)),
  getPrototypeOf: () => raise('the prototype'),
});

/** What a handler may throw. */
export const HOSTILE_ERRORS: Readonly<Record<string, unknown>> = {
  'NUL and halves of pairs': new Error('a\u0000b\ud800c'),
  'ten million characters': new Error('x'.repeat(10_000_000)),
  'ten million NULs as text': '\u0000'.repeat(10_000_000),
  'causes in a ring': cyclicCauses(),
  'a list of errors with itself in it': selfContained(),
  'a message that throws': withGetter('message'),
  'a name that throws': withGetter('name'),
  'a stack that throws': withGetter('stack'),
  'a cause that throws': withGetter('cause'),
  'a proxy that throws at every touch': throwingProxy,
  'a revoked proxy': revoked(),
  'a function': () => raise('the call'),
  'a symbol': Symbol('\u0000'),
  'an object that refers to itself': Object.assign([], { 0: undefined, self: cyclicCauses() }),
  'an object without a prototype': Object.create(null),
  'a number': Number.NaN,
  undefined: undefined,
};

/** What a handler may return. */
export const HOSTILE_RESULTS: Readonly<Record<string, unknown>> = {
  'a then that throws': Object.defineProperty({}, 'then', { get: () => raise('then') }),
  'a thenable that throws': { then: () => raise('waiting') },
  'a thenable that rejects with a revoked proxy': {
    then: (_resolve: unknown, reject: (reason: unknown) => void) => reject(revoked()),
  },
  'a revoked proxy': revoked(),
  'a proxy that throws at every touch': throwingProxy,
  'a toJSON that throws': { toJSON: () => raise('JSON') },
  NUL: { text: 'a\u0000b' },
  'half of a pair': ['\ud800'],
  'a key with NUL': { 'a\u0000b': 1 },
  'a BigInt': { n: 1n },
  'ten million characters': 'x'.repeat(10_000_000),
};
