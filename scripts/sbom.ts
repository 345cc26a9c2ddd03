import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { BundledPackage, Manifest } from './bundled-packages.ts';

/**
 * Gives the bill of materials of the bundle in CycloneDX's JSON, without times or random numbers: the same bundle has the
 * same one.
 *
 * @param own the package that has the bundle; it depends on all that is in it
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function renderSbom(own: Manifest, packages: readonly BundledPackage[]): string {
  const bom = new Models.Bom();
  const root = component(own);
  bom.metadata.component = root;
  bom.metadata.lifecycles.add(Enums.LifecyclePhase.Build);
  for (const one of packages) {
    const bundled = component(one);
    bom.components.add(bundled);
    root.dependencies.add(bundled.bomRef);
  }
  const normalizers = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(normalizers).serialize(bom, { sortLists: true, space: 1 })}\n`;
}

function component({ name, version, license }: Manifest): Models.Component {
  const slash = name.indexOf('/');
  // https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const made = new Models.Component(Enums.ComponentType.Library, name.slice(slash + 1), {
    bomRef: purl,
    version,
    purl,
  });
  if (slash !== -1) made.group = name.slice(0, slash);
  made.licenses.add(
    /^[\w.+-]+$/.test(license) ? new Models.SpdxLicense(license) : new Models.LicenseExpression(license),
  );
  return made;
}
