/** Forms of a package that are images, which registries take. */
export const IMAGE_FORMS = ["oci", "artifact", "docker"] as const;
export type ImageForm = (typeof IMAGE_FORMS)[number];

/** All forms that a package can have. */
export const FORMS = [...IMAGE_FORMS, "tar"] as const;
export type Form = (typeof FORMS)[number];
