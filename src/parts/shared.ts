/** What our own instrumentations have in common with other parts: in start.js it costs less than in files of its own. */
export { ValueType } from '@opentelemetry/api';
export { getRPCMetadata } from '@opentelemetry/core';
export { default as parseForwarded } from 'forwarded-parse';
export * from '../instrument/at-end-of.ts';
export * from '../instrument/bound-emit.ts';
export * from '../instrument/carried.ts';
export * from '../instrument/note-route.ts';
export * from '../instrument/record-error.ts';
