import {
  LAYER_FILES,
  HIGRESS_DOC,
  HIGRESS_DOC_EN,
  HIGRESS_DOC_ZH,
  HIGRESS_ICON,
  HIGRESS_SPEC,
} from "../oci/media-types.js";
import type { PackageContents, PackageFile } from "./contents.js";

/** The name under which everyone looks for the module in an archive. */
export const MODULE_NAME = "plugin.wasm";

/** What is beside the module, in Higress's order; an icon only where there is one. Source: hgctl plugin build. */
export function documentFiles({ documents }: PackageContents): PackageFile[] {
  const { spec, readme, readmeEn, readmeZh, icon } = documents;
  const files = [
    file(HIGRESS_SPEC, utf8(spec)),
    file(HIGRESS_DOC, utf8(readme)),
    file(HIGRESS_DOC_ZH, utf8(readmeZh)),
    file(HIGRESS_DOC_EN, utf8(readmeEn)),
  ];
  return icon.length === 0 ? files : [...files, file(HIGRESS_ICON, icon)];
}

function file(mediaType: keyof typeof LAYER_FILES, bytes: Uint8Array): PackageFile {
  return { name: LAYER_FILES[mediaType], mediaType, bytes };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
