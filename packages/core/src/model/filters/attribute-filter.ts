/**
 * One step of a list of filters: names or globs of attributes that are kept or removed. The first step that fits an attribute's name
 * decides on it; one that none fits is kept.
 */
export type AttributeFilter =
  | { readonly keep: string | readonly string[] }
  | { readonly remove: string | readonly string[] };

/** What attributes were called before the stable conventions of HTTP and databases, and are called now. In filters the old names mean the new ones. */
const newNames: ReadonlyMap<string, string> = new Map([
  ["http.method", "http.request.method"],
  ["http.status_code", "http.response.status_code"],
  ["http.server.duration", "http.server.request.duration"],
  ["http.scheme", "url.scheme"],
  ["http.target", "url.path"],
  ["http.url", "url.full"],
  ["http.user_agent", "user_agent.original"],
  ["http.client_ip", "client.address"],
  ["http.flavor", "network.protocol.version"],
  ["http.request_content_length", "http.request.body.size"],
  ["http.response_content_length", "http.response.body.size"],
  ["net.host.name", "server.address"],
  ["net.host.port", "server.port"],
  ["net.peer.name", "server.address"],
  ["net.peer.port", "server.port"],
  ["net.sock.peer.addr", "network.peer.address"],
  ["net.sock.peer.port", "network.peer.port"],
  ["deployment.environment", "deployment.environment.name"],
  ["db.system", "db.system.name"],
  ["db.operation", "db.operation.name"],
  ["db.name", "db.namespace"],
  ["db.statement", "db.query.text"],
]);

/** The name a pattern means: the new one for an old name, else itself. */
export function currentName(name: string): string {
  return newNames.get(name) ?? name;
}
