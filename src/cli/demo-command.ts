import { hasBrowser } from './browser.ts';
import { UsageError, type Command } from './command.ts';
import { demo } from './demo.ts';
import { toPort } from './option-values.ts';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'Starts three traced services, sends them requests, and shows the traces in a page.',
  usage: ['demo [--live | --once] [--port PORT]'],
  options: [
    { name: 'live', help: 'requests go on until Ctrl-C; at a terminal they do by default, elsewhere for 20 s' },
    { name: 'once', help: 'a few requests, their traces as trees in the terminal, and it ends' },
    { name: 'port', short: 'p', value: 'PORT', default: '16686, or the Jaeger that listens', help: 'of the page' },
    { name: 'no-open', help: 'opens no browser; by default one is opened at the terminal of a desktop' },
  ],
  takesFiles: false,
  takesCommand: false,
  run: async ({ switches, values }) => {
    if (switches.has('live') && switches.has('once')) throw new UsageError('--live or --once, not both');
    const isTerminal = process.stdout.isTTY;
    const isLive = switches.has('live') || (isTerminal && !switches.has('once'));
    return demo({
      port: toPort(values, 'port'),
      length: isLive ? 'live' : switches.has('once') ? 'once' : 'brief',
      open: isLive && !switches.has('no-open') && hasBrowser(isTerminal, process.env, process.platform),
    });
  },
};
