'use strict';

/**
 * Answers what the bench asks by messages: `{ ask: 'run', … }` is handed to `handlers.run`. Says first that the app is
 * ready, when (on the clock of `process.hrtime`) and for how much processor time. An app whose bench is gone ends.
 */
exports.answer = (handlers, ready = {}) => {
  const { user, system } = process.cpuUsage();
  process.send({ ...ready, atNs: String(process.hrtime.bigint()), cpuUs: user + system });
  process.on('message', async ({ ask, ...options }) => process.send(await handlers[ask](options)));
  process.once('disconnect', () => process.exit());
};
