import { Itself } from '../carried.ts';
import type { Request } from './express.ts';
import { RoutePath } from './route-path.ts';

/** Keeps in a request through which layers it has come, as `carried.ts` does with its exchange. */
export class RequestRoute extends Itself {
  #path: RoutePath = RoutePath.start;

  static get(this: void, request: Request): RoutePath {
    return #path in request ? request.#path : RoutePath.start;
  }

  static set(this: void, request: Request, path: RoutePath): void {
    if (#path in request) request.#path = path;
    else new RequestRoute(request).#path = path;
  }
}
