import { HIGRESS_DOC, HIGRESS_DOC_EN, HIGRESS_DOC_ZH, HIGRESS_ICON, HIGRESS_SPEC } from "../oci/media-types.js";
import type { PackageContents, PackageFile } from "./contents.js";

/** The name under which everyone looks for the module in an archive. */
export const MODULE_NAME = "plugin.wasm";

/** What is beside the module, in Higress's order; an icon only where there is one. Source: hgctl plugin build. */
export function documentFiles({ documents }: PackageContents): PackageFile[] {
  const { spec, readme, readmeEn, readmeZh, icon } = documents;
  const files = [
    text("spec.yaml", HIGRESS_SPEC, spec),
    text("README.md", HIGRESS_DOC, readme),
    text("README_ZH.md", HIGRESS_DOC_ZH, readmeZh),
    text("README_EN.md", HIGRESS_DOC_EN, readmeEn),
  ];
  return icon.length === 0 ? files : [...files, { name: "icon.png", mediaType: HIGRESS_ICON, bytes: icon }];
}

function text(name: string, mediaType: string, content: string): PackageFile {
  return { name, mediaType, bytes: new TextEncoder().encode(content) };
}
