'use strict';
const fastify = require('fastify');
const { answer } = require('./answer.cjs');

const app = fastify();
app.addHook('onRequest', async (request) => {
  request.user = 'ada';
});
app.get('/users/:id', async (request) => ({ id: request.params.id, user: request.user }));
void app.listen({ port: 0, host: '127.0.0.1' }).then(() => answer({}, { port: app.server.address().port }));
