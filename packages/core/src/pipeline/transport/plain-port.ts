/** Whether a handshake failed because what answered speaks no TLS. */
export function speaksNoTls(reason: string): boolean {
  return /^(?:EPROTO|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/.test(reason);
}

/** What is wrong there, and what to do. */
export function plainPort(reason: string): string {
  return `${reason}: no TLS there; the address says https://, and its port speaks plain text: use http://, or the port that has TLS`;
}
