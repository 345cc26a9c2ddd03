import {
  azureAksDetector,
  azureAppServiceDetector,
  azureContainerAppsDetector,
  azureFunctionsDetector,
  azureVmDetector,
} from '@opentelemetry/resource-detector-azure';

export const detectors = [
  azureAppServiceDetector,
  azureFunctionsDetector,
  azureContainerAppsDetector,
  azureAksDetector,
  azureVmDetector,
];
