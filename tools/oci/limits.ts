const MIB = 1024 * 1024;

/** The largest module that Istio's agent and Envoy Gateway take; the same as their default, in bytes. */
export const MAX_MODULE = 256 * MIB;

/** Of a manifest or an index, in bytes, as registries limit them. */
export const MAX_MANIFEST = 4 * MIB;

/** Of a configuration, and of a layer that holds no module, in bytes. */
export const MAX_OTHER_BLOB = 16 * MIB;

/** Layers of an image. */
export const MAX_LAYERS = 64;

/** Entries of an archive. */
export const MAX_ENTRIES = 1024;

/** Of a file that is an image or an archive, in bytes: a module, what is beside it, and headers. */
export const MAX_ARCHIVE = MAX_MODULE + 64 * MIB;

/** How many bytes a compressed byte may become, of what is larger than `FREELY_UNPACKED`; code reaches about 20. */
export const MAX_RATIO = 200;

/** What is not larger, in bytes, may unpack by any ratio. */
export const FREELY_UNPACKED = 16 * MIB;
