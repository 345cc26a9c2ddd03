/** Scripts of programs that only start others: what they start is traced, they themselves are not even slowed. */
export const PACKAGE_MANAGERS: RegExp =
  /^(?:(?:npm|npx|yarn|yarnpkg|pnpm|pnpx|corepack)(?:-cli)?(?:-\d[\w.-]*)?(?:\.[cm]?js)?|otel-preload)$/;
