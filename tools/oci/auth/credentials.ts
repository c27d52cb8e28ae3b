/** What a registry may be told of who asks. */
export interface Credentials {
  username?: string;
  password?: string;
  /** Of OAuth 2: exchanged for tokens. */
  identityToken?: string;
  /** Sent as it is. */
  registryToken?: string;
  /** Where they come from, for messages. */
  source: string;
}

/** Shorter ones would be found in words that are no secrets. */
const SHORTEST = 4;

/** Texts that no message may hold: each one that is told to it is replaced. */
export class Secrets {
  private readonly texts = new Set<string>();

  add(...texts: (string | undefined)[]): void {
    for (const text of texts) {
      if (text === undefined || text.length < SHORTEST) continue;
      const forms = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
      for (const form of forms) this.texts.add(form);
    }
  }

  /** All that credentials can be told from. */
  addCredentials({ username, password, identityToken, registryToken }: Credentials): void {
    this.add(password, identityToken, registryToken);
    if (username !== undefined && password !== undefined) this.add(basicOf(username, password));
  }

  mask(text: string): string {
    const longestFirst = [...this.texts].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  }
}

/** User and password as HTTP's Basic authentication sends them, without the word. */
export function basicOf(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}
