import type { Account } from '../contract.js';

/** What a login begins with. */
export interface LoginRequest {
  /** Where the provider sends the browser back to. */
  readonly redirectUri: string;
  readonly state: string;
  /** The S256 challenge of the verifier (PKCE). */
  readonly codeChallenge: string;
}

/** What a login ends with. */
export interface LoginReturn {
  /** The URL to which the browser came back, with everything in its query. */
  readonly returned: URL;
  readonly redirectUri: string;
  readonly state: string;
  readonly codeVerifier: string;
}

/** A place where people have accounts. `githubProvider()` is one; others implement this. */
export interface OAuthProvider {
  /** Stands in URLs and in the trail: letters, digits and dashes. */
  readonly id: string;
  /** What the button says. */
  readonly name: string;
  /** Where the browser is sent to. */
  authorizationUrl(login: LoginRequest): Promise<URL>;
  /** Whose account it is. Rejects when state, code or verifier are not right. */
  account(login: LoginReturn): Promise<Account>;
}

/** Login with accounts from elsewhere. */
export interface OAuthOptions {
  providers: readonly OAuthProvider[];
  /**
   * Who may log in: names or ids, with their provider (`'github:octocat'`) or without, in any case; or a function.
   * An account that is not among them is refused, whoever it is.
   */
  allow: readonly string[] | ((account: Account) => boolean | Promise<boolean>);
}

/** Whether an account may come in. */
export async function isAllowed(account: Account, allow: OAuthOptions['allow']): Promise<boolean> {
  // Only a plain yes: an object, such as a promise in a promise, is none.
  if (typeof allow === 'function') {
    const answer: unknown = await allow(account);
    return answer === true;
  }
  const { provider, id, name } = account;
  const names = [id, name, `${provider}:${id}`, `${provider}:${name}`].map((one) => one.toLowerCase());
  return allow.some((one) => names.includes(one.toLowerCase()));
}
