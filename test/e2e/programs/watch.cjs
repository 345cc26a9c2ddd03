// Preloaded beside the preload: tells at the end what the process loaded and where it connected to, as one JSON file for
// each process in the directory WATCH.
const { mkdirSync, writeFileSync } = require('node:fs');
const { Socket: UdpSocket } = require('node:dgram');
const { Socket } = require('node:net');
const { isMainThread } = require('node:worker_threads');

const connections = [];
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  connections.push(`${options.host ?? ''}:${options.port ?? options.path ?? options}`);
  return connect.apply(this, args);
};
const { send } = UdpSocket.prototype;
UdpSocket.prototype.send = function (...args) {
  connections.push(`udp ${args.filter((arg) => typeof arg === 'string' || typeof arg === 'number').join(' ')}`);
  return send.apply(this, args);
};

if (isMainThread) {
  process.once('exit', () => {
    mkdirSync(process.env.WATCH, { recursive: true });
    const builtins = process.moduleLoadList
      .filter((name) => name.startsWith('NativeModule '))
      .map((name) => name.slice(13));
    const seen = { argv: process.argv, files: Object.keys(require.cache), builtins, connections };
    writeFileSync(`${process.env.WATCH}/${process.pid}.json`, JSON.stringify(seen));
  });
}
