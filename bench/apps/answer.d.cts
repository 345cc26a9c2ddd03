export function answer(handlers: Readonly<Record<string, (options: never) => unknown>>, ready?: object): void;
