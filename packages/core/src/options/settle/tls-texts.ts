import { builtin } from "../../model/builtin.ts";
import { readFileNow } from "../../model/foreign/read-file.ts";
import type { Origin } from "./merge-layers.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { type SignalName, type TlsOption, tlsVariables } from "../variables/variable-reading.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import type { TlsTexts } from "./settings.ts";
import type { SettingsInput } from "./settings-input.ts";

/** A bundle of all the authorities there are is a quarter of a megabyte. */
const maxFileBytes = 4_194_304;

/** What an option says, and who said it. */
interface Given {
  readonly value: string;
  readonly from: Origin["from"];
  /** The option's or variable's name. */
  readonly name: string;
}

/**
 * The PEM texts of one signal; undefined when nobody gave any.
 *
 * What is wrong in the code throws an `OptionError`; what is wrong in a variable is a notice, and counts as not set.
 */
export function tlsTexts(input: SettingsInput, signal: SignalName): TlsTexts | undefined {
  const ca = read(input, given(input, signal, "certificate"), "a certificate in PEM", checkCertificate);
  const certGiven = given(input, signal, "clientCertificate");
  const keyGiven = given(input, signal, "clientKey");
  let cert = read(input, certGiven, "a certificate in PEM", checkCertificate);
  let key = read(input, keyGiven, "a private key in PEM without a passphrase", checkKey);
  if (cert === undefined || key === undefined || !fits(cert, key)) {
    const lonely = certGiven ?? keyGiven;
    // What could not be read has been told.
    const told = (certGiven !== undefined && cert === undefined) || (keyGiven !== undefined && key === undefined);
    if (lonely !== undefined && !told)
      complain(input, lonely, "go with a clientCertificate and its clientKey, and does not");
    cert = key = undefined;
  }
  return ca === undefined && cert === undefined ? undefined : { ca, cert, key };
}

function given(
  { code, reading, values, origins }: SettingsInput,
  signal: SignalName,
  option: TlsOption,
): Given | undefined {
  const inCode = code.otlp?.[option];
  const dotted = `otlp.${option}`;
  if (inCode !== undefined) return { value: inCode, from: "code", name: dotted };
  const own = reading[signal].tls[option];
  const name = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${tlsVariables[option]}`;
  const variable = reading.file === "none" ? name : `OTEL_CONFIG_FILE: ${option} of ${signal}`;
  if (own !== undefined) return { value: own, from: "variable", name: variable };
  const value = values.otlp[option];
  const origin = origins[dotted];
  return value === undefined ? undefined : { value, from: origin?.from ?? "default", name: origin?.variable ?? dotted };
}

function read(
  input: SettingsInput,
  source: Given | undefined,
  expectation: string,
  check: (pem: string) => void,
): string | undefined {
  if (source === undefined) return undefined;
  const isText = source.value.includes("-----BEGIN ");
  // A key that was given as text is never shown.
  const shown = isText ? "a text that is not one" : quoteValue(source.value);
  try {
    const pem = isText ? source.value : readText(input, source.value);
    check(pem);
    return pem;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    complain(input, source, `be ${expectation} or the path of such a file, got ${shown} (${code})`);
    return undefined;
  }
}

function complain({ notices }: SettingsInput, { from, name }: Given, must: string): void {
  if (from === "code") throw new OptionError(name, `Option "${name}" must ${must}.`, { code: "GSM_OPTION_FILE" });
  const line = `${name} must ${must}; it is ignored`;
  // All signals may read the same variable.
  if (!notices.some((notice) => notice.line === line))
    notices.push({ level: "warn", code: "GSM_VARIABLE_VALUE", line });
}

function readText({ context }: SettingsInput, path: string): string {
  return context.readText?.(path) ?? readFileNow(path, maxFileBytes);
}

function checkCertificate(pem: string): void {
  const { X509Certificate } = builtin("node:crypto");
  void new X509Certificate(pem);
}

function checkKey(pem: string): void {
  builtin("node:crypto").createPrivateKey(pem);
}

function fits(cert: string, key: string): boolean {
  const { X509Certificate, createPrivateKey } = builtin("node:crypto");
  return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
}
