import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand, UsageError } from '../../src/cli/command.ts';
import { viewCommand } from '../../src/cli/view-command.ts';

test('a value that makes no sense is named before anything starts', async () => {
  const cases: [args: string[], pattern: RegExp][] = [
    [['--port', 'x'], /^--port is a whole number from 0, got "x"$/],
    [['--otlp-port', '70000'], /^--otlp-port is a port, 0 to 65535, got 70000$/],
    [['--thrift-port', '-1'], /argument is ambiguous|thrift-port/],
    [['--max-mb', '0'], /^--max-mb is a whole number from 1, got "0"$/],
    [['--max-age', '7'], /^--max-age is an age such as 30m, 12h or 7d, got "7"$/],
  ];
  for (const [args, pattern] of cases) {
    await assert.rejects(
      async () => viewCommand.run(parseCommand(viewCommand, args)),
      (error) => error instanceof UsageError && pattern.test(error.message),
      args.join(' '),
    );
  }
});
