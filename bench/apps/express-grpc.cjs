'use strict';
// The libraries of a usual service: what has to be loaded and hooked before it can listen.
const { Client, credentials } = require('@grpc/grpc-js');
require('@grpc/proto-loader');
const express = require('express');
const { answer } = require('./answer.cjs');

const app = express();
app.locals.users = new Client('127.0.0.1:1', credentials.createInsecure());
app.get('/', (request, response) => response.send('hello'));
const server = app.listen(0, '127.0.0.1', () => answer({}, { port: server.address().port }));
