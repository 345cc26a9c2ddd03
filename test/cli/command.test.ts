import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand, renderHelp, UsageError, type Command } from '../../src/cli/command.ts';

const command: Command = {
  name: 'try',
  summary: 'Tries.',
  usage: ['try [options]', 'try FILE…'],
  takesFiles: true,
  takesCommand: true,
  options: [
    { name: 'port', short: 'p', value: 'PORT', default: '1', help: 'to listen on' },
    { name: 'quiet', help: 'says less' },
  ],
  run: async () => 0,
};

test('switches, values, files and what stands behind -- are told apart', () => {
  const input = parseCommand(command, ['-p', '7', 'a.json', '--quiet', 'b', '--', 'node', '--quiet', '--', 'x']);
  assert.deepEqual([...input.values], [['port', '7']]);
  assert.deepEqual([...input.switches], ['quiet']);
  assert.deepEqual(input.files, ['a.json', 'b']);
  assert.deepEqual(input.command, ['node', '--quiet', '--', 'x']);
  assert.equal(input.wantsHelp, false);
  assert.equal(parseCommand(command, ['--port=8']).values.get('port'), '8');
  assert.equal(parseCommand(command, ['-h']).wantsHelp, true);
});

test('what makes no sense is said in one sentence', () => {
  const cases: [string[], RegExp, Partial<Command>?][] = [
    [['--prot', '7'], /^Unknown option '--prot'$/],
    [['--port'], /^Option '-p, --port <value>' argument missing$/],
    [['--quiet=no'], /does not take an argument/],
    [['--'], /^no command after --$/],
    [['a'], /^-- belongs before a$/, { takesFiles: false }],
    [['a'], /^what is a\?$/, { takesFiles: false, takesCommand: false }],
    [['a', '--', 'node'], /^what is a\?$/, { takesFiles: false }],
    [['--', 'node'], /^try starts no command$/, { takesCommand: false }],
  ];
  for (const [args, pattern, changes] of cases) {
    assert.throws(
      () => parseCommand({ ...command, ...changes }, args),
      (error) => error instanceof UsageError && pattern.test(error.message),
      args.join(' '),
    );
  }
});

test('the help comes from the same rows', () => {
  assert.equal(
    renderHelp('otel-preload', command),
    [
      'Tries.',
      '',
      'Usage: otel-preload try [options]',
      '       otel-preload try FILE…',
      '',
      '  -p, --port PORT  to listen on (default: 1)',
      '      --quiet      says less',
      '  -h, --help       shows this',
      '',
    ].join('\n'),
  );
});

test('verbs stand before the options in the help', () => {
  const help = renderHelp('otel-preload', { ...command, verbs: [{ name: 'hard', help: 'tries hard' }] });
  assert.match(help, /^ {2}hard {13}tries hard\n\n {2}-p, --port PORT {2}to listen on/m);
});
