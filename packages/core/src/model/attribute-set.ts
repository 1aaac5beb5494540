/**
 * Which attributes a server span carries: `minimal` has method, route, status and error type; `standard` what the conventions ask for
 * without peer address, host and user agent; `full` all of it and the listed headers. Each also says why the span is there.
 */
export type AttributeSet = "minimal" | "standard" | "full";
