'use strict';
const { Agent, get } = require('node:http');
const { answer } = require('./answer.cjs');
const { keepInFlight } = require('./in-flight.cjs');

const agent = new Agent({ keepAlive: true });
const options = { host: '127.0.0.1', port: process.env.TARGET_PORT, path: '/users/1', agent };
const once = () =>
  new Promise((resolve, reject) => {
    get(options, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
answer({ run: ({ ms }) => keepInFlight(once, 16, ms) });
