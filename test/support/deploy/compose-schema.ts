/**
 * The part of the Compose Specification that docker-compose.yml uses. Nothing else is allowed, so a misspelt key is an
 * error here, as it is for Docker. A key that is new to the file is added to this schema first.
 */
const text = { type: 'string', minLength: 1 };
const duration = { type: 'string', pattern: '^([0-9]+(h|m|s|ms))+$' };
const serviceName = '^[a-z][a-z0-9_-]*$';
const exec = { type: 'array', items: { type: 'string' }, minItems: 1 };

function strictObject(properties: Record<string, object>, required: string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

function mapOf(keyPattern: string, value: object): object {
  return { type: 'object', patternProperties: { [keyPattern]: value }, additionalProperties: false };
}

const healthcheck = strictObject(
  {
    test: { ...exec, items: text, contains: { enum: ['CMD', 'CMD-SHELL'] } },
    interval: duration,
    timeout: duration,
    retries: { type: 'integer', minimum: 1 },
    start_period: duration,
  },
  ['test'],
);

const dependency = strictObject(
  { condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] } },
  ['condition'],
);

const aboutService = strictObject({
  image: { type: 'string', pattern: '^[a-z0-9./_-]+:[A-Za-z0-9._-]+$' },
  build: strictObject({ context: text, dockerfile: text }, ['context']),
  command: exec,
  entrypoint: exec,
  // Compose takes numbers and nulls as well. Only text is the same in every reader of YAML.
  environment: mapOf('^[A-Z][A-Z0-9_]*$', { type: 'string' }),
  ports: {
    type: 'array',
    uniqueItems: true,
    items: { type: 'string', pattern: '^([0-9.]+:)?[0-9]+:[0-9]+$' },
  },
  volumes: {
    type: 'array',
    uniqueItems: true,
    items: { type: 'string', pattern: '^(\\./)?[a-z][a-z0-9/._-]*:/[a-z/.-]+(:ro)?$' },
  },
  depends_on: mapOf(serviceName, dependency),
  healthcheck,
  deploy: strictObject({ replicas: { type: 'integer', minimum: 1 } }),
  init: { type: 'boolean' },
  restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
  stop_grace_period: duration,
});

const service = { ...aboutService, oneOf: [{ required: ['image'] }, { required: ['build'] }] };

export const composeSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: serviceName },
    services: { ...mapOf(serviceName, service), minProperties: 1 },
    volumes: mapOf(serviceName, { type: 'null' }),
  },
  required: ['services'],
  patternProperties: { '^x-': {} },
  additionalProperties: false,
};

/** A second file says of a service only what is different. */
export const composeOverlaySchema = strictObject(
  { services: { ...mapOf(serviceName, aboutService), minProperties: 1 } },
  ['services'],
);
