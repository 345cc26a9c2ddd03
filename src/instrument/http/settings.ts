/** What both sides of HTTP are told by the configuration. */
export interface HttpSettings {
  /** Requests that are not recorded, nor anything below them; takes the path as it stands in the request line. */
  readonly ignores: ((path: string) => boolean) | undefined;
  /** Case-sensitive; undefined means the usual ones. */
  readonly knownMethods: readonly string[] | undefined;
  /** Headers that become attributes, by their names. */
  readonly capturedHeaders: {
    readonly serverRequest: readonly string[];
    readonly serverResponse: readonly string[];
    readonly clientRequest: readonly string[];
    readonly clientResponse: readonly string[];
  };
}
