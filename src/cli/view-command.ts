import { UsageError, type Command, type CommandInput } from './command.ts';
import { view } from './view.ts';

const DAY_MS = 86_400_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS };

export const viewCommand: Command = {
  name: 'view',
  summary: 'Receives spans, keeps the newest, and shows them in a page.',
  usage: ['view [options]', 'view [options] FILE…', 'view [options] -- node app.js'],
  takesFiles: true,
  takesCommand: true,
  options: [
    { name: 'port', short: 'p', value: 'PORT', default: '16686', help: "of the page and of Jaeger's query API" },
    { name: 'otlp-port', value: 'PORT', default: '4318', help: 'takes OTLP over HTTP' },
    { name: 'thrift-port', value: 'PORT', default: '14268', help: 'takes Jaeger Thrift over HTTP' },
    {
      name: 'host',
      value: 'ADDRESS',
      default: '127.0.0.1',
      help: 'to listen on; any other than loopback needs a token',
    },
    { name: 'db', value: 'FILE', default: 'in memory', help: 'keeps the traces in this SQLite file' },
    { name: 'max-mb', value: 'MB', default: '256, with --db 1024', help: 'what traces may take; the oldest go first' },
    { name: 'max-age', value: 'AGE', default: 'none', help: 'traces older than this go too, such as 12h or 7d' },
    { name: 'open', short: 'o', help: 'opens the page in the browser' },
    { name: 'keep', help: 'goes on when the command has ended, until Ctrl-C' },
    { name: 'json', help: 'prints where it listens as one line of JSON' },
  ],
  run: ({ switches, values, files, command }: CommandInput) =>
    view({
      host: values.get('host'),
      ports: {
        page: toPort(values, 'port'),
        otlp: toPort(values, 'otlp-port'),
        thrift: toPort(values, 'thrift-port'),
      },
      database: values.get('db'),
      maxMegabytes: toNumber(values, 'max-mb'),
      maxAgeMs: toAge(values, 'max-age'),
      files,
      command,
      open: switches.has('open'),
      keep: switches.has('keep'),
      json: switches.has('json'),
    }),
};

function toPort(values: ReadonlyMap<string, string>, name: string): number | undefined {
  const port = toNumber(values, name, 0);
  if (port !== undefined && port > 65_535) throw new UsageError(`--${name} is a port, 0 to 65535, got ${port}`);
  return port;
}

function toNumber(values: ReadonlyMap<string, string>, name: string, least = 1): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text) || Number(text) < least) {
    throw new UsageError(`--${name} is a whole number from ${least}, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

function toAge(values: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const [, number, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (number === undefined)
    throw new UsageError(`--${name} is an age such as 30m, 12h or 7d, got ${JSON.stringify(text)}`);
  return Number(number) * (units[unit] ?? DAY_MS);
}
