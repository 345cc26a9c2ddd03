import type { Command, CommandInput } from './command.ts';
import { toAge, toNumber, toPort } from './option-values.ts';
import { view } from './view.ts';

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
