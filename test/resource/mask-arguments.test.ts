import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as assertProperty, constantFrom, property, stringMatching } from 'fast-check';
import { maskArguments } from '../../src/resource/mask-arguments.ts';

describe('masked arguments', () => {
  const cases: [args: string[], masked: string[]][] = [
    [
      ['node', '--import', 'otel-preload/register', 'app.js', '--port=8080', '-v'],
      ['node', '--import', 'otel-preload/register', 'app.js', '--port=8080', '-v'],
    ],
    [['--api-key=S'], ['--api-key=***']],
    [
      ['--apiKey', 'S', 'next'],
      ['--apiKey', '***', 'next'],
    ],
    [
      ['--password', '-S', 'x'],
      ['--password', '***', 'x'],
    ],
    [
      ['--no-auth', '--verbose'],
      ['--no-auth', '--verbose'],
    ],
    [['DB_PASSWORD=S'], ['DB_PASSWORD=***']],
    [['--db=postgres://user:S@host/db'], ['--db=postgres://***@host/db']],
    [['--db=postgres://user:S@S@host/db'], ['--db=postgres://***@host/db']],
    [['http://h/p?page=1&sig=S&X-Amz-Signature=S'], ['http://h/p?page=***&sig=***&X-Amz-Signature=***']],
    [
      ['-H', 'Authorization: Bearer S'],
      ['-H', 'Authorization: ***'],
    ],
    [['--config={"user":"me","password":"S S"}'], ['--config={"user":"me","password":***}']],
    [['Server=db;Password=S;Timeout=5'], ['Server=db;Password=***;Timeout=5']],
  ];
  for (const [args, masked] of cases) it(args.join(' '), () => assert.deepEqual(maskArguments(args), masked));

  it('do not have the secret in them, however it is given', () => {
    const secret = stringMatching(/^[A-Za-z0-9_.~+/-]{6,30}$/).map((text) => `Zq${text}`);
    const name = constantFrom(
      'api-key',
      'token',
      'client_secret',
      'password',
      'dbPassword',
      'accessToken',
      'auth',
      'PGPASSWORD',
      'passphrase',
    );
    const write = constantFrom<(name: string, secret: string) => string[]>(
      (name, secret) => [`--${name}=${secret}`],
      (name, secret) => [`--${name}`, secret],
      (name, secret) => [`-${name}`, secret],
      (name, secret) => [`${name}=${secret}`],
      (name, secret) => [`--opt=${name}:${secret}`],
      (name, secret) => [`{"${name}":"${secret}"}`],
      (_, secret) => [`https://user:${secret}@host/?a=b`],
      (name, secret) => [`https://host/path?${name}=${secret}&b=c`],
    );
    assertProperty(
      property(name, secret, write, (name, secret, write) => {
        const masked = maskArguments(['node', 'app.js', ...write(name, secret), 'rest']);
        assert.ok(!masked.join(' ').includes(secret), masked.join(' '));
        assert.equal(masked.at(-1), 'rest');
      }),
      { numRuns: 2000 },
    );
  });
});
