/** Start and end of a span since 1970, in whole seconds and the nanoseconds over. */
export interface Times {
  startSeconds: number;
  startNanos: number;
  endSeconds: number;
  endNanos: number;
}
