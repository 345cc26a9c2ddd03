'use strict';
// One request is six spans: the server's, three middlewares', the router's and the handler's.
const express = require('express');
const { answer } = require('./answer.cjs');

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.use(function requestId(request, response, next) {
  response.setHeader('x-request-id', '1');
  next();
});
const users = express.Router();
users.use(function authenticate(request, response, next) {
  request.user = 'ada';
  next();
});
users.get('/:id', (request, response) => response.json({ id: request.params.id, user: request.user }));
app.use('/users', users);
const server = app.listen(0, '127.0.0.1', () => answer({}, { port: server.address().port }));
