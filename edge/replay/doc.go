// Package replay carries a pendrive's fact log to the cloud and brings the roster
// back. It is the only part that needs a network, and nothing waits for it.
//
// One promise: a line is confirmed only when the cloud's answer carries the hash
// that this log has there. A lost reply costs a repeated batch, an answer from
// anything but the cloud costs nothing, and whatever is refused stays here and is
// said on the screen.
//
// It holds no rule: what a receipt or a fact from the cloud means is the domain's,
// where it is kept is the store's. It speaks through openapi/client.
package replay
