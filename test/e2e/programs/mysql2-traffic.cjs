// Cases of traffic through the package mysql2, see published-cases.cjs.

const { runCases } = require('./published-cases.cjs');

runCases(async ({ port, mark, outcome, text, without }) => {
  const mysql = require('mysql2');
  const promises = require('mysql2/promise');
  // what is done between the cases has no case
  const prepare = (work) => without.tracing(work);
  const options = { host: '127.0.0.1', port, user: 'root' };
  const connection = mysql.createConnection(options);
  const promised = connection.promise();
  await prepare(async () => {
    await promised.query('CREATE OR REPLACE TABLE test.users (id INT PRIMARY KEY, name VARCHAR(20))');
    await promised.query("INSERT INTO test.users VALUES (1, 'one'), (2, 'two'), (3, 'three')");
    await promised.query('USE test');
  });
  const rows = async (promise) => (await promise)[0];

  /** What a callback is given, as text. */
  const calledBack = (call) =>
    new Promise((resolve) => {
      call((error, answer) => {
        mark('called back');
        resolve(error ? error.message : text(answer));
      });
    });
  /** What a query that nobody gave a callback tells. */
  const emitted = (query) =>
    new Promise((resolve) => {
      const events = [];
      query.on('error', (error) => events.push(error.message));
      query.on('result', (row) => events.push(text(row)));
      query.on('end', () => {
        mark('ended');
        resolve(events);
      });
    });
  const one = (work) => async () => outcome(rows(work()));
  const cases = {
    // --- queries

    'query: a callback': () => calledBack((done) => connection.query('SELECT 1 AS a', done)),
    'query: values': () => calledBack((done) => connection.query('SELECT ? AS a, ? AS b', [1, 'x'], done)),
    'query: one value': () => calledBack((done) => connection.query('SELECT ? AS a', 1, done)),
    'query: an object': () => calledBack((done) => connection.query({ sql: 'SELECT ? AS a', values: [2] }, done)),
    'query: an object and values': () => calledBack((done) => connection.query({ sql: 'SELECT ? AS a' }, [3], done)),
    'query: values beside others': () =>
      calledBack((done) =>
        connection.query(
          "SELECT name AS t1, /* it's */ 'text' AS `a'b` FROM users WHERE id IN (?) AND name <> ? AND id < 10 -- don't",
          [[1, 2], 'it\'s \\ a "secret"'],
          done,
        ),
      ),
    'query: an object as values': () =>
      calledBack((done) => connection.query('UPDATE users SET ? WHERE id = ?', [{ name: 'two' }, 2], done)),
    'query: other kinds of values': () =>
      calledBack((done) =>
        connection.query(
          'SELECT ? AS a, ? AS b, ? AS c, ?? AS d FROM users WHERE id = 1',
          [Buffer.from('secret'), new Date(0), -1.5e30, 'name'],
          (error) => done(error, 'done'),
        ),
      ),
    'query: no rows': () => calledBack((done) => connection.query('SELECT * FROM users WHERE id = 99', done)),
    'query: an error': () => calledBack((done) => connection.query('SELECT * FROM missing', done)),
    'query: no SQL': () => calledBack((done) => connection.query('NONSENSE', done)),
    'query: lines': () => calledBack((done) => connection.query('SELECT\n  1 AS a', done)),
    'query: named placeholders': () =>
      calledBack((done) => connection.query({ sql: 'SELECT :a AS a', namedPlaceholders: true }, { a: 4 }, done)),
    'query: insert, update, delete': async () => [
      await calledBack((done) => connection.query('INSERT INTO users VALUES (?, ?)', [4, 'secret'], done)),
      await calledBack((done) => connection.query('UPDATE users SET name = ? WHERE id = ?', ['secret', 4], done)),
      await calledBack((done) => connection.query('DELETE FROM users WHERE id = ?', [4], done)),
    ],
    'query: several statements': async () => {
      const other = mysql.createConnection({ ...options, multipleStatements: true });
      const result = await calledBack((done) => other.query('SELECT 1 AS a; SELECT 2 AS b', done));
      await prepare(() => other.promise().end());
      return result;
    },
    'query: it takes too long': async () => {
      const other = await prepare(() => promises.createConnection(options));
      other.on('error', () => {});
      const result = await outcome(rows(other.query({ sql: 'SELECT SLEEP(1)', timeout: 20 })));
      other.destroy();
      return result;
    },
    'query: a promise': one(() => promised.query('SELECT ? AS a', ['x'])),
    'query: a promise that is rejected': one(() => promised.query('SELECT * FROM missing')),
    'query: a made one': () => calledBack((done) => connection.query(mysql.createQuery('SELECT 5 AS a', [], done, {}))),

    // --- prepared

    'execute: a callback': () => calledBack((done) => connection.execute('SELECT ? AS a', ['secret'], done)),
    'execute: without values': () => calledBack((done) => connection.execute('SELECT 1 AS a', done)),
    'execute: an object': () =>
      calledBack((done) => connection.execute({ sql: 'SELECT ? AS a', values: ['secret'] }, done)),
    'execute: an error': () => calledBack((done) => connection.execute('SELECT * FROM missing', done)),
    'execute: an error of the server while it runs': () =>
      calledBack((done) => connection.execute('INSERT INTO users VALUES (?, ?)', [1, 'secret'], done)),
    'execute: a promise': one(() => promised.execute('SELECT ? AS a', ['secret'])),
    'execute: a value that cannot be bound': one(() => promised.execute('SELECT ? AS a', [undefined])),
    prepare: async () => {
      const statement = await promised.prepare('SELECT ? AS a');
      const result = await outcome(rows(statement.execute([1])));
      await statement.close();
      return result;
    },

    // --- rows as they come

    events: () => emitted(connection.query('SELECT id FROM users')),
    'events: no rows': () => emitted(connection.query('SELECT id FROM users WHERE id = 99')),
    'events: values': () => emitted(connection.query('SELECT ? AS a', [1])),
    'events: an object': () => emitted(connection.query({ sql: 'SELECT 1 AS a' })),
    'events: an error': () => emitted(connection.query('SELECT * FROM missing')),
    'events: nobody listens for the error': async () => {
      const caught = [];
      const listener = ({ message }) => caught.push(message);
      process.on('uncaughtException', listener);
      const other = mysql.createConnection(options);
      other.query('SELECT * FROM test.missing');
      await new Promise((resolve) => setTimeout(resolve, 100));
      process.off('uncaughtException', listener);
      other.destroy();
      return caught;
    },
    'events: prepared': () => emitted(connection.execute('SELECT id FROM users WHERE id = ?', [1])),
    'events: prepared, an error': () => emitted(connection.execute('SELECT * FROM missing WHERE id = ?', [1])),
    'a stream': async () => {
      const ids = [];
      for await (const row of connection.query('SELECT id FROM users').stream()) ids.push(row.id);
      mark('ended');
      return ids;
    },

    // --- several

    'in parallel': async () =>
      Promise.all([1, 2, 3].map((value) => outcome(rows(promised.query('SELECT ? AS a', [value]))))),
    'where the app goes on': async () => {
      mark('before');
      const promise = promised.query('SELECT 1');
      mark('called');
      await promise.then(() => mark('then'));
      await new Promise((resolve) => setTimeout(resolve, 1));
      mark('after a timer');
      return 'done';
    },
    'a transaction': async () => {
      await promised.beginTransaction();
      const result = await outcome(rows(promised.query('UPDATE users SET name = ?', ['secret'])));
      await promised.rollback();
      return result;
    },
    'ping and changeUser': async () => [
      await outcome(promised.ping()),
      await outcome(promised.changeUser({ user: 'root', database: 'test' })),
      await outcome(rows(promised.query('SELECT DATABASE() AS a'))),
    ],

    // --- where it is called

    'without a parent': () => without.parent(() => outcome(rows(promised.query('SELECT 1 AS a')))),
    'without tracing': () => without.tracing(() => outcome(rows(promised.query('SELECT 1 AS a')))),

    // --- connections

    'connect: a database': async () => {
      const other = await promises.createConnection({ ...options, database: 'test' });
      return [await outcome(rows(other.query('SELECT 1 AS a'))), await outcome(other.end())];
    },
    'connect: by URI': async () => {
      const other = await promises.createConnection(`mysql://root@127.0.0.1:${port}/test`);
      return [await outcome(rows(other.query('SELECT 1 AS a'))), await outcome(other.end())];
    },
    'connect: nobody is there': () => outcome(promises.createConnection({ ...options, port: 1 })),
    'connect: nobody listens for the error': async () => {
      const caught = [];
      const listener = ({ message }) => caught.push(message);
      process.on('uncaughtException', listener);
      mysql.createConnection({ ...options, port: 1 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      process.off('uncaughtException', listener);
      return caught;
    },
    'connect: a query waits, and nobody is there': async () => {
      const other = mysql.createConnection({ ...options, port: 1 });
      other.on('error', () => {});
      return calledBack((done) => other.query('SELECT 1', done));
    },
    'connect: no such database': async () => {
      const other = mysql.createConnection({ ...options, database: 'missing' });
      other.on('error', () => {});
      return calledBack((done) => other.query('SELECT 1', done));
    },
    closed: async () => {
      const other = await prepare(() => promises.createConnection(options));
      await prepare(() => other.end());
      return outcome(rows(other.query('SELECT 1')));
    },
    'closed: prepared': async () => {
      const other = await prepare(() => promises.createConnection(options));
      await prepare(() => other.end());
      return outcome(rows(other.execute('SELECT 1')));
    },
    'the server ends the connection while queries wait': async () => {
      const other = await prepare(() => promises.createConnection(options));
      other.on('error', () => {});
      const waiting = [outcome(rows(other.query('SELECT SLEEP(1)'))), outcome(rows(other.execute('SELECT 2')))];
      await new Promise((resolve) => setTimeout(resolve, 20));
      await prepare(() => promised.query(`KILL ${other.threadId}`));
      return Promise.all(waiting);
    },
    'destroyed while a query waits': async () => {
      const other = await prepare(() => promises.createConnection(options));
      other.on('error', () => {});
      void other.query('SELECT SLEEP(1)').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
      other.destroy();
      return 'nothing is told';
    },

    // --- pools

    'pool: query': async () => {
      const pool = mysql.createPool(options);
      const result = await calledBack((done) => pool.query('SELECT ? AS a', [1], done));
      await prepare(() => pool.promise().end());
      return result;
    },
    'pool: execute': async () => {
      const pool = mysql.createPool(options);
      const result = await calledBack((done) => pool.execute('SELECT ? AS a', ['secret'], done));
      await prepare(() => pool.promise().end());
      return result;
    },
    'pool: promises': async () => {
      const pool = promises.createPool({ ...options, database: 'test' });
      const results = [
        await outcome(rows(pool.query('SELECT 1 AS a'))),
        await outcome(rows(pool.execute('SELECT 1 AS a'))),
      ];
      const held = await pool.getConnection();
      results.push(await outcome(rows(held.query('SELECT 2 AS a'))));
      held.release();
      await prepare(() => pool.end());
      return results;
    },
    'pool: more queries than connections': async () => {
      const pool = promises.createPool({ ...options, connectionLimit: 1 });
      const results = await Promise.all([1, 2, 3].map((value) => outcome(rows(pool.query('SELECT ? AS a', [value])))));
      await prepare(() => pool.end());
      return results;
    },
    'pool: events': async () => {
      const pool = mysql.createPool(options);
      const result = await emitted(pool.query('SELECT 1 AS a'));
      await prepare(() => pool.promise().end());
      return result;
    },
    'pool: nobody is there': async () => {
      const pool = promises.createPool({ ...options, port: 1 });
      const result = await outcome(rows(pool.query('SELECT 1')));
      await prepare(() => pool.end());
      return result;
    },
  };
  return { cases, close: () => prepare(() => promised.end()) };
});
