import { alibabaCloudEcsDetector } from '@opentelemetry/resource-detector-alibaba-cloud';

export const detectors = [alibabaCloudEcsDetector];
