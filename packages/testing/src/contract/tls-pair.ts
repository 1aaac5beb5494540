/**
 * A self-signed pair for `localhost` that the suite serves TLS and HTTP/2 with. It is public: never use it for anything else. Made with
 *
 * ```
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=localhost/O=test only" \\
 *   -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -keyout key.pem -out cert.pem
 * ```
 */
export const tlsPair: { readonly key: Buffer; readonly cert: Buffer } = {
  key: Buffer.from(`-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWKquIbr5zx6P6jCa
M6laM5aCSiXI+KMzPLm70JOWVu2hRANCAASix/UGJmOyXh3YgOH5N+jqkPdlm1RZ
GSCCugpy9FDbki7UTgoF+iZ/dJKYtasK7K4V4vFXJtDE/mqh+TZDnewZ
-----END PRIVATE KEY-----
`),
  cert: Buffer.from(`-----BEGIN CERTIFICATE-----
MIIBwjCCAWmgAwIBAgIUIzWZUI3HLVK55g6cQEZ5Q2UGwmMwCgYIKoZIzj0EAwIw
KDESMBAGA1UEAwwJbG9jYWxob3N0MRIwEAYDVQQKDAl0ZXN0IG9ubHkwIBcNMjYx
MTIxMDIzMjI0WhgPMjEyNjEwMjgwMjMyMjRaMCgxEjAQBgNVBAMMCWxvY2FsaG9z
dDESMBAGA1UECgwJdGVzdCBvbmx5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
osf1BiZjsl4d2IDh+Tfo6pD3ZZtUWRkggroKcvRQ25Iu1E4KBfomf3SSmLWrCuyu
FeLxVybQxP5qofk2Q53sGaNvMG0wHQYDVR0OBBYEFMCljXBgAzVJVMGBvosMM4CC
tObkMB8GA1UdIwQYMBaAFMCljXBgAzVJVMGBvosMM4CCtObkMA8GA1UdEwEB/wQF
MAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49BAMCA0cA
MEQCIDw0FuiettpRb416LT9jcPf8neHC9Hg66DdPJn3YtFCuAiBb9n1Z6imQHlct
t9ClvQg4j4/Jmh0tuwc1fzx2TLZtSQ==
-----END CERTIFICATE-----
`),
};
