import { gcpDetector } from '@opentelemetry/resource-detector-gcp';

export const detectors = [gcpDetector];
