import { hostDetector } from '@opentelemetry/resources';

export const detectors = [hostDetector];
