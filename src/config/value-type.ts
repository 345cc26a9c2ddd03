/** A value that knows its type; only a declarative file has such. */
export type TypedValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

/** What a source holds for one option: text, or (from YAML) a list of texts, or a map of texts or typed values. */
export type RawValue = string | readonly string[] | Readonly<Record<string, TypedValue>>;

/** `rejected` is the part of the value that was left out, in the words of the source. */
export interface Parsed<T> {
  readonly value: T;
  readonly rejected?: string;
}

/** What a value looks like in YAML, as JSON Schema has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The type of an option: how its value is read, what is allowed, and how it is written back. */
export interface ValueType<T> {
  /** Reads well after "must be". */
  readonly allowed: string;
  readonly schema: JsonSchema;
  /** @returns `undefined` where nothing of the value can be used */
  parse(raw: RawValue): Parsed<T> | undefined;
  /** Text that `parse` reads back to the same value. */
  format(value: T): string;
  /** What the SDK gets to see, where that is another text; undefined where it could do nothing with the value. */
  formatForSdk?(value: T): string | undefined;
}

function scalar<T>(
  allowed: string,
  read: (text: string) => T | undefined,
  schema: JsonSchema = { type: 'string' },
): ValueType<T> {
  return {
    allowed,
    schema,
    parse(raw) {
      const value = typeof raw === 'string' ? read(raw.trim()) : undefined;
      return value === undefined ? undefined : { value };
    },
    format: String,
  };
}

/** The specification's boolean: nothing but "true" is true, in any case. */
export const boolean: ValueType<boolean> = scalar(
  'true or false',
  (text) => {
    const lower = text.toLowerCase();
    return lower === 'true' ? true : lower === 'false' ? false : undefined;
  },
  { type: 'boolean' },
);

/** Our own switches, where `TRACING_STRICT=1` is what everybody types. */
export const flag: ValueType<boolean> = scalar(
  'true, false, 1 or 0',
  (text) => (text === '1' ? true : text === '0' ? false : boolean.parse(text)?.value),
  { enum: [true, false, 1, 0] },
);

/** Node.js fires a longer timer at once; 24.8 days is as good as what was asked for. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

function wholeNumber(allowed: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER): ValueType<number> {
  return scalar(
    allowed,
    (text) => {
      if (!/^\+?\d+$/.test(text)) return undefined;
      const value = Number(text);
      return value >= minimum && value <= maximum ? value : undefined;
    },
    { type: 'integer', minimum, ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }) },
  );
}

function whole(unit: string, minimum: number): ValueType<number> {
  return wholeNumber(`${unit} ≥ ${minimum}`, minimum);
}

function timer(minimum: number, zero: number): ValueType<number> {
  const base = whole('whole milliseconds', minimum);
  return {
    ...base,
    parse(raw) {
      const parsed = base.parse(raw);
      return parsed && { value: parsed.value === 0 ? zero : Math.min(parsed.value, MAX_TIMER_MS) };
    },
  };
}

export const milliseconds = timer(0, 0);
/** Where the SDK takes 0 for a mistake. */
export const positiveMilliseconds = timer(1, 0);
/** A timeout of 0 is no timeout, says the specification. */
export const timeoutMilliseconds = timer(0, MAX_TIMER_MS);
export const count = whole('a whole number', 0);
export const positiveCount = whole('a whole number', 1);
/** A length of text; without a limit where it is not set. */
export const length: ValueType<number> = {
  ...count,
  format: (value) => (value === Infinity ? 'no limit' : String(value)),
};
export const bytes = whole('whole bytes', 1024);
export const port = wholeNumber('a port from 1 to 65535', 1, 65_535);

/** A port as Go's `net.Listen` takes it, `:50051`, or the bare number. */
export const listenPort: ValueType<number> = scalar(port.allowed, (text) => port.parse(text.replace(/^:/, ''))?.value, {
  anyOf: [port.schema, { type: 'string', pattern: '^:\\d{1,5}$' }],
});

export const ratio: ValueType<number> = scalar(
  'a number from 0 to 1',
  (text) => {
    const value = /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    return value >= 0 && value <= 1 ? value : undefined;
  },
  { type: 'number', minimum: 0, maximum: 1 },
);

export const text: ValueType<string> = scalar('text', (text) => text);

/** Where lines are written. */
export const outputStream: ValueType<string> = scalar('stdout or file:///path', (text) => {
  if (text === 'stdout') return text;
  return /^file:\/\/\/./i.test(text) && URL.canParse(text) ? text : undefined;
});

/** Where this service can be reached: `10.1.2.3`, `10.1.2.3:50051`, `[::1]:50051`, `users.internal`. */
const MAX_PORT = 65_535;

export const hostAddress: ValueType<string> = scalar('a host or host:port', (text) => {
  const match = /^(?:\[[\da-f:.%\w]+\](?::(\d{1,5}))?|[\w.-]+(?::(\d{1,5}))?|[\da-f]*:[\da-f:.]+)$/i.exec(text);
  return match !== null && Number(match[1] ?? match[2] ?? 1) <= MAX_PORT ? text : undefined;
});

export const hostName: ValueType<string> = scalar('a host name or address', (text) =>
  /^[\w.:[\]%-]+$/.test(text) ? text : undefined,
);

const TRACE_FIELDS = '(?!0{32})[\\da-f]{32}-(?!0{16})[\\da-f]{16}-[\\da-f]{2}';

/** A later version may say more behind. @see https://www.w3.org/TR/trace-context/#traceparent-header */
export const traceparent: ValueType<string> = scalar('00-<trace id>-<span id>-<flags> in hexadecimal', (text) =>
  new RegExp(`^(?:00-${TRACE_FIELDS}|(?!00|ff)[\\da-f]{2}-${TRACE_FIELDS}(?:-.*)?)$`).test(text) ? text : undefined,
);

/** One of a few names, in any case. */
export function oneOf<const Name extends string>(...names: readonly Name[]): ValueType<Name> {
  const allowed = `one of ${names.join(', ')}`;
  return scalar(allowed, (text) => names.find((name) => name === text.toLowerCase()), { enum: names });
}
