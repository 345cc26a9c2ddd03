import { containerDetector } from '@opentelemetry/resource-detector-container';

export const detectors = [containerDetector];
