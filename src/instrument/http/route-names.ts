/** More than an app has routes: those that it makes up must not fill the memory. */
const MOST_NAMES = 1024;

/**
 * The names of servers' spans by method and route. Each is made once: a text put together anew has to be hashed and compared by
 * whoever looks for what is known of it.
 */
export class RouteNames {
  readonly #ofMethod = new Map<string, Map<string, string>>();
  #size = 0;

  of(method: string, route: string): string {
    const name = this.#ofMethod.get(method)?.get(route);
    return name ?? this.#make(method, route);
  }

  #make(method: string, route: string): string {
    if (this.#size === MOST_NAMES) {
      this.#ofMethod.clear();
      this.#size = 0;
    }
    const names = this.#ofMethod.get(method) ?? new Map<string, string>();
    const name = `${method} ${route}`;
    this.#ofMethod.set(method, names.set(route, name));
    this.#size++;
    return name;
  }
}
