'use strict';
const { answer } = require('./answer.cjs');
const { keepInFlight } = require('./in-flight.cjs');

const url = `http://127.0.0.1:${process.env.TARGET_PORT}/users/1`;
const once = async () => {
  const response = await fetch(url);
  await response.text();
};
answer({ run: ({ ms }) => keepInFlight(once, 16, ms) });
