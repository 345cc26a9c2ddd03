import type { Exchange } from './exchange.ts';

/**
 * Whose constructor gives back the object that it is given: a class that extends it has its private fields in objects that
 * are not ours.
 */
// oxlint-disable-next-line no-extraneous-class
export class Itself {
  // oxlint-disable-next-line no-constructor-return
  constructor(object: object) {
    return object;
  }
}

/**
 * Keeps an exchange in an object that is not ours, in a private field: an app that prints a request, or goes through its
 * keys, finds nothing of ours, and nothing has to be looked up or collected apart from it.
 */
class Carrier extends Itself {
  #exchange: Exchange;

  constructor(object: object, exchange: Exchange) {
    super(object);
    this.#exchange = exchange;
  }

  static set(this: void, object: object, exchange: Exchange): void {
    if (#exchange in object) object.#exchange = exchange;
    else void new Carrier(object, exchange);
  }

  static get(this: void, object: object): Exchange | undefined {
    return #exchange in object ? object.#exchange : undefined;
  }
}

/** Makes `exchange` the one that an emitter belongs to. */
export const carry = Carrier.set;

/** The exchange that an emitter belongs to. */
export const carriedBy = Carrier.get;
