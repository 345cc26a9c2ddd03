'use strict';
const { createServer } = require('node:http');
const { answer } = require('./answer.cjs');

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/plain');
  response.end('hello');
});
server.listen(0, '127.0.0.1', () => answer({}, { port: server.address().port }));
