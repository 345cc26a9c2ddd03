export interface Sender {
  send(): void;
}

export interface Run {
  readonly requests: number;
  /** Until the last answer. */
  readonly ms: number;
}

/** Sends again whenever an answer has come: as many requests are under way as were begun with. */
export class ClosedLoop {
  #onAnswer: (sender: Sender) => void = () => {};

  answered(sender: Sender): void {
    this.#onAnswer(sender);
  }

  /**
   * @param each requests at a time of each sender
   * @returns resolves when no answer is missing any more
   */
  run(senders: readonly Sender[], each: number, ms: number): Promise<Run> {
    return new Promise((resolve) => {
      const startedMs = performance.now();
      let requests = 0;
      let busy = senders.length * each;
      this.#onAnswer = (sender) => {
        requests++;
        if (performance.now() - startedMs < ms) return sender.send();
        if (--busy === 0) resolve({ requests, ms: performance.now() - startedMs });
      };
      for (const sender of senders) for (let i = 0; i < each; i++) sender.send();
    });
  }
}
