// Cases of traffic through the package redis, see published-cases.cjs.

const { runCases } = require('./published-cases.cjs');

runCases(async ({ port, mark, outcome, text, without }) => {
  const { createClient, createClientPool, defineScript } = require('redis');
  const socket = { host: '127.0.0.1', port, reconnectStrategy: false };
  const open = async (options) => {
    const client = createClient({ socket, ...options });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const client = await open();
  // what is done between the cases has no case
  const prepare = (work) => without.tracing(work);
  await prepare(() => client.flushAll());
  await prepare(() => client.set('text', 'abc'));

  const one = (work) => async () => outcome(work());
  const cases = {
    // --- one command each

    ping: one(() => client.ping()),
    set: one(() => client.set('key', 'secret')),
    get: one(() => client.get('key')),
    'get: none': one(() => client.get('none')),
    'set: options': one(() => client.set('key', 'secret', { EX: 100, NX: true })),
    setEx: one(() => client.setEx('key2', 100, 'secret')),
    pSetEx: one(() => client.pSetEx('key3', 100_000, 'secret')),
    getSet: one(() => client.getSet('key', 'secret')),
    getDel: one(() => client.getDel('key2')),
    'del: several': one(() => client.del(['a', 'b', 'c'])),
    incr: one(() => client.incr('count')),
    incrBy: one(() => client.incrBy('count', 10)),
    'hSet: an object': one(() => client.hSet('hash', { a: 'secret', b: 'secret' })),
    hGetAll: one(() => client.hGetAll('hash')),
    mSet: one(() =>
      client.mSet([
        ['m1', 'secret'],
        ['m2', 'secret'],
      ]),
    ),
    mGet: one(() => client.mGet(['m1', 'm2'])),
    lPush: one(() => client.lPush('list', ['secret', 'secret'])),
    lRange: one(() => client.lRange('list', 0, -1)),
    zAdd: one(() => client.zAdd('zset', { score: 1, value: 'secret' })),
    echo: one(() => client.echo('secret')),
    expire: one(() => client.expire('hash', 100)),
    exists: one(() => client.exists('hash')),
    type: one(() => client.type('hash')),
    eval: one(() => client.eval('return ARGV[1]', { keys: ['k'], arguments: ['v'] })),
    configGet: one(() => client.configGet('maxmemory')),
    aclWhoAmI: one(() => client.aclWhoAmI()),
    aclSetUser: one(() => client.aclSetUser('somebody', ['on', '>secret'])),
    info: one(async () => (await client.info('server')).length > 0),
    select: one(() => client.select(0)),
    'a Buffer': one(() => client.set(Buffer.from('buffer'), Buffer.from('secret'))),
    sendCommand: one(() => client.sendCommand(['SET', 'sent', 'secret'])),
    'sendCommand: in small letters': one(() => client.sendCommand(['get', 'sent'])),
    'sendCommand: with words': one(() => client.sendCommand(['CONFIG', 'GET', 'maxmemory'])),
    scanIterator: async () => {
      let keys = 0;
      for await (const page of client.scanIterator({ MATCH: 'm*', COUNT: 1000 })) keys += page.length;
      mark('goes on');
      return keys;
    },
    'a script': async () => {
      const scripted = await prepare(() =>
        open({
          scripts: {
            add: defineScript({
              NUMBER_OF_KEYS: 1,
              SCRIPT: 'return redis.call("GET", KEYS[1]) .. ARGV[1]',
              parseCommand(parser, key, value) {
                parser.pushKey(key);
                parser.push(value);
              },
              transformReply: (reply) => reply,
            }),
          },
        }),
      );
      await prepare(() => client.scriptFlush());
      const results = [await outcome(scripted.add('text', '1')), await outcome(scripted.add('text', '2'))];
      await prepare(() => scripted.close());
      return results;
    },

    // --- errors

    'error: wrong type': one(() => client.incr('text')),
    'error: no such command': one(() => client.sendCommand(['NOSUCH', 'secret'])),
    'error: a script': one(() => client.eval('return redis.error_reply("ERR scripted")')),
    'error: nobody handles it': async () => {
      const caught = new Promise((resolve) => process.once('unhandledRejection', resolve));
      void client.incr('text');
      return (await caught).message;
    },

    // --- several

    'in parallel': async () => Promise.all(['m1', 'm2', 'm1'].map((key) => outcome(client.get(key)))),
    'one in the answer of another': one(() => client.get('m1').then((value) => client.set('m3', value))),
    'where the app goes on': async () => {
      mark('before');
      const promise = client.get('m1');
      mark('called');
      await promise.then(() => mark('then'));
      await new Promise((resolve) => setTimeout(resolve, 1));
      mark('after a timer');
    },
    'pipeline: one kind': one(() => client.multi().get('m1').get('m2').execAsPipeline()),
    'pipeline: two kinds': one(() => client.multi().set('p', 'secret').get('p').execAsPipeline()),
    'pipeline: one fails': one(() => client.multi().incr('count').incr('text').execAsPipeline()),
    'multi: one kind': one(() => client.multi().get('m1').get('m2').exec()),
    'multi: two kinds': one(() => client.multi().set('p', 'secret').get('p').exec()),
    'multi: one fails': one(() => client.multi().get('m1').incr('text').exec()),
    'multi: refused': one(() => client.multi().addCommand(['NOSUCH']).exec()),
    'multi: a watched key has changed': async () => {
      const other = await prepare(() => open());
      await prepare(() => client.watch('watched'));
      await prepare(() => other.set('watched', '1'));
      const result = await outcome(client.multi().get('m1').exec());
      await prepare(() => other.close());
      return result;
    },
    'multi: nothing in it': one(() => client.multi().exec()),

    // --- where it is called

    'without a parent': () => without.parent(() => outcome(client.get('m1'))),
    'without tracing': () => without.tracing(() => outcome(client.get('m1'))),

    // --- connections

    'connect and close': async () => {
      const other = await open();
      mark('connected');
      return [await outcome(other.get('m1')), await outcome(other.close()), other.isOpen];
    },
    'connect: quit': async () => outcome((await open()).quit()),
    'connect: a name and a database': async () => {
      const other = await open({ name: 'me', database: 1 });
      return [await outcome(other.get('m1')), await outcome(other.close())];
    },
    'connect: by URL': async () => {
      const other = await open({ socket: { reconnectStrategy: false }, url: `redis://127.0.0.1:${port}` });
      return [await outcome(other.get('m1')), await outcome(other.close())];
    },
    'connect: no host given': async () => {
      const other = await open({ socket: { port, reconnectStrategy: false } });
      return [await outcome(other.get('m1')), await outcome(other.close())];
    },
    'connect: wrong password': () => outcome(open({ username: 'somebody', password: 'wrong' })),
    'connect: nobody is there': () => outcome(open({ socket: { ...socket, port: 1 } })),
    'connect: twice': async () => {
      const other = await prepare(() => open());
      return [await outcome(other.connect()), await outcome(other.close())];
    },
    closed: async () => {
      const other = await prepare(() => open());
      await prepare(() => other.close());
      return outcome(other.get('m1'));
    },
    'closed: a batch': async () => {
      const other = await prepare(() => open());
      await prepare(() => other.close());
      return [await outcome(other.multi().get('m1').exec()), await outcome(other.multi().get('m1').execAsPipeline())];
    },
    'offline: refused': async () => {
      const other = createClient({ socket, disableOfflineQueue: true });
      other.on('error', () => {});
      const connecting = prepare(() => other.connect());
      const result = await outcome(other.get('m1'));
      await prepare(() => connecting);
      await prepare(() => other.close());
      return result;
    },
    'offline: waits for the connection': async () => {
      const other = createClient({ socket });
      other.on('error', () => {});
      const connecting = prepare(() => other.connect());
      const result = await outcome(other.get('m1'));
      await prepare(() => connecting);
      await prepare(() => other.close());
      return result;
    },
    'offline: there is no connection': async () => {
      const other = createClient({ socket: { ...socket, port: 1 } });
      other.on('error', () => {});
      const connecting = prepare(() => other.connect().catch(() => {}));
      const results = await Promise.all([outcome(other.get('m1')), outcome(other.set('m1', 'secret'))]);
      await connecting;
      return results;
    },
    'disconnects while commands wait': async () => {
      const other = await prepare(() => open());
      const waiting = [outcome(other.blPop('none', 0)), outcome(other.get('m1'))];
      await new Promise((resolve) => setTimeout(resolve, 20));
      other.destroy();
      return Promise.all(waiting);
    },
    'the server ends the connection while a command waits': async () => {
      const other = await prepare(() => open());
      const id = await prepare(() => other.clientId());
      const waiting = outcome(other.blPop('none', 0));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await prepare(() => client.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]));
      return waiting;
    },
    'cancelled before it is sent': async () => {
      const controller = new AbortController();
      const waiting = outcome(client.withAbortSignal(controller.signal).get('m1'));
      controller.abort();
      return waiting;
    },
    'cancelled already': () => outcome(client.withAbortSignal(AbortSignal.abort()).get('m1')),
    'a pool': async () => {
      const pool = createClientPool({ socket });
      pool.on('error', () => {});
      await pool.connect();
      const result = await outcome(pool.get('m1'));
      await pool.close();
      return result;
    },
    'a pool: multi': async () => {
      const pool = createClientPool({ socket });
      pool.on('error', () => {});
      await prepare(() => pool.connect());
      const result = await outcome(pool.multi().get('m1').set('m1', 'secret').exec());
      await pool.close();
      return result;
    },
    'publish and subscribe': async () => {
      const other = await prepare(() => open());
      const heard = new Promise((resolve) => {
        void prepare(() => other.subscribe('news', resolve)).then(() => client.publish('news', 'secret'));
      });
      const results = [await outcome(heard), await outcome(other.unsubscribe('news'))];
      await prepare(() => other.close());
      return results;
    },
  };
  return { cases, close: () => prepare(() => client.close()) };
});
