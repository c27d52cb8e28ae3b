/**
 * The module did something that ends an Envoy 1.40 process (measured: a segmentation fault) or garbles a connection.
 * Thrown out of the method that ran the callback, so that a test cannot miss it.
 */
export class EnvoyCrash extends Error {
  constructor(what: string) {
    super(`Envoy would not survive: ${what}`);
    this.name = "EnvoyCrash";
  }
}
