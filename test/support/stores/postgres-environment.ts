/**
 * Our environment without what would change the server: the PG variables that point at somebody's own server, and the
 * languages, which decide the language of the log (and which macOS cannot do without).
 */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C' };
}
