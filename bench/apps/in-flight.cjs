'use strict';

/** Calls `once` for `ms`, so many at a time; resolves with how often and how long it was called until the last one was over. */
exports.keepInFlight = async (once, count, ms) => {
  const startedMs = performance.now();
  let requests = 0;
  const work = async () => {
    while (performance.now() - startedMs < ms) {
      await once();
      requests++;
    }
  };
  await Promise.all(Array.from({ length: count }, work));
  return { requests, ms: performance.now() - startedMs };
};
