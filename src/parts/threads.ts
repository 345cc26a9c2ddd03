export { hosting, ThreadGuest } from '../lifecycle/thread-guest.ts';
export { ThreadHost } from '../lifecycle/thread-host.ts';
export { createGuestExporter } from '../export/guest-exporter.ts';
