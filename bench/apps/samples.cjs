'use strict';
/** Spans at a time: a batch. */
exports.SPANS = 512;
exports.CALLS = 20_000;

/** What the server span of an HTTP request starts with. */
exports.attributes = () => ({
  'http.request.method': 'GET',
  'url.scheme': 'http',
  'server.address': '127.0.0.1',
  'server.port': 3000,
  'network.peer.address': '127.0.0.1',
  'network.peer.port': 40_000,
  'network.protocol.version': '1.1',
  'url.path': '/users/1',
  'url.query': 'full=1',
  'user_agent.original': 'curl/8.5.0',
});

/** Nanoseconds of one of so many calls that `work` makes. */
exports.nsOf = (calls, work) => {
  const before = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - before) / calls;
};
