/** The table of substitutions in the specification, row by row, with the type that YAML gives the outcome. */
export const variables: Readonly<Record<string, string>> = {
  STRING_VALUE: 'value',
  BOOL_VALUE: 'true',
  INT_VALUE: '1',
  FLOAT_VALUE: '1.1',
  HEX_VALUE: '0xdeadbeef',
  INVALID_MAP_VALUE: 'value\nkey:value',
  DO_NOT_REPLACE_ME: 'Never use this value',
  REPLACE_ME: '${DO_NOT_REPLACE_ME}',
  VALUE_WITH_ESCAPE: 'value$$',
};

export interface Row {
  readonly input: string;
  /** Undefined is an error. */
  readonly output: string | undefined;
  /** Of `key: input`; null is nothing. */
  readonly value: string | number | boolean | null;
  readonly quoted?: true;
}

/** @see https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution */
export const specification: readonly Row[] = [
  { input: '${STRING_VALUE}', output: 'value', value: 'value' },
  { input: '${BOOL_VALUE}', output: 'true', value: true },
  { input: '${INT_VALUE}', output: '1', value: 1 },
  { input: '${FLOAT_VALUE}', output: '1.1', value: 1.1 },
  { input: '${HEX_VALUE}', output: '0xdeadbeef', value: 3735928559 },
  { input: '${STRING_VALUE}', output: 'value', value: 'value', quoted: true },
  { input: '${BOOL_VALUE}', output: 'true', value: 'true', quoted: true },
  { input: '${INT_VALUE}', output: '1', value: '1', quoted: true },
  { input: '${FLOAT_VALUE}', output: '1.1', value: '1.1', quoted: true },
  { input: '${HEX_VALUE}', output: '0xdeadbeef', value: '0xdeadbeef', quoted: true },
  { input: '${env:STRING_VALUE}', output: 'value', value: 'value' },
  { input: '${INVALID_MAP_VALUE}', output: 'value\nkey:value', value: 'value\nkey:value' },
  { input: 'foo ${STRING_VALUE} ${FLOAT_VALUE}', output: 'foo value 1.1', value: 'foo value 1.1' },
  { input: '${UNDEFINED_KEY}', output: '', value: null },
  { input: '${UNDEFINED_KEY:-fallback}', output: 'fallback', value: 'fallback' },
  { input: '${REPLACE_ME}', output: '${DO_NOT_REPLACE_ME}', value: '${DO_NOT_REPLACE_ME}' },
  { input: '${UNDEFINED_KEY:-${STRING_VALUE}}', output: '${STRING_VALUE}', value: '${STRING_VALUE}' },
  { input: '${STRING_VALUE:?error}', output: undefined, value: null },
  { input: '$${STRING_VALUE}', output: '${STRING_VALUE}', value: '${STRING_VALUE}' },
  { input: '$$${STRING_VALUE}', output: '$value', value: '$value' },
  { input: '$$$${STRING_VALUE}', output: '$${STRING_VALUE}', value: '$${STRING_VALUE}' },
  { input: '$${STRING_VALUE:-fallback}', output: '${STRING_VALUE:-fallback}', value: '${STRING_VALUE:-fallback}' },
  {
    input: '$${STRING_VALUE:-${STRING_VALUE}}',
    output: '${STRING_VALUE:-value}',
    value: '${STRING_VALUE:-value}',
  },
  {
    input: '${UNDEFINED_KEY:-$${UNDEFINED_KEY}}',
    output: '${UNDEFINED_KEY:-${UNDEFINED_KEY}}',
    value: '${UNDEFINED_KEY:-${UNDEFINED_KEY}}',
  },
  { input: '${VALUE_WITH_ESCAPE}', output: 'value$$', value: 'value$$' },
  { input: 'a $$ b', output: 'a $ b', value: 'a $ b' },
  { input: 'a $ b', output: 'a $ b', value: 'a $ b' },
];
