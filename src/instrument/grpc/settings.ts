/** What the configuration says about gRPC. */
export interface GrpcSettings {
  /** Methods whose calls to the own servers are not recorded, nor anything below them; takes the path. */
  readonly ignores: ((path: string) => boolean) | undefined;
  /** Entries of metadata that become attributes, by their keys. */
  readonly capturedMetadata: {
    readonly serverRequest: readonly string[];
    readonly serverResponse: readonly string[];
    readonly clientRequest: readonly string[];
    readonly clientResponse: readonly string[];
  };
}
